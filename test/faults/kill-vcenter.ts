// SPDX-License-Identifier: Apache-2.0
// Row 41: vCenter dies in the middle of an operation and comes back on the same address, without its sessions and tasks, the
// replacement applied or not.

import assert from "node:assert/strict";
import type { FaultRule } from "../simulator";
import type { Scenario } from "../support/in-process";
import { assertNotFinished, assertSuccess } from "../support/in-process";
import type { Phase } from "./coverage";
import { fault } from "./fault";

const DOWN_MS = 300;

/** vCenter dies at a request: when it arrives, or when it was carried out and is not answered yet. */
function dieAt(s: Scenario, rule: "S" | "A" | "P" | "R", pendingWrites: "apply" | "drop"): void {
  let restarted: Promise<void> | undefined;
  // Awaited, so that what was carried out is not answered after all.
  const die = (): Promise<void> => {
    restarted ??= s.simulator.restart({ tasks: "forget", sessions: "forget", pendingWrites, downMs: DOWN_MS });
    return restarted;
  };
  const rules: Readonly<Record<typeof rule, FaultRule>> = {
    S: { match: { operation: "patch" }, action: { kind: "reset" }, onMatch: die },
    A: { match: { operation: "patch" }, action: { kind: "pass" }, onApplied: die },
    P: { match: { operation: "taskGet" }, skip: 1, action: { kind: "pass" }, onMatch: die },
    R: { match: { operation: "readCertificate" }, action: { kind: "pass" }, onMatch: die },
  };
  s.simulator.faults.add(rules[rule]);
}

/** Whether it was applied when vCenter died, and how many PATCHes that makes. */
const DEATHS: readonly (readonly [
  phase: Phase & ("S" | "A" | "P" | "R"),
  pendingWrites: "apply" | "drop",
  patches: number,
])[] = [
  ["S", "drop", 2],
  ["A", "apply", 1],
  ["A", "drop", 2],
  ["P", "apply", 1],
  ["P", "drop", 1],
  ["R", "apply", 1],
];
for (const [phase, pendingWrites, patches] of DEATHS) {
  const what = pendingWrites === "apply" ? "with the replacement applied" : "without the replacement";
  fault(41, phase, `vCenter dies and comes back ${what}`, async (cell) => {
    const s = await cell.scenario({ simulator: { taskDurationMs: { patch: phase === "R" ? 100 : 2_000, read: 5 } } });
    dieAt(s, phase, pendingWrites);
    const outcome = await s.process().create(s.inputs());
    const { journal } = s.simulator;
    assert.equal(journal.patches(), patches);
    assert.ok(journal.logins() <= 3, `${journal.logins()} logins`);
    if (phase === "P" && pendingWrites === "drop") {
      // No blind PATCH for a task that was once seen: the person is told, and the next run replaces.
      const taskId = journal.filter({ operation: "patch" })[0]?.taskId;
      const saved = assertNotFinished(outcome, "ERR_TASK_NOT_FOUND", { taskId, fingerprint: s.wanted.fingerprint });
      assertSuccess(await s.process().update(saved, s.inputs()), s.wanted.fingerprint);
      assert.equal(journal.patches(), 2);
    } else {
      assertSuccess(outcome, s.wanted.fingerprint);
      assert.ok(outcome.elapsedMs >= DOWN_MS, `${outcome.elapsedMs} ms`);
    }
  });
}
