// SPDX-License-Identifier: Apache-2.0
// Random histories: what people, networks and servers do to a stack, as data that fast-check can make and shrink.

import * as fc from "fast-check";
import type { Fault, Kind } from "./model-vcenter";
import { assertInvariants } from "./invariants";
import { Stack } from "./stack";
import type { Candidate } from "./stack";

/** One event of a history. */
export type Event =
  | { readonly event: "up"; readonly faults: readonly Fault[] }
  | { readonly event: "upRefresh"; readonly faults: readonly Fault[] }
  | { readonly event: "refresh"; readonly faults: readonly Fault[] }
  | { readonly event: "destroy" }
  | { readonly event: "want"; readonly index: number }
  | { readonly event: "someoneElse"; readonly index: number }
  | { readonly event: "restartServer"; readonly keepTasks: boolean }
  | { readonly event: "advanceClock"; readonly ms: number }
  | { readonly event: "jumpClock"; readonly ms: number }
  | { readonly event: "kill"; readonly atRequest: number }
  | { readonly event: "expireSessions" };

const KINDS: readonly Kind[] = ["login", "patch", "read", "taskGet", "taskList"];
const kind = fc.constantFrom(...KINDS);

const wireFault: fc.Arbitrary<Fault> = fc.record({
  kind,
  what: fc.constantFrom(
    "refused" as const,
    "reset-before" as const,
    "reset-after" as const,
    "hang" as const,
    "garbage" as const,
  ),
});
const absent: fc.Arbitrary<Fault> = fc.record({
  kind: fc.constantFrom<Kind>("read", "patch"),
  what: fc.constant("absent" as const),
});
const statusFault: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({ kind, what: fc.constant("status" as const), status: fc.constantFrom(401, 403, 429, 500, 502, 503, 504) }),
  fc.record({
    kind,
    what: fc.constant("status" as const),
    status: fc.constant(500),
    errorType: fc.constantFrom("ERROR", "RESOURCE_BUSY", "TIMED_OUT", "INTERNAL_SERVER_ERROR"),
  }),
  fc.record({
    kind: fc.constant("patch" as const),
    what: fc.constant("status" as const),
    status: fc.constantFrom(502, 504, 500),
    applied: fc.constant(true),
  }),
);
const taskFault: fc.Arbitrary<Fault> = fc.record({
  kind: fc.constant("patch" as const),
  what: fc.constant("task" as const),
  lastsMs: fc.constantFrom(0, 50, 900, 20_000, 90_000, 200_000),
  ends: fc.constantFrom(
    "SUCCEEDED" as const,
    "SUCCEEDED" as const,
    "FAILED" as const,
    "CANCELED" as const,
    "vanishes" as const,
  ),
  blocked: fc.boolean(),
  lagMs: fc.constantFrom(0, 0, 2_000, 45_000),
  third: fc.constantFrom(false, false, false, true),
});
const lost: fc.Arbitrary<Fault> = fc.record({
  kind: fc.constant("patch" as const),
  what: fc.constantFrom("id-lost" as const, "done" as const),
});
const faults = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: wireFault },
    { weight: 3, arbitrary: statusFault },
    { weight: 4, arbitrary: taskFault },
    { weight: 1, arbitrary: lost },
    { weight: 1, arbitrary: absent },
  ),
  { maxLength: 4 },
);

/** Histories of up to a dozen events. `candidates`: how many certificates there are to choose from. */
export function histories(candidates: number): fc.Arbitrary<readonly Event[]> {
  const index = fc.nat(candidates - 1);
  const event: fc.Arbitrary<Event> = fc.oneof(
    { weight: 6, arbitrary: fc.record({ event: fc.constant("up" as const), faults }) },
    { weight: 3, arbitrary: fc.record({ event: fc.constant("upRefresh" as const), faults }) },
    { weight: 2, arbitrary: fc.record({ event: fc.constant("refresh" as const), faults }) },
    { weight: 4, arbitrary: fc.record({ event: fc.constant("want" as const), index }) },
    { weight: 2, arbitrary: fc.record({ event: fc.constant("someoneElse" as const), index }) },
    {
      weight: 2,
      arbitrary: fc.record({ event: fc.constant("kill" as const), atRequest: fc.integer({ min: 1, max: 14 }) }),
    },
    { weight: 1, arbitrary: fc.record({ event: fc.constant("destroy" as const) }) },
    { weight: 1, arbitrary: fc.record({ event: fc.constant("restartServer" as const), keepTasks: fc.boolean() }) },
    {
      weight: 1,
      arbitrary: fc.record({ event: fc.constant("advanceClock" as const), ms: fc.constantFrom(10, 5_000, 600_000) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ event: fc.constant("jumpClock" as const), ms: fc.constantFrom(-3_600_000, 3_600_000) }),
    },
    { weight: 1, arbitrary: fc.record({ event: fc.constant("expireSessions" as const) }) },
  );
  return fc.array(event, { minLength: 1, maxLength: 12 });
}

