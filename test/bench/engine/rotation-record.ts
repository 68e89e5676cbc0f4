// SPDX-License-Identifier: Apache-2.0
// What a simulated vCenter has seen of one rotation, beside the moment at which the client said that it was done.

import type { Simulator } from "../../simulator/src/index";
import { ordinarySteps } from "../../simulator/src/task-script";

/** One rotation. Times are milliseconds. */
export interface Rotation {
  /** From the start of the client (or of its call) until it said that it was done. */
  readonly wholeMs: number;
  /** From the arrival of the PATCH until then. */
  readonly afterPatchMs: number;
  /** From the end of the task until then. */
  readonly lagMs: number;
  /** Requests from the PATCH until then. */
  readonly requests: number;
  /** Whether a read of the certificate, begun after the task's end, had ended before. */
  readonly proved: boolean;
}

/** Lets the next PATCH's task take its time. @param taskMs - its length, milliseconds */
export function scriptTask(simulator: Simulator, taskMs: number): void {
  simulator.journal.clear();
  simulator.faults.clear();
  simulator.faults.add({
    match: { operation: "patch" },
    action: { kind: "taskScript", script: { steps: ordinarySteps(taskMs) } },
  });
}

/**
 * Reads the record of a rotation.
 *
 * @param simulator - since {@link scriptTask}
 * @param startedMs - `performance.now()` at the client's start
 * @param doneMs - and when it said that it was done
 * @throws Error where it did not send exactly one PATCH, or said so before the task had ended
 */
export function readRotation(simulator: Simulator, startedMs: number, doneMs: number): Rotation {
  const { journal } = simulator;
  const [patch, ...others] = journal.filter({ operation: "patch" });
  const endedMs = simulator.tasks().find(({ id }) => id === patch?.taskId)?.endedAtMs;
  if (patch === undefined || others.length > 0 || endedMs === undefined || endedMs > doneMs) {
    throw new Error(`this was no rotation: ${journal.patches()} PATCHes, the task ended at ${String(endedMs)}`);
  }
  const requests = journal.entries.filter((each) => each.startedAtMs >= patch.startedAtMs && each.startedAtMs < doneMs);
  return {
    wholeMs: doneMs - startedMs,
    afterPatchMs: doneMs - patch.startedAtMs,
    lagMs: doneMs - endedMs,
    requests: requests.length,
    proved: journal
      .filter({ operation: "readCertificate" })
      .some((read) => read.startedAtMs >= endedMs && (read.endedAtMs ?? Infinity) <= doneMs),
  };
}
