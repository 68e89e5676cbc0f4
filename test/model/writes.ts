// SPDX-License-Identifier: Apache-2.0
// I6: few writes, one at a time, and what an end may be called after one.

import assert from "node:assert/strict";
import type { Task } from "./model-tasks";
import type { Happening } from "./model-key-provider";
import { ENDS } from "./judged";
import type { Before, FingerprintOf, Judged } from "./judged";
import type { Stack } from "./stack";

/** I6: between two PATCHes there is a refusal, or a read that does not show the wanted certificate. */
export function assertFewWrites(
  { happenings, fingerprintOf }: Judged,
  isWanted: (fingerprint?: string) => boolean,
): void {
  let mayPatch = true;
  let accepted = 0;
  let lostTask: string | undefined;
  let lostTaskRuns = false;
  let hasLooked = true;
  for (const h of happenings) {
    if (h.type === "request" && h.kind === "patch") {
      assert.ok(mayPatch, "I6: a second PATCH without a look");
      assert.ok(!lostTaskRuns, "I6: a second PATCH although the task of the first was there to be seen");
      assert.ok(hasLooked, "I6: a second PATCH without looking for the task of the first");
      mayPatch = false;
      lostTask = undefined;
    }
    if (h.type === "patch-fate") hasLooked = h.fate !== "ambiguous";
    // A list without the task says that it is gone.
    if (h.type === "list-served") [hasLooked, lostTaskRuns] = [true, false];
    if (h.type === "patch-fate" && h.fate === "ambiguous") lostTask = h.taskId;
    if (h.type === "task-seen" && h.taskId === lostTask) lostTaskRuns = !ENDS.includes(h.status);
    if (h.type === "patch-fate" && h.fate === "refused") mayPatch = true;
    if (h.type === "patch-fate" && h.fate !== "refused") accepted += 1;
    if (h.type === "gone") mayPatch = true;
    if (h.type === "read-result" && !isWanted(fingerprintOf(h.pem))) mayPatch = true;
  }
  assert.ok(accepted <= 2, "I6: more than two PATCHes may have been carried out");
}

/**
 * I6, as the server saw it: no write began while another of ours ran. What a killed run has left, or one whose state was deleted, is known only by the list
 * of tasks: it must be waited for if that list came, for as long as 30 s if the task names only the cluster.
 */
export function assertNoOverlap(
  { vcenter, resources }: Stack,
  befores: readonly Before[],
  fingerprintOf: FingerprintOf,
): void {
  const { run, runBeganMs, listFailed, listIsRefused, happenings } = vcenter;
  if (listIsRefused) return;
  for (const { first, second } of vcenter.tasks.overlaps()) {
    if (second.run !== run) continue;
    // It waited in the server while somebody else's write looked like its result: nobody could tell.
    if (vcenter.isMeddledWith && first.startedMs > second.sentMs) continue;
    // The other resource's request waited in the server when its time was over: no list could have shown it.
    if (first.slot !== second.slot && second.sentMs < first.sentMs) continue;
    // Whoever writes knows its own state; what another resource has left, it knows by the list.
    const olds = befores[resources.findIndex(({ slot }) => slot === second.slot)]?.saved?.outputs ?? {};
    const pendingTask = olds["pendingTaskId"];
    const lostFingerprint = pendingTask === undefined ? olds["pendingFingerprint"] : undefined;
    const isOfEarlierRun = first.run !== run;
    const stateKnows =
      first.id === pendingTask ||
      (lostFingerprint !== undefined && fingerprintOf(first.puts ?? "") === lostFingerprint);
    const mayBeUnseen = listFailed || first.startedMs > runBeganMs || first.endsMs - runBeganMs > 25_000;
    if (isOfEarlierRun && !stateKnows && mayBeUnseen) continue;
    // A request that had waited in the server for longer than its own run: no list could have shown it.
    if (isOfEarlierRun && first.startedMs > lastListBefore(second, happenings)) continue;
    assert.fail(`I6: a write began while another of ours ran (run ${first.run} and ${second.run})`);
  }
}

/** When the last list was served that came before the PATCH of a task. */
function lastListBefore({ startedMs }: Task, happenings: readonly Happening[]): number {
  const sent = happenings.findLastIndex((h) => h.type === "request" && h.kind === "patch" && h.atMs <= startedMs);
  const list = happenings.slice(0, sent).findLast((h) => h.type === "list-served");
  return list?.type === "list-served" ? list.atMs : -Infinity;
}

/** Once anything was accepted or ambiguous, a plain failure is only that of the own task. */
export function assertExitRule({ outcome, happenings }: Judged): void {
  if (outcome.ended !== "failed") return;
  const unclear = happenings.findLast((h) => h.type === "patch-fate" && h.fate !== "refused");
  if (unclear?.type !== "patch-fate") return;
  const failed = happenings.some(
    (h) => h.type === "task-seen" && h.taskId === unclear.taskId && h.write && h.status === "FAILED",
  );
  assert.ok(failed, "I2: a plain failure although the replacement may have been carried out");
}