/** Plays a history and judges each step; at its end the stack must converge. @throws AssertionError */
export async function play(
  events: readonly Event[],
  candidates: readonly [Candidate, Candidate, ...Candidate[]],
): Promise<void> {
  const fingerprints = new Map(
    candidates.map(({ certificatePem, fingerprint }) => [certificatePem.trim(), fingerprint]),
  );
  const fingerprintOf = (pem: string): string | undefined => fingerprints.get(pem.trim());
  const [first, second] = candidates;
  const third = candidates.at(-1) ?? second;
  const stack = new Stack(first.certificatePem, second, third.certificatePem);
  const judged = async (operate: () => ReturnType<Stack["up"]>): Promise<Awaited<ReturnType<Stack["up"]>>> => {
    const before = { saved: copy(stack.saved), same: stack.saved, wantedFingerprint: stack.wanted.fingerprint };
    const outcome = await operate();
    const untouched = stack.saved === before.same;
    assertInvariants(
      stack,
      outcome,
      { saved: untouched ? stack.saved : before.saved, wantedFingerprint: before.wantedFingerprint },
      fingerprintOf,
    );
    return outcome;
  };
  for (const event of events) await happen(event, stack, candidates, judged);
  await converge(stack, judged, fingerprintOf);
}

async function happen(
  event: Event,
  stack: Stack,
  candidates: readonly Candidate[],
  judged: (operate: () => ReturnType<Stack["up"]>) => Promise<unknown>,
): Promise<void> {
  const { vcenter } = stack;
  switch (event.event) {
    case "up":
    case "upRefresh":
    case "refresh":
      vcenter.faults = [...event.faults];
      if (event.event !== "up") await judged(() => stack.refresh());
      if (event.event !== "refresh") await judged(() => stack.up());
      vcenter.faults = [];
      return;
    case "destroy":
      await judged(() => stack.destroy());
      return;
    case "kill":
      await judged(() => stack.up(event.atRequest));
      return;
    case "want":
      stack.wanted = candidates[event.index] ?? stack.wanted;
      return;
    case "someoneElse":
      vcenter.someoneElse(candidates[event.index]?.certificatePem ?? "");
      return;
    case "restartServer":
      vcenter.restart(event.keepTasks);
      return;
    case "advanceClock":
      await stack.clock.advance(event.ms);
      return;
    case "jumpClock":
      stack.clock.jumpWall(event.ms);
      return;
    case "expireSessions":
      vcenter.expireSessions();
  }
}

/** I4: when the faults are over, one `up --refresh` brings the server to what is wanted, and the next `up` is a no-op. */
async function converge(
  stack: Stack,
  judged: (operate: () => ReturnType<Stack["up"]>) => Promise<Awaited<ReturnType<Stack["up"]>>>,
  fingerprintOf: (certificate: string) => string | undefined,
): Promise<void> {
  await stack.clock.advance(stack.vcenter.busyForMs() + 1);
  const refreshed = await judged(() => stack.refresh());
  if (refreshed.ended !== "ok") throw new Error(`I4: refresh did not succeed: ${refreshed.message}`);
  const repaired = await judged(() => stack.up());
  if (repaired.ended !== "ok") throw new Error(`I4: up did not succeed: ${repaired.message}`);
  const holds = fingerprintOf(stack.vcenter.certificate());
  if (holds !== stack.wanted.fingerprint) throw new Error("I4: the server does not hold the wanted certificate");
  const again = await judged(() => stack.up());
  const requests = Object.values(stack.vcenter.counts).reduce((sum, count) => sum + count, 0);
  if (again.method !== "none" || requests > 0)
    throw new Error(`I4: the second up did ${again.method} with ${requests} requests`);
}

function copy<T>(value: T): T {
  return structuredClone(value);
}
