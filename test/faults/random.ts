// SPDX-License-Identifier: Apache-2.0
// Row 58: one to three faults drawn by lot, over real sockets. However they meet, the write is carried out once, a plain
// failure means that it was not carried out, and the next run ends with what is wanted. FAULT_SEED plays a seed again.

import assert from "node:assert/strict";
import type { Operation, RequestAction } from "../simulator";
import { describe } from "../support/in-process";
import { assertInTime } from "../support/in-time";
import type { WriteScenario } from "./write-scenario";
import type { MakeScenario } from "./writes";
import { faultOfWrites } from "./writes";

const FIRST_SEED = Number(process.env["FAULT_SEED"] ?? Date.now() % 1_000_000_000);
const SEEDS = process.env["FAULT_SEED"] === undefined ? 24 : 1;

function operationsOf({ kind }: WriteScenario): readonly Operation[] {
  return ["login", kind.write, "taskGet", "taskList", kind.read];
}
const page = (status: number, applyThen: boolean): RequestAction => ({
  ...{ kind: "respond", status, applyThen, body: `<html>${status}</html>` },
});
const error = (status: number, error_type: string): RequestAction => ({
  ...{ kind: "respond", status, body: { error_type, messages: [] } },
});
const ACTIONS: readonly RequestAction[] = [
  ...[500, 502, 503, 504].flatMap((status) => [page(status, true), page(status, false)]),
  page(404, false),
  error(500, "INTERNAL_SERVER_ERROR"),
  error(503, "SERVICE_UNAVAILABLE"),
  error(401, "UNAUTHENTICATED"),
  { kind: "respond", status: 429, headers: { "Retry-After": "1" } },
  { kind: "reset" },
  { kind: "reset", applyThen: true },
  { kind: "close", applyThen: true },
  { kind: "garbage", applyThen: true },
  { kind: "cutBody" },
  { kind: "stall", at: "headers", applyThen: true },
  { kind: "expireSessions" },
  { kind: "front", status: 503, forMs: 700 },
  { kind: "front", status: 404, forMs: 700, applyThen: true },
];

/** mulberry32: a whole number below `count`. */
function lots(seed: number): (count: number) => number {
  let state = seed;
  return (count) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % count;
  };
}

/** Adds the faults, and tells them. */
function draw(w: WriteScenario, seed: number): string {
  const { simulator } = w.s;
  const below = lots(seed);
  const drawn: string[] = [];
  for (let left = 1 + below(3); left > 0; left -= 1) {
    const operation = operationsOf(w)[below(5)] ?? w.kind.write;
    const action = ACTIONS[below(ACTIONS.length)] ?? { kind: "reset" };
    const skip = operation === w.kind.write || operation === "login" ? 0 : below(3);
    simulator.faults.add({ match: { operation }, skip, action });
    drawn.push(`${operation} ${skip}: ${JSON.stringify(action)}`);
  }
  return drawn.join("; ");
}

async function play(w: WriteScenario, seed: number): Promise<void> {
  const what = `FAULT_SEED=${seed}: ${draw(w, seed)}`;
  const { simulator } = w.s;
  const writes = (): number => simulator.tasks().filter(({ requestedBy }) => requestedBy === w.kind.write).length;
  const outcome = await w.create();
  assertInTime(outcome.elapsedMs, { atMostMs: 4_000 + 1_000 });
  if (outcome.kind === "failure") assert.equal(writes(), 0, `${what}: ${describe(outcome)}`);
  simulator.faults.clear();
  const more = { timeoutSeconds: 20 };
  const ended = outcome.kind === "failure" ? await w.create({}, more) : await w.update(outcome.properties, {}, more);
  assert.ok(ended.kind === "success", `${what}: ${describe(outcome)}; then ${describe(ended)}`);
  w.assertDone(ended);
  assert.equal(writes(), 1, `writes, ${what}: ${describe(outcome)}`);
}

for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed += 1) {
  const only = (_kind: unknown, index: number): boolean => index === seed % 3;
  const title = `faults drawn by lot, FAULT_SEED=${seed}`;
  const drawn = async (scenario: MakeScenario): Promise<void> => {
    // A session whose token was lost on the way cannot be logged out.
    await play(await scenario({ timeoutSeconds: 4, sessionsLeft: 3 }), seed);
  };
  faultOfWrites(58, ["L", "S", "A", "P", "R"], title, drawn, { only });
}
