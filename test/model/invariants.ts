// SPDX-License-Identifier: Apache-2.0
// The invariants of DESIGN.md, judged after each operation by what the vCenter saw and what the state holds.

import assert from "node:assert/strict";
import type { Task } from "./model-tasks";
import type { Happening } from "./model-key-provider";
import { TIMEOUT_MS } from "./stack";
import type { Outcome, Saved, Stack } from "./stack";

/** What stood before an operation. */
export interface Before {
  readonly saved: Saved | undefined;
  readonly wantedFingerprint: string;
}

type FingerprintOf = (certificate: string) => string | undefined;

const ENDS: readonly string[] = ["SUCCEEDED", "FAILED", "vanished"];
/** Logins of one operation at most: an outage of the first one is waited out for 10 s. */
const MAX_LOGINS = 20;
/** Requests of one operation at most: the schedule's within 60 s (85), twice where reads have tasks, and the retries. */
const MAX_REQUESTS = 260;

/**
 * Judges one operation.
 *
 * @param stack - after it
 * @param outcome - how it ended
 * @param before - what stood before it
 * @param fingerprintOf - whose certificate a PEM text holds
 * @throws AssertionError naming the invariant
 */
export function assertInvariants(stack: Stack, outcome: Outcome, before: Before, fingerprintOf: FingerprintOf): void {
  const { happenings } = stack.vcenter;
  const writes = outcome.method === "create" || outcome.method === "update";
  if (outcome.ended === "ok" && writes) assertProved(stack, outcome, before, fingerprintOf);
  if (outcome.ended !== "killed") assertBounded(stack, outcome);
  assertFewWrites(happenings, fingerprintOf, wantedBy(stack, before, fingerprintOf));
  assertNoOverlap(stack, before, fingerprintOf);
  assertExitRule(outcome, happenings);
  assertTrueState(stack, outcome, before, fingerprintOf);
  assertPending(stack, outcome, before);
  assertHealth(stack, outcome);
  if (outcome.ended === "failed" || outcome.ended === "not finished") {
    assert.match(outcome.message, /\[ERR_[A-Z_]+\]$/, `I7: no code in: ${outcome.message}`);
    assert.doesNotMatch(outcome.message, /ERR_INTERNAL/, `I7: unexpected: ${outcome.message}`);
    assert.doesNotMatch(outcome.message, /session-\d+-of/, "I3: a session token in the text");
  }
}

/** I1 and I2: a program that waits for the key server succeeds only if it accepts the certificate; else that stays open. */
function assertHealth(
  { vcenter: { happenings, counts }, saved, options, isMadeByHosts }: Stack,
  outcome: Outcome,
): void {
  const isPending = saved?.outputs["pendingHealth"] === true;
  const isAwaited = outcome.ended === "not finished" && outcome.message.includes("ERR_KEY_SERVER_HEALTH");
  assert.ok(isPending || !isAwaited, "I2: the awaited health was not saved");
  if (outcome.ended !== "ok") return;
  const last = happenings.findLast((h) => h.type === "health-result");
  if (outcome.method === "none") assert.ok(!isPending, "I2: an awaited health was taken for no change");
  if (outcome.method !== "create" && outcome.method !== "update") return;
  assert.ok(!isPending, "I1: success although the health is awaited");
  if (isMadeByHosts || options.waitForHealth !== true || counts.patch === 0) return;
  assert.ok(last?.health === "OK" || last?.health === "WARNING", "I1: success although the key server refuses it");
}

/** Whether a fingerprint is what was wanted. What the hosts make is any other than the last read before the first write. */
function wantedBy(stack: Stack, before: Before, fingerprintOf: FingerprintOf): (fingerprint?: string) => boolean {
  if (!stack.isMadeByHosts) return (fingerprint) => fingerprint === before.wantedFingerprint;
  const { happenings } = stack.vcenter;
  const first = happenings.findIndex((h) => h.type === "request" && h.kind === "patch");
  const read = happenings.slice(0, Math.max(first, 0)).findLast((h) => h.type === "read-result" || h.type === "gone");
  const replaced =
    first < 0
      ? before.saved?.outputs["pendingReplaces"]
      : read?.type === "read-result" && fingerprintOf(read.certificate);
  return (fingerprint) => fingerprint !== undefined && fingerprint !== replaced;
}

