// SPDX-License-Identifier: Apache-2.0
// I2: the state tells what was read, and what is still open.

import assert from "node:assert/strict";
import { ENDS } from "./judged";
import type { Judged } from "./judged";
import type { Saved } from "./resource";

/** I2: a saved fingerprint was read from the server in this operation, or stood in the state before. */
export function assertTrueState({ resource, outcome, before, happenings, fingerprintOf, heldIn }: Judged): void {
  const { saved } = resource;
  if (outcome.ended === "failed" || outcome.ended === "killed") {
    assert.equal(saved, before.saved, "I2: a failure changed the state");
    return;
  }
  const isGone = happenings.some((h) => h.type === "gone");
  if (outcome.method === "read" && saved === undefined) {
    assert.ok(isGone, "I2: the resource was dropped although nobody said that it is gone");
  }
  const fingerprint = heldIn(saved);
  if (fingerprint === undefined) return;
  const read = happenings.filter((h) => h.type === "read-result").map((h) => fingerprintOf(h.pem));
  if (outcome.method === "read" && !isGone) {
    assert.equal(fingerprint, read.at(-1), "I2: a refresh saved another fingerprint than the one it has read");
  }
  assert.ok(
    read.includes(fingerprint) || fingerprint === heldIn(before.saved),
    "I2: a fingerprint that was never read",
  );
}

/** I2: what is open stays known until its end was seen; what failed is no open end. */
export function assertPending({ resource, outcome, before, happenings }: Judged): void {
  const { saved } = resource;
  const endSeen = (taskId: unknown): boolean =>
    happenings.some((h) => h.type === "task-seen" && h.taskId === taskId && ENDS.includes(h.status));
  const wasPending = before.saved?.outputs["pendingTaskId"];
  const pending = saved?.outputs["pendingTaskId"];
  if (outcome.method === "none" && outcome.ended === "ok") {
    const open = pending ?? saved?.outputs["pendingReplaces"];
    assert.equal(open, undefined, "I2: an open end was taken for no change");
  }
  if (outcome.method === "read" && outcome.ended === "ok" && wasPending !== undefined && saved !== undefined) {
    assert.ok(pending === wasPending || endSeen(wasPending), "I2: a refresh forgot a task that may still be under way");
  }
  const awaits = (state: Saved | undefined): boolean =>
    state?.outputs["pendingFingerprint"] !== undefined ||
    !["anything", undefined].includes(state?.outputs["pendingReplaces"] as string | undefined);
  const lostId = awaits(before.saved) && wasPending === undefined;
  if (outcome.method === "read" && outcome.ended === "ok" && lostId && saved !== undefined) {
    const isKept = awaits(saved);
    const listed = happenings.some((h) => h.type === "list-served");
    assert.ok(isKept || listed, "I2: a refresh forgot a write that may still be under way");
  }
  if (outcome.ended !== "not finished") return;
  const fate = happenings.findLast((h) => h.type === "patch-fate");
  const open = fate?.type === "patch-fate" ? fate : undefined;
  // Once a send was ambiguous, a later refusal may be about the first one.
  const isUnclear = happenings.some((h) => h.type === "patch-fate" && h.fate !== "refused");
  assert.ok(
    isUnclear || open === undefined || pending !== undefined,
    "I2: a refused replacement was saved as not finished",
  );
  // What comes after its end may take longer: the wait for the key server.
  const onlyHealth = saved?.outputs["pendingHealth"] === true && (wasPending === undefined || endSeen(wasPending));
  if (open === undefined && !onlyHealth) assert.equal(pending, wasPending, "I2: the open task was forgotten");
  if (open?.fate === "task") {
    assert.ok(pending === open.taskId || endSeen(open.taskId), "I2: the task to resume was not saved");
    const failed = happenings.some((h) => h.type === "task-seen" && h.taskId === open.taskId && h.status === "FAILED");
    assert.ok(!failed, "I2: a failed task was saved as not finished");
  }
}
