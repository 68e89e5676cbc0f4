// SPDX-License-Identifier: Apache-2.0
// Plays a history: each operation is judged by the invariants, and when all is over the stack must converge (I4).

import assert from "node:assert/strict";
import type { Certificates } from "./certificates";
import type { Event, History } from "./histories";
import { assertInvariants } from "./invariants";
import { ModelVcenter } from "./model-vcenter";
import { Stack } from "./stack";
import type { Outcome } from "./stack";
import { VirtualClock } from "../support/clock/virtual-clock";

/** One operation of the engine, judged. */
type Judged = (operate: () => Promise<Outcome>) => Promise<Outcome>;

/**
 * Plays a history.
 *
 * @param history - what happens
 * @param certificates - the certificates it speaks of
 * @param count - told of everything that really happened
 * @throws AssertionError naming the invariant that does not hold
 */
export async function play(
  history: History,
  certificates: Certificates,
  count: (what: string) => void = () => undefined,
): Promise<void> {
  const { random } = Math;
  // Back-off is drawn at random: the same history must take the same way each time.
  Math.random = seededRandom();
  try {
    await playOut(history, certificates, count);
  } finally {
    Math.random = random;
  }
}

async function playOut(
  { options, isMadeByHosts, targets, listIsRefused, settled, events }: History,
  certificates: Certificates,
  count: (what: string) => void,
): Promise<void> {
  const { candidates, stranger, made, fingerprintOf } = certificates;
  let makes = 0;
  // Of today, since certificates have dates; of a whole second, so that a run can be repeated.
  const bornMs = Math.floor(Date.now() / 1000) * 1000;
  const clock = new VirtualClock(bornMs);
  const vcenter = new ModelVcenter({
    clock,
    certificate: candidates[0].certificatePem,
    strangers: stranger.certificatePem,
    make: () => made[makes++ % made.length]?.certificatePem ?? "",
    writeOperation: isMadeByHosts ? "create$task" : "update$task",
    targets,
    listIsRefused,
    bornMs,
    jumpClock: (ms) => {
      clock.jumpWall(ms);
    },
    count,
  });
  const stack = new Stack(clock, vcenter, candidates[1], options, isMadeByHosts);
  count(`type ${isMadeByHosts ? "self-signed" : "certificate"}`);
  const judged: Judged = async (operate) => {
    const before = { saved: stack.saved, wantedFingerprint: stack.wanted.fingerprint };
    const snapshot = JSON.stringify(before.saved);
    const outcome = await operate();
    count(`${outcome.method} ${outcome.ended}`);
    assert.equal(JSON.stringify(before.saved), snapshot, "I2: the old state was written into");
    assertInvariants(stack, outcome, before, fingerprintOf);
    return outcome;
  };
  // With adopt the first up finds another certificate, and fails as it should.
  if (settled) await judged(() => stack.up());
  for (const event of events) {
    count(`event ${event.event}`);
    await happen(event, stack, certificates, judged);
  }
  await converge(stack, judged, !isMadeByHosts && options.adopt === true, certificates);
}

async function happen(event: Event, stack: Stack, { candidates }: Certificates, judged: Judged): Promise<void> {
  const { vcenter } = stack;
  const pem = (index: number): string => (candidates[index] ?? candidates[0]).certificatePem;
  switch (event.event) {
    case "up":
    case "upRefresh":
    case "refresh": {
      vcenter.plan(event.faults, event.disturbances);
      const refreshed = event.event === "up" ? undefined : await judged(() => stack.refresh());
      // Where the refresh fails the engine does not go on.
      if (event.event !== "refresh" && (refreshed?.ended ?? "ok") === "ok") await judged(() => stack.up());
      break;
    }
    case "destroy":
      vcenter.plan(event.faults, event.disturbances);
      await judged(() => stack.destroy());
      break;
    case "want":
      stack.wanted = candidates[event.index] ?? stack.wanted;
      stack.rewritten = event.rewritten;
      break;
    case "someoneElse":
      somebodyPuts(stack, pem(event.index));
      break;
    case "removeProvider":
      vcenter.isGone = true;
      break;
    case "restoreProvider":
      restore(stack, pem(event.index));
      break;
    case "keyServer":
      vcenter.health = event.health;
      break;
    case "restartServer":
      vcenter.restart(event.keepTasks);
      break;
    case "advanceClock":
      await stack.clock.advance(event.ms);
      break;
    case "jumpClock":
      stack.clock.jumpWall(event.ms);
      break;
  }
  vcenter.plan([], []);
}

function restore(stack: Stack, pem: string): void {
  if (!stack.vcenter.isGone) return;
  stack.vcenter.isGone = false;
  somebodyPuts(stack, pem);
}

function somebodyPuts({ vcenter, saved }: Stack, pem: string): void {
  vcenter.tasks.put(pem);
  if (saved?.outputs["pendingReplaces"] !== undefined || vcenter.tasks.busyForMs() > 0) vcenter.isMeddledWith = true;
}

/** I4: when the faults are over, one `up --refresh` brings the server to what is wanted, and the next `up` is a no-op. */
async function converge(
  stack: Stack,
  judged: Judged,
  adopts: boolean,
  { candidates, made, fingerprintOf }: Certificates,
): Promise<void> {
  const { clock, vcenter } = stack;
  restore(stack, candidates[0].certificatePem);
  vcenter.health = "OK";
  await clock.advance(vcenter.tasks.busyForMs() + 1);
  const held = fingerprintOf(vcenter.tasks.certificate());
  const refreshed = await judged(() => stack.refresh());
  assert.equal(refreshed.ended, "ok", `I4: refresh did not succeed: ${refreshed.message}`);
  const mayAdopt = adopts && stack.saved === undefined;
  const repaired = await judged(() => stack.up());
  if (mayAdopt && held !== stack.wanted.fingerprint) {
    assert.match(repaired.message, /ERR_ALREADY_PRESENT/, "I4: adopt took what it must not take");
    assert.equal(vcenter.counts.patch, 0, "I6: adopt sent something");
    return;
  }
  assert.equal(repaired.ended, "ok", `I4: up did not succeed: ${repaired.message}`);
  if (mayAdopt) assert.equal(vcenter.counts.patch, 0, "I6: adopt sent something");
  const holds = fingerprintOf(vcenter.tasks.certificate());
  if (!stack.isMadeByHosts)
    assert.equal(holds, stack.wanted.fingerprint, "I4: the server does not hold the wanted certificate");
  else {
    assert.equal(holds, stack.saved?.outputs["sha256Fingerprint"], "I4: the server holds another certificate");
    const isMade = made.some(({ fingerprint }) => fingerprint === holds);
    assert.ok(isMade || vcenter.isMeddledWith, "I4: the hosts were not asked for a certificate");
  }
  stack.rewritten = !stack.rewritten;
  const again = await judged(() => stack.up());
  assert.equal(again.method, "none", `I4: the second up did an ${again.method}`);
  assert.equal(again.ended, "ok", `I4: the second up did not succeed: ${again.message}`);
}

/** mulberry32. */
function seededRandom(): () => number {
  let state = 0x9e3779b9;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}
