// SPDX-License-Identifier: Apache-2.0
// The status column was cleaned of the secrets known before the login: a task that repeated the password showed it.

import assert from "node:assert/strict";
import { scriptPatch } from "../faults/traffic";
import { assertSuccess } from "../support/in-process";
import { regression } from "./scene";

regression("a progress message that repeats password and key shows neither", {}, async (s) => {
  const der = Buffer.from(s.wanted.privateKeyPem.replace(/-----[A-Z ]+-----|\s/g, ""), "base64");
  const said = `user ${s.simulator.user} password ${s.simulator.password} key ${der.subarray(40, 90).toString("base64")}`;
  const message = { id: "x", default_message: said, args: [] };
  const fields = { progress: { total: 100, completed: 5, message } };
  scriptPatch(s, { steps: [{ status: "RUNNING", forMs: 500, fields }, { status: "SUCCEEDED" }] });
  assertSuccess(await s.providerProcess().create(s.inputs()), s.wanted.fingerprint);
  const shown = s.lines.filter(({ text }) => text.includes("task RUNNING"));
  assert.ok(shown.length > 0, "nothing was shown");
  for (const { text } of shown) assert.match(text, /password \[redacted\] key \[redacted\]/);
  const statuses = s.lines.filter(({ severity }) => severity === "status");
  assert.equal(statuses.at(-1)?.text, "", "the engine would show the last step beside what it does next");
});
