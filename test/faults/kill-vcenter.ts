// SPDX-License-Identifier: Apache-2.0
// Row 41: vCenter dies in the middle of an operation and comes back on the same address, without its sessions and tasks, the
// write applied or not.

import assert from "node:assert/strict";
import type { WritePhase, WriteScenario } from "./write-scenario";
import { lasting } from "./write-scenario";
import { faultOfWrites } from "./writes";

const DOWN_MS = 300;

/** vCenter dies at a request: when it arrives, or when it was carried out and is not answered yet. */
function dieAt(w: WriteScenario, phase: WritePhase, pendingWrites: "apply" | "drop"): void {
  let restarted: Promise<void> | undefined;
  // Awaited, so that what was carried out is not answered after all.
  const die = (): Promise<void> => {
    restarted ??= w.s.simulator.restart({ tasks: "forget", sessions: "forget", pendingWrites, downMs: DOWN_MS });
    return restarted;
  };
  if (phase === "A") w.answer("A", { kind: "pass" }, 1, { onApplied: die });
  else w.answer(phase, { kind: phase === "S" ? "reset" : "pass" }, 1, { skip: phase === "P" ? 1 : 0, onMatch: die });
}

/** Whether it was applied when vCenter died, and how many writes that makes. */
const DEATHS: readonly (readonly [phase: WritePhase, pendingWrites: "apply" | "drop", writes: number])[] = [
  ["S", "drop", 2],
  ["A", "apply", 1],
  ["A", "drop", 2],
  ["P", "apply", 1],
  ["P", "drop", 1],
  ["R", "apply", 1],
];
for (const [phase, pendingWrites, writes] of DEATHS) {
  const what = pendingWrites === "apply" ? "with what was written" : "without it";
  faultOfWrites(41, phase, `vCenter dies and comes back ${what}`, async (scenario) => {
    const w = await scenario({ simulator: { taskDurationMs: lasting(phase === "R" ? 100 : 2_000) } });
    dieAt(w, phase, pendingWrites);
    const outcome = await w.create();
    const { journal } = w.s.simulator;
    w.assertTraffic(journal.logins(), writes);
    assert.ok(journal.logins() <= 3, `${journal.logins()} logins`);
    if (phase === "P" && pendingWrites === "drop") {
      // No blind write for a task that was once seen: the person is told, and the next run replaces.
      const saved = w.assertOpen(outcome, "ERR_TASK_NOT_FOUND", { taskId: w.taskId() });
      w.assertDone(await w.update(saved));
      w.assertTraffic(journal.logins(), 2);
    } else {
      w.assertDone(outcome);
      assert.ok(outcome.elapsedMs >= DOWN_MS, `${outcome.elapsedMs} ms`);
    }
  });
}
