// SPDX-License-Identifier: Apache-2.0
// The handlers of the signals that end a process.

import assert from "node:assert/strict";
import { it } from "node:test";
import { Shutdown } from "../../../provider/src/process/shutdown";

it("one handler serves a program with many sessions: Node warns of a leak at the eleventh", () => {
  const before = process.listenerCount("SIGTERM");
  const all = Array.from({ length: 12 }, () => new Shutdown(() => Promise.resolve()));
  for (const each of all) each.watch(true);
  assert.equal(process.listenerCount("SIGTERM"), before + 1);
  for (const [index, each] of all.entries()) {
    each.watch(false);
    assert.equal(process.listenerCount("SIGTERM"), before + (index < 11 ? 1 : 0));
  }
});
