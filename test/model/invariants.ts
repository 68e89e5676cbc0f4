// SPDX-License-Identifier: Apache-2.0
// The invariants of DESIGN.md, judged after each operation by what the vCenter saw and what the state holds.

import assert from "node:assert/strict";
import type { Happening } from "./model-vcenter";
import { TIMEOUT_MS } from "./stack";
import type { Outcome, Saved, Stack } from "./stack";

/** What stood before an operation. */
export interface Before {
  readonly saved: Saved | undefined;
  readonly wantedFingerprint: string;
}

/** Judges one operation. @throws AssertionError naming the invariant */
export function assertInvariants(
  stack: Stack,
  outcome: Outcome,
  before: Before,
  fingerprintOf: (certificate: string) => string | undefined,
): void {
  const { vcenter } = stack;
  const { happenings, counts } = vcenter;
  const writes = outcome.method === "create" || outcome.method === "update";
  if (outcome.ended === "ok" && writes) assertProved(stack, outcome, before, fingerprintOf);
  if (outcome.ended !== "killed") {
    assert.ok(outcome.elapsedMs <= TIMEOUT_MS + 1_000, `I5: ended after ${outcome.elapsedMs} ms`);
    assert.equal(vcenter.openSessions(), 0, "I5: a session is left");
    assert.equal(stack.clock.pending(), 0, "I5: a timer is left");
    assert.ok(
      counts.login <= 6 + vcenter.refused401,
      `I5: ${counts.login} logins, ${vcenter.refused401} refused sessions`,
    );
  }
  assertFewWrites(happenings, fingerprintOf, before.wantedFingerprint);
  assertTrueState(stack, outcome, before, fingerprintOf);
  if (outcome.ended === "failed" || outcome.ended === "not finished") {
    assert.match(outcome.message, /\[ERR_[A-Z_]+\]$/, `I7: no code in: ${outcome.message}`);
    assert.doesNotMatch(outcome.message, /ERR_INTERNAL/, `I7: unexpected: ${outcome.message}`);
    assert.doesNotMatch(outcome.message, /session-\d+-of/, "I3: a session token in the text");
  }
}

/** I1: success rests on a read that was sent after the task's end, or after the ambiguity. */
function assertProved(
  { vcenter, saved }: Stack,
  outcome: Outcome,
  before: Before,
  fingerprintOf: (certificate: string) => string | undefined,
): void {
  const { happenings, counts } = vcenter;
  const proven = before.saved?.outputs["sha256Fingerprint"] === before.wantedFingerprint;
  const pending = before.saved?.outputs["pendingTaskId"] ?? before.saved?.outputs["pendingFingerprint"];
  if (counts.patch === 0 && counts.read === 0) {
    assert.ok(outcome.method === "update" && proven && pending === undefined, "I1: success without a read or a proof");
    return;
  }
  const lastEnd = happenings.findLastIndex(
    (h) =>
      (h.type === "task-seen" && h.write && ["SUCCEEDED", "FAILED", "vanished"].includes(h.status)) ||
      (h.type === "patch-fate" && h.fate !== "task"),
  );
  const lastPatch = happenings.findLastIndex((h) => h.type === "request" && h.kind === "patch");
  const sent = new Set<string>();
  for (const h of happenings.slice(Math.max(lastEnd, lastPatch, 0))) if (h.type === "read-sent") sent.add(h.taskId);
  assert.ok(lastEnd >= lastPatch, "I1: success although the end of the task was never seen");
  const proof = happenings.some(
    (h) => h.type === "read-result" && sent.has(h.taskId) && fingerprintOf(h.certificate) === before.wantedFingerprint,
  );
  assert.ok(proof, "I1: success without a read that shows the wanted certificate");
  assert.equal(saved?.outputs["sha256Fingerprint"], before.wantedFingerprint, "I2: another fingerprint was saved");
}

/** I6: between two PATCHes stands a refusal, or a read that does not show the wanted certificate. */
function assertFewWrites(
  happenings: readonly Happening[],
  fingerprintOf: (certificate: string) => string | undefined,
  wanted: string,
): void {
  let mayPatch = true;
  let accepted = 0;
  for (const h of happenings) {
    if (h.type === "request" && h.kind === "patch") {
      assert.ok(mayPatch, "I6: a second PATCH without a look");
      mayPatch = false;
    }
    if (h.type === "patch-fate" && h.fate === "refused") mayPatch = true;
    if (h.type === "patch-fate" && h.fate === "task") accepted += 1;
    if (h.type === "read-result" && fingerprintOf(h.certificate) !== wanted) mayPatch = true;
    // Nothing left the machine: the request never arrived.
    if (h.type === "request" && h.kind === "login") mayPatch ||= false;
  }
  assert.ok(accepted <= 2, "I6: more than two PATCHes were accepted");
}

/** I2: a saved fingerprint was read from the server in this operation, or stood in the state before. */
function assertTrueState(
  { vcenter, saved }: Stack,
  outcome: Outcome,
  before: Before,
  fingerprintOf: (certificate: string) => string | undefined,
): void {
  if (outcome.ended === "failed" || outcome.ended === "killed") {
    assert.equal(saved, before.saved, "I2: a failure changed the state");
    return;
  }
  const fingerprint = saved?.outputs["sha256Fingerprint"];
  if (fingerprint === undefined) return;
  const read = vcenter.happenings.some((h) => h.type === "read-result" && fingerprintOf(h.certificate) === fingerprint);
  assert.ok(
    read || fingerprint === before.saved?.outputs["sha256Fingerprint"],
    "I2: a fingerprint that was never read",
  );
}
