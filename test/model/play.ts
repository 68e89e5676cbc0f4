// SPDX-License-Identifier: Apache-2.0
// Plays a history: each operation is judged by the invariants, and when all is over the stack must converge (I4).

import assert from "node:assert/strict";
import type { Certificates } from "./certificates";
import type { Event, History } from "./histories";
import { assertInvariants } from "./invariants";
import { ModelVcenter } from "./model-vcenter";
import type { ProviderModules } from "./provider-modules";
import { Resource } from "./resource";
import type { Outcome } from "./resource";
import { Stack } from "./stack";
import { VirtualClock } from "../support/clock/virtual-clock";

/** One operation of the engine, judged. */
type Operate = (operation: () => Promise<readonly Outcome[]>) => Promise<readonly Outcome[]>;

/** Seconds that a program allows its first and its second resource: the second may go on when the first has given up. */
const TIMEOUTS_SECONDS = [60, 120] as const;

/**
 * Plays a history.
 *
 * @param certificates - the certificates it speaks of
 * @param modules - the provider that is judged
 * @param count - told of everything that really happened
 * @throws AssertionError naming the invariant that does not hold
 */
export async function play(
  history: History,
  certificates: Certificates,
  modules: ProviderModules,
  count: (what: string) => void = () => undefined,
): Promise<void> {
  const { random } = Math;
  // Back-off is drawn at random: the same history must take the same way each time.
  Math.random = seededRandom();
  try {
    await playOut(history, certificates, modules, count);
  } finally {
    Math.random = random;
  }
}

async function playOut(
  { options, declares, targets, listIsRefused, lagMs = 0, settled, events }: History,
  certificates: Certificates,
  modules: ProviderModules,
  count: (what: string) => void,
): Promise<void> {
  const { candidates, strangers, made, fingerprintOf } = certificates;
  let makes = 0;
  // Of today, since certificates have dates; of a whole second, so that a run can be repeated.
  const bornMs = Math.floor(Date.now() / 1000) * 1000;
  const clock = new VirtualClock(bornMs);
  const vcenter = new ModelVcenter({
    clock,
    certificate: candidates[0].pem,
    strangers,
    make: (slot) => made[slot][makes++ % made[slot].length]?.pem ?? "",
    writeOperation: {
      certificate: declares.includes("certificate") ? "update$task" : "create$task",
      csr: "create$task",
      "second certificate": "update$task",
    },
    targets,
    listIsRefused,
    lagMs,
    bornMs,
    jumpClock: (ms) => {
      clock.jumpWall(ms);
    },
    count,
  });
  const [timeoutSeconds, moreSeconds] = TIMEOUTS_SECONDS;
  const resources = declares.map(
    (kind, index) => new Resource(kind, candidates[1], options, index === 0 ? timeoutSeconds : moreSeconds),
  );
  const stack = new Stack(clock, vcenter, resources, modules);
  count(`program ${declares.join(" and ")}`);
  const judged: Operate = async (operate) => {
    const befores = resources.map(({ saved, wanted: { fingerprint } }) => ({ saved, wantedFingerprint: fingerprint }));
    const snapshot = JSON.stringify(befores);
    const outcomes = await operate();
    for (const { method, ended } of outcomes) count(`${method} ${ended}`);
    assert.equal(JSON.stringify(befores), snapshot, "I2: the old state was written into");
    assertInvariants(stack, outcomes, befores, fingerprintOf);
    return outcomes;
  };
  // With adopt the first up finds another certificate, and fails as it should.
  if (settled) await judged(() => stack.up());
  for (const event of events) {
    count(`event ${event.event}`);
    await happen(event, stack, certificates, judged);
  }
  await converge(stack, judged, certificates);
}

/** Pulumi, the program and the provider take this long to start, milliseconds: so far apart are the writes of two runs. */
const START_MS = 2_500;
const STARTS_PULUMI: ReadonlySet<Event["event"]> = new Set(["up", "upRefresh", "refresh", "destroy"]);

