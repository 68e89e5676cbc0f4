// SPDX-License-Identifier: Apache-2.0
// Row 58: one to three faults drawn by lot, over real sockets. However they meet, the write is carried out once, a plain
// failure means that it was not carried out, and the next run ends with what is wanted. FAULT_SEED plays a seed again.

import assert from "node:assert/strict";
import type { Operation, RequestAction } from "../simulator";
import type { Scenario } from "../support/in-process";
import { assertSuccess, describe } from "../support/in-process";
import { fault } from "./fault";

const FIRST_SEED = Number(process.env["FAULT_SEED"] ?? Date.now() % 1_000_000_000);
const SEEDS = process.env["FAULT_SEED"] === undefined ? 24 : 1;

const OPERATIONS: readonly Operation[] = ["login", "patch", "taskGet", "taskList", "readCertificate"];
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
function draw({ simulator }: Scenario, seed: number): string {
  const below = lots(seed);
  const drawn: string[] = [];
  for (let left = 1 + below(3); left > 0; left -= 1) {
    const operation = OPERATIONS[below(OPERATIONS.length)] ?? "patch";
    const action = ACTIONS[below(ACTIONS.length)] ?? { kind: "reset" };
    const skip = operation === "patch" || operation === "login" ? 0 : below(3);
    simulator.faults.add({ match: { operation }, skip, action });
    drawn.push(`${operation} ${skip}: ${JSON.stringify(action)}`);
  }
  return drawn.join("; ");
}

async function play(s: Scenario, seed: number): Promise<void> {
  const what = `FAULT_SEED=${seed}: ${draw(s, seed)}`;
  const writes = (): number => s.simulator.tasks().filter(({ requestedBy }) => requestedBy === "patch").length;
  const outcome = await s.process().create(s.inputs());
  assert.ok(outcome.elapsedMs <= 4_000 + 1_000, `${outcome.elapsedMs} ms, ${what}`);
  if (outcome.kind === "failure") assert.equal(writes(), 0, `${what}: ${describe(outcome)}`);
  s.simulator.faults.clear();
  const next = s.process();
  const inputs = s.inputs(s.wanted, { timeoutSeconds: 20 });
  const ended = outcome.kind === "failure" ? await next.create(inputs) : await next.update(outcome.properties, inputs);
  assert.ok(ended.kind === "success", `${what}: ${describe(outcome)}; then ${describe(ended)}`);
  assertSuccess(ended, s.wanted.fingerprint);
  assert.equal(writes(), 1, `writes, ${what}: ${describe(outcome)}`);
}

for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed += 1) {
  fault(58, ["L", "S", "A", "P", "R"], `faults drawn by lot, FAULT_SEED=${seed}`, async (cell) => {
    // A session whose token was lost on the way cannot be logged out.
    await play(await cell.scenario({ timeoutSeconds: 4, sessionsLeft: 3 }), seed);
  });
}
