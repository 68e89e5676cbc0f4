// SPDX-License-Identifier: Apache-2.0
// What the tests of the matrix dictate to the PATCH's task and ask of the traffic again and again.

import assert from "node:assert/strict";
import type { TaskScript } from "../simulator";
import type { Scenario } from "../support/in-process";

/** Dictates the task of the next PATCH. */
export function scriptPatch({ simulator }: Scenario, script: TaskScript): void {
  simulator.faults.add({ match: { operation: "patch" }, action: { kind: "taskScript", script } });
}

/** The id of the first accepted PATCH's task. */
export function patchTask({ simulator }: Scenario): string {
  const [entry] = simulator.journal.filter({ operation: "patch", status: 202 });
  assert.ok(entry?.taskId !== undefined, "no PATCH was accepted");
  return entry.taskId;
}

/** Demands so many logins and PATCHes, whatever was answered. */
export function assertTraffic({ simulator: { journal } }: Scenario, logins: number, patches: number): void {
  assert.deepEqual([journal.logins(), journal.patches()], [logins, patches], "logins, PATCHes");
}