/** I1: success rests on a read that was sent after the task's end, or after the ambiguity. */
function assertProved(stack: Stack, outcome: Outcome, before: Before, fingerprintOf: FingerprintOf): void {
  const { saved } = stack;
  const { happenings, counts } = stack.vcenter;
  const isWanted = wantedBy(stack, before, fingerprintOf);
  const olds = before.saved?.outputs ?? {};
  const proven = !stack.isMadeByHosts && olds["sha256Fingerprint"] === before.wantedFingerprint;
  const pendingTask = olds["pendingTaskId"];
  if (counts.patch === 0 && counts.read === 0) {
    const isPending = pendingTask !== undefined || olds["pendingFingerprint"] !== undefined;
    assert.ok(outcome.method === "update" && proven && !isPending, "I1: success without a read or a proof");
    return;
  }
  const lastEnd = happenings.findLastIndex(
    (h) =>
      (h.type === "task-seen" && h.write && ENDS.includes(h.status)) || (h.type === "patch-fate" && h.fate !== "task"),
  );
  const lastPatch = happenings.findLastIndex((h) => h.type === "request" && h.kind === "patch");
  assert.ok(lastEnd >= lastPatch, "I1: success although the end of the task was never seen");
  if (lastPatch < 0 && pendingTask !== undefined) {
    const spent = happenings.some((h) => h.type === "task-seen" && h.taskId === pendingTask && ENDS.includes(h.status));
    assert.ok(spent, "I1: success although the task of an earlier run may still be under way");
  }
  const sent = new Set<string>();
  for (const h of happenings.slice(Math.max(lastEnd, lastPatch, 0))) if (h.type === "read-sent") sent.add(h.taskId);
  const proof = happenings.some(
    (h) => h.type === "read-result" && sent.has(h.taskId) && isWanted(fingerprintOf(h.certificate)),
  );
  assert.ok(proof, "I1: success without a read that shows the wanted certificate");
  assert.ok(isWanted(saved?.outputs["sha256Fingerprint"] as string | undefined), "I2: another fingerprint was saved");
}

/** I5: time, sessions, timers, logins, requests. */
function assertBounded({ vcenter, clock }: Stack, outcome: Outcome): void {
  const { counts, happenings } = vcenter;
  assert.ok(outcome.elapsedMs <= TIMEOUT_MS + 1_000, `I5: ended after ${outcome.elapsedMs} ms`);
  assert.equal(vcenter.openSessions(), 0, "I5: a session is left");
  assert.equal(clock.timers, 0, "I5: a timer is left");
  assert.ok(
    counts.login <= MAX_LOGINS + vcenter.refused401,
    `I5: ${counts.login} logins, ${vcenter.refused401} refused sessions`,
  );
  const requests = Object.values(counts).reduce((sum, count) => sum + count, 0);
  assert.ok(requests <= MAX_REQUESTS, `I5: ${requests} requests`);
  const refusal = happenings.findIndex((h) => h.type === "login-refused");
  const again = happenings.slice(refusal + 1).some((h) => h.type === "request" && h.kind === "login");
  assert.ok(refusal < 0 || !again, "I5: a refused password was sent again");
}

/** I6: between two PATCHes stands a refusal, or a read that does not show the wanted certificate. */
function assertFewWrites(
  happenings: readonly Happening[],
  fingerprintOf: FingerprintOf,
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
    if (h.type === "read-result" && !isWanted(fingerprintOf(h.certificate))) mayPatch = true;
  }
  assert.ok(accepted <= 2, "I6: more than two PATCHes may have been carried out");
}

/**
 * I6, as the server saw it: no write began while another of ours ran. What a killed run has left, or one whose state was deleted, is known only by the list
 * of tasks: it must be waited for if that list came, for as long as 30 s if the task names only the cluster.
 */
function assertNoOverlap({ vcenter }: Stack, { saved }: Before, fingerprintOf: FingerprintOf): void {
  const { run, runBeganMs, listFailed, listIsRefused, happenings } = vcenter;
  if (listIsRefused) return;
  const olds = saved?.outputs ?? {};
  const pendingTask = olds["pendingTaskId"];
  const lostFingerprint = pendingTask === undefined ? olds["pendingFingerprint"] : undefined;
  for (const { first, second } of vcenter.tasks.overlaps()) {
    if (second.run !== run) continue;
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
function assertExitRule(outcome: Outcome, happenings: readonly Happening[]): void {
  if (outcome.ended !== "failed") return;
  const unclear = happenings.findLast((h) => h.type === "patch-fate" && h.fate !== "refused");
  if (unclear?.type !== "patch-fate") return;
  const failed = happenings.some(
    (h) => h.type === "task-seen" && h.taskId === unclear.taskId && h.write && h.status === "FAILED",
  );
  assert.ok(failed, "I2: a plain failure although the replacement may have been carried out");
}

/** I2: a saved fingerprint was read from the server in this operation, or stood in the state before. */
function assertTrueState(
  { vcenter, saved }: Stack,
  outcome: Outcome,
  before: Before,
  fingerprintOf: FingerprintOf,
): void {
  const { happenings } = vcenter;
  if (outcome.ended === "failed" || outcome.ended === "killed") {
    assert.equal(saved, before.saved, "I2: a failure changed the state");
    return;
  }
  const isGone = happenings.some((h) => h.type === "gone");
  if (outcome.method === "read" && saved === undefined) {
    assert.ok(isGone, "I2: the resource was dropped although nobody said that it is gone");
  }
  const fingerprint = saved?.outputs["sha256Fingerprint"] as string | undefined;
  if (fingerprint === undefined) return;
  const read = happenings.filter((h) => h.type === "read-result").map((h) => fingerprintOf(h.certificate));
  if (outcome.method === "read" && !isGone) {
    assert.equal(fingerprint, read.at(-1), "I2: a refresh saved another fingerprint than the one it has read");
  }
  assert.ok(
    read.includes(fingerprint) || fingerprint === before.saved?.outputs["sha256Fingerprint"],
    "I2: a fingerprint that was never read",
  );
}

/** I2: what is open stays known until its end was seen; what failed is no open end. */
function assertPending({ vcenter, saved }: Stack, outcome: Outcome, before: Before): void {
  const { happenings } = vcenter;
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