async function happen(
  event: Event,
  stack: Stack,
  { candidates, strangers }: Certificates,
  judged: Operate,
): Promise<void> {
  const { vcenter, resources } = stack;
  const pem = (index: number): string => (candidates[index] ?? candidates[0]).pem;
  if (STARTS_PULUMI.has(event.event)) await stack.clock.advance(START_MS);
  switch (event.event) {
    case "up":
    case "upRefresh":
    case "refresh": {
      vcenter.plan(event.faults, event.disturbances);
      const refreshed = event.event === "up" ? undefined : await judged(() => stack.refresh());
      // Where the refresh fails the engine does not go on.
      if (event.event !== "refresh" && (refreshed ?? []).every(({ ended }) => ended === "ok"))
        await judged(() => stack.up());
      break;
    }
    case "destroy":
      vcenter.plan(event.faults, event.disturbances);
      await judged(() => stack.destroy());
      break;
    case "want":
      for (const resource of resources) {
        // Beside a signing request with other triggers, or beside one that stays.
        if (event.rewritten && resources.length > 1 && resource.slot === "csr") continue;
        resource.wanted = candidates[event.index] ?? resource.wanted;
        resource.rewritten = event.rewritten;
      }
      break;
    case "someoneElse":
      somebodyPuts(stack, pem(event.index));
      if (event.index > 0) vcenter.tasks.put("csr", strangers.csr);
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
  // The hosts were never asked to have anything signed for a new one.
  stack.vcenter.tasks.put("csr", undefined);
}

function somebodyPuts({ vcenter, resources }: Stack, pem: string): void {
  for (const slot of ["certificate", "second certificate"] as const) vcenter.tasks.put(slot, pem);
  const isOpen = resources.some(({ saved }) => saved?.outputs["pendingReplaces"] !== undefined);
  if (isOpen || vcenter.tasks.busyForMs() > 0) vcenter.isMeddledWith = true;
}

/** I4: when the faults are over, one `up --refresh` brings the server to what is wanted, and the next `up` is a no-op. */
async function converge(stack: Stack, judged: Operate, certificates: Certificates): Promise<void> {
  const { clock, vcenter, resources } = stack;
  const { candidates, fingerprintOf } = certificates;
  restore(stack, candidates[0].pem);
  vcenter.health = "OK";
  await clock.advance(vcenter.tasks.busyForMs() + 1);
  const held = resources.map(({ slot }) => fingerprintOf(vcenter.tasks.held(slot) ?? ""));
  for (const refreshed of await judged(() => stack.refresh()))
    assert.equal(refreshed.ended, "ok", `I4: refresh did not succeed: ${refreshed.message}`);
  const mayAdopt = resources.map(({ options, saved }) => options.adopt === true && saved === undefined);
  const repaired = await judged(() => stack.up());
  let isRefused = false;
  for (const [index, resource] of resources.entries()) {
    const [{ ended, message } = { ended: "killed", message: "" }, adopts = false] = [repaired[index], mayAdopt[index]];
    if (adopts && !resource.isMadeByHosts && held[index] !== resource.wanted.fingerprint) {
      assert.match(message, /ERR_ALREADY_PRESENT/, "I4: adopt took what it must not take");
      isRefused = true;
      continue;
    }
    assert.equal(ended, "ok", `I4: up did not succeed: ${message}`);
    assertHolds(stack, resource, certificates);
  }
  if (isRefused) return;
  for (const resource of resources) resource.rewritten = !resource.rewritten;
  for (const again of await judged(() => stack.up())) {
    assert.equal(again.method, "none", `I4: the second up did an ${again.method}`);
    assert.equal(again.ended, "ok", `I4: the second up did not succeed: ${again.message}`);
  }
}

/** I4: the server holds what is wanted, and the state says so. */
function assertHolds({ vcenter }: Stack, resource: Resource, { made, fingerprintOf }: Certificates): void {
  const { slot, saved, options } = resource;
  const holds = fingerprintOf(vcenter.tasks.held(slot) ?? "");
  if (!resource.isMadeByHosts) {
    assert.equal(holds, resource.wanted.fingerprint, "I4: the server does not hold the wanted certificate");
    return;
  }
  const { csr, sha256Fingerprint } = saved?.outputs ?? {};
  const told = slot === "csr" ? fingerprintOf(String(csr)) : sha256Fingerprint;
  assert.equal(holds, told, "I4: the server holds another one");
  // A signing request of somebody else is taken over: its key is the hosts' only one.
  if (slot === "csr" || options.adopt === true || vcenter.isMeddledWith) return;
  const isMade = made[slot].some(({ fingerprint }) => fingerprint === holds);
  assert.ok(isMade, "I4: the hosts were not asked for a certificate");
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
