// SPDX-License-Identifier: Apache-2.0
// The invariants of DESIGN.md, judged after each operation by what the vCenter saw and what the state holds.

import assert from "node:assert/strict";
import { judgedOf } from "./judged";
import type { Before, FingerprintOf, Judged } from "./judged";
import { assertHealth, assertMade, assertProved, wantedBy } from "./proofs";
import { assertPending, assertTrueState } from "./states";
import type { Outcome } from "./resource";
import type { Stack } from "./stack";
import { assertExitRule, assertFewWrites, assertNoOverlap } from "./writes";

/** Logins of one operation at most: an outage of the first one is waited out for 10 s. */
const MAX_LOGINS = 20;
/** Requests of one minute at most: the schedule's (85), twice because reads have tasks, and the retries. */
const MAX_REQUESTS = 260;

/**
 * Judges one operation.
 *
 * @param outcomes - how it ended, for each resource
 * @param befores - what stood before it, for each resource
 * @param fingerprintOf - SHA-256 of the DER that a PEM text holds
 * @throws AssertionError naming the invariant
 */
export function assertInvariants(
  stack: Stack,
  outcomes: readonly Outcome[],
  befores: readonly Before[],
  fingerprintOf: FingerprintOf,
): void {
  if (outcomes.every(({ ended }) => ended !== "killed")) assertBounded(stack, outcomes);
  assertNoOverlap(stack, befores, fingerprintOf);
  for (const [index, resource] of stack.resources.entries()) {
    const [outcome, before] = [outcomes[index], befores[index]];
    assert.ok(outcome !== undefined && before !== undefined);
    assertOne(judgedOf(stack, resource, before, outcome, fingerprintOf));
  }
}

function assertOne(judged: Judged): void {
  const { outcome } = judged;
  const writes = outcome.method === "create" || outcome.method === "update";
  if (outcome.ended === "ok" && writes) assertProved(judged);
  assertFewWrites(judged, wantedBy(judged));
  assertMade(judged);
  assertExitRule(judged);
  assertTrueState(judged);
  assertPending(judged);
  assertHealth(judged);
  if (outcome.ended === "failed" || outcome.ended === "not finished") {
    assert.match(outcome.message, /\[ERR_[A-Z_]+\]$/, `I7: no code in: ${outcome.message}`);
    assert.doesNotMatch(outcome.message, /ERR_INTERNAL/, `I7: unexpected: ${outcome.message}`);
    assert.doesNotMatch(outcome.message, /session-\d+-of/, "I3: a session token in the text");
  }
}

/** I5: time, sessions, timers, logins, requests. */
function assertBounded({ vcenter, clock, resources }: Stack, outcomes: readonly Outcome[]): void {
  const { counts, happenings } = vcenter;
  for (const [index, { timeoutSeconds }] of resources.entries()) {
    const elapsedMs = outcomes[index]?.elapsedMs ?? 0;
    assert.ok(elapsedMs <= timeoutSeconds * 1_000 + 1_000, `I5: ended after ${elapsedMs} ms`);
  }
  assert.equal(vcenter.openSessions(), 0, "I5: a session is left");
  assert.equal(clock.timers, 0, "I5: a timer is left");
  assert.ok(
    counts.login <= MAX_LOGINS * resources.length + vcenter.refused401,
    `I5: ${counts.login} logins, ${vcenter.refused401} refused sessions`,
  );
  const requests = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const minutes = resources.reduce((sum, { timeoutSeconds }) => sum + timeoutSeconds / 60, 0);
  assert.ok(requests <= MAX_REQUESTS * minutes, `I5: ${requests} requests`);
  const refusal = happenings.findIndex((h) => h.type === "login-refused");
  const again = happenings.slice(refusal + 1).some((h) => h.type === "request" && h.kind === "login");
  assert.ok(refusal < 0 || !again, "I5: a refused password was sent again");
}
