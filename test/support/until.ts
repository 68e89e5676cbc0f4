// SPDX-License-Identifier: Apache-2.0
// Waiting in real time for what happens by itself.

import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";

/** Looks every 20 ms until it holds; fails with `what` if it does not in time. */
export async function until(what: string, holds: () => boolean, withinMs = 5_000): Promise<void> {
  const giveUpMs = performance.now() + withinMs;
  while (!holds() && performance.now() < giveUpMs) await pause(20);
  assert.ok(holds(), what);
}
