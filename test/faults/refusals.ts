// SPDX-License-Identifier: Apache-2.0
// Rows 6 to 11 and 13: answers by which a server refuses, in every phase in which they can come.

import assert from "node:assert/strict";
import type { RequestAction } from "../simulator";
import type { Outcome } from "../support/in-process";
import { assertFailure, assertSuccess } from "../support/in-process";
import { assertInTime } from "../support/in-time";
import { fault } from "./fault";
import type { WritePhase, WriteScenario } from "./write-scenario";
import { lasting } from "./write-scenario";
import { faultOfWrites } from "./writes";

/** Before the 202 it is a plain failure; after it, the resource is not finished. */
function assertGivenUp(
  w: WriteScenario,
  phase: WritePhase,
  outcome: Outcome,
  code: string,
  ...texts: readonly (string | RegExp)[]
): void {
  if (phase === "S") assertFailure(outcome, code, ...texts);
  else w.assertOpen(outcome, code, { taskId: w.taskId() }, ...(phase === "P" ? [w.taskId(), ...texts] : texts));
}

const UNAUTHENTICATED = {
  error_type: "UNAUTHENTICATED",
  messages: [{ id: "com.vmware.vapi.endpoint.method.authentication.required", default_message: "No.", args: [] }],
};
const UNAUTHORIZED = {
  error_type: "UNAUTHORIZED",
  messages: [{ id: "com.vmware.vapi.endpoint.cis.authz.permission.denied", default_message: "Denied.", args: [] }],
};
const HTML = "<html><head><title>500</title></head><body>Oops-from-the-proxy</body></html>";

faultOfWrites(6, "S", "an expired session makes one login and one repeat", async (scenario) => {
  const w = await scenario();
  w.answer("S", { kind: "expireSessions" });
  w.assertDone(await w.create());
  assert.deepEqual(
    w.requests("S").map(({ status }) => status),
    [401, 202],
  );
  w.assertTraffic(2, 2);
});

faultOfWrites(7, "P", "an expired session makes one login, and the same task is polled on", async (scenario) => {
  const w = await scenario({ simulator: { taskDurationMs: lasting(600) } });
  w.answer("P", { kind: "expireSessions" }, 1, { skip: 1 });
  assert.equal(w.assertDone(await w.create())["taskId"], w.taskId());
  w.assertTraffic(2, 1);
  const [, refused, next] = w.requests("P");
  assert.deepEqual([refused?.status, next?.status, next?.path], [401, 200, refused?.path]);
});

faultOfWrites(8, "P", "a session that is always refused ends after two logins, naming the task", async (scenario) => {
  const w = await scenario();
  w.answer("P", { kind: "respond", status: 401, body: UNAUTHENTICATED }, Infinity);
  assertGivenUp(w, "P", await w.create(), "ERR_AUTHENTICATION", "HTTP 401", "a new login did not help");
  w.assertTraffic(2, 1);
});

faultOfWrites(9, "S", "a missing privilege is named after one new login", async (scenario) => {
  const w = await scenario({
    simulator: { privileges: ["System.View", "TrustedAdmin.ReadKMSTrust", "TrustedAdmin.ReadTrustedHosts"] },
  });
  const sent = `${w.kind.method} /api/vcenter/trusted-infrastructure`;
  const texts = ["TrustedAdmin.ManageKMSTrust", "System.View", sent, "HTTP 403"];
  assertFailure(await w.create(), "ERR_AUTHORIZATION", ...texts);
  w.assertTraffic(2, 2);
});

faultOfWrites(9, "P", "a missing privilege is named and the task kept", async (scenario) => {
  const w = await scenario();
  w.answer("P", { kind: "respond", status: 403, body: UNAUTHORIZED }, Infinity);
  assertGivenUp(w, "P", await w.create(), "ERR_AUTHORIZATION", "HTTP 403", "System.View");
  w.assertTraffic(2, 1);
});

for (const phase of ["S", "P"] as const) {
  faultOfWrites(9, phase, "a 403 for an expired session is fixed by one new login", async (scenario) => {
    const w = await scenario();
    w.answer(phase, { kind: "respond", status: 403, body: UNAUTHORIZED });
    w.assertDone(await w.create());
    w.assertTraffic(2, phase === "S" ? 2 : 1);
  });
}

/** Time between the refused request of a phase and its repetition, milliseconds. */
function pauseAfterRefusal(w: WriteScenario, phase: WritePhase): number {
  const [refused, next] = w.requests(phase);
  assert.ok(refused?.endedAtMs !== undefined && next !== undefined, "it was not repeated");
  return next.startedAtMs - refused.endedAtMs;
}

const RETRY_AFTER: readonly (readonly [what: string, headers: () => Record<string, string>, atLeastMs: number])[] = [
  ["seconds", () => ({ "Retry-After": "1" }), 990],
  // A date has whole seconds, and some time passes before it is sent.
  ["a date", () => ({ "Retry-After": new Date(Date.now() + 4_000).toUTCString() }), 900],
  ["-1", () => ({ "Retry-After": "-1" }), 0],
  ["abc", () => ({ "Retry-After": "abc" }), 0],
  ["nothing", () => ({}), 0],
];
const WAITS = "a 429 is repeated after what Retry-After says, or soon if it says nothing valid";

fault(10, "L", WAITS, async (cell) => {
  await Promise.all(
    RETRY_AFTER.map(async ([what, headers, atLeastMs]) => {
      const s = await cell.scenario();
      const action = { kind: "respond", status: 429, headers: headers() } as const;
      s.simulator.faults.add({ match: { operation: "login" }, action });
      assertSuccess(await s.providerProcess().create(s.inputs()), s.wanted.fingerprint);
      const { journal } = s.simulator;
      const [refused, next] = journal.filter({ operation: "login" });
      const pauseMs = (next?.startedAtMs ?? NaN) - (refused?.endedAtMs ?? NaN);
      assertInTime(pauseMs, { atLeastMs, atMostMs: atLeastMs + 3_500 }, `Retry-After ${what}`);
      assert.deepEqual([journal.logins(), journal.patches()], [2, 1]);
    }),
  );
});

for (const phase of ["S", "P", "R"] as const) {
  faultOfWrites(10, phase, WAITS, async (scenario, { kind }) => {
    // The header is read in one place: its forms are tried with one kind of write.
    const forms = kind.write === "patch" ? RETRY_AFTER : RETRY_AFTER.slice(0, 1);
    await Promise.all(
      forms.map(async ([what, headers, atLeastMs]) => {
        const w = await scenario();
        w.answer(phase, { kind: "respond", status: 429, headers: headers() });
        w.assertDone(await w.create());
        const pauseMs = pauseAfterRefusal(w, phase);
        assertInTime(pauseMs, { atLeastMs, atMostMs: atLeastMs + 3_500 }, `Retry-After ${what}`);
        w.assertTraffic(1, phase === "S" ? 2 : 1);
      }),
    );
  });
}
const TOO_LONG = { kind: "respond", status: 429, headers: { "Retry-After": "3600" } } as const;
for (const phase of ["P", "R"] as const) {
  faultOfWrites(10, phase, "a 429 that asks for longer than the time left does not end the wait", async (scenario) => {
    const w = await scenario({ timeoutSeconds: 3 });
    w.answer(phase, TOO_LONG);
    const outcome = await w.create();
    // The last look comes right before the deadline.
    w.assertDone(outcome);
    assert.ok(outcome.elapsedMs > 2_000, `${outcome.elapsedMs} ms`);
  });
}
const AT_ONCE = "a 429 that asks for longer than the time left fails at once";
const SAYS_TOO_LONG = ["HTTP 429", "3600 s (Retry-After)", "timeoutSeconds"];

fault(10, "L", AT_ONCE, async (cell) => {
  const s = await cell.scenario();
  s.simulator.faults.add({ match: { operation: "login" }, action: TOO_LONG });
  const outcome = await s.providerProcess().create(s.inputs());
  assertFailure(outcome, "ERR_API", ...SAYS_TOO_LONG);
  assertInTime(outcome.elapsedMs, { atMostMs: 2_000 });
});

faultOfWrites(10, "S", AT_ONCE, async (scenario) => {
  const w = await scenario();
  w.answer("S", TOO_LONG);
  const outcome = await w.create();
  assertFailure(outcome, "ERR_API", ...SAYS_TOO_LONG);
  assertInTime(outcome.elapsedMs, { atMostMs: 2_000 });
});

faultOfWrites(10, "S", "a 429 for ever ends in time, as a plain failure that counts the attempts", async (scenario) => {
  const w = await scenario({ timeoutSeconds: 2 });
  w.answer("S", { kind: "respond", status: 429 }, Infinity);
  const outcome = await w.create();
  assertFailure(outcome, "ERR_API", "HTTP 429", /tried \d+ times in 2 s/);
  assertInTime(outcome.elapsedMs, { atLeastMs: 1_900, atMostMs: 3_000 });
});

const FAILURES: readonly (readonly [row: 11 | 13, what: string, action: RequestAction, pauseMs: number])[] = [
  [11, "a 500 with an HTML page", { kind: "respond", status: 500, body: HTML }, 0],
  [13, "a 503 with Retry-After", { kind: "respond", status: 503, headers: { "Retry-After": "1" }, body: HTML }, 990],
];
for (const [row, what, action, pauseMs] of FAILURES) {
  faultOfWrites(row, "S", `${what} makes two looks and one repeat`, async (scenario) => {
    const w = await scenario();
    w.answer("S", action);
    w.assertDone(await w.create());
    const order = w.order();
    const between = order.slice(order.indexOf(w.kind.write) + 1, order.lastIndexOf(w.kind.write));
    // Two looks, 2 s apart: a request can be taken up behind a front after its connection broke.
    assert.ok(between.filter((one) => one === "taskList").length === 2 && between[0] === "taskList", between.join());
    assert.ok(between.filter((one) => one === w.kind.read).length >= 2, between.join());
    assert.ok(pauseAfterRefusal(w, "S") >= 1_900, `${pauseAfterRefusal(w, "S")} ms`);
    w.assertTraffic(1, 2);
  });
  faultOfWrites(row, "S", `${what} for ever is not finished after two writes`, async (scenario) => {
    const w = await scenario();
    w.answer("S", action, Infinity);
    const outcome = await w.create();
    const texts = [`${w.kind.method} /api/vcenter`, `HTTP ${row === 11 ? 500 : 503}`, "text/html", "tried 2 times"];
    w.assertOpen(outcome, "ERR_OUTCOME_UNKNOWN", {}, ...texts);
    assert.ok(!("message" in outcome && outcome.message.includes("Oops")), "the page is echoed");
    w.assertTraffic(1, 2);
  });
  for (const phase of ["P", "R"] as const) {
    faultOfWrites(row, phase, `${what} three times is survived`, async (scenario) => {
      const w = await scenario();
      w.answer(phase, action, 3);
      w.assertDone(await w.create());
      assert.ok(pauseAfterRefusal(w, phase) >= pauseMs, `${pauseAfterRefusal(w, phase)} ms`);
      w.assertTraffic(1, 1);
    });
    faultOfWrites(row, phase, `${what} for ever is waited out to the deadline, and not finished`, async (scenario) => {
      const w = await scenario({ timeoutSeconds: 3 });
      w.answer(phase, action, Infinity);
      const outcome = await w.create();
      assertGivenUp(w, phase, outcome, phase === "P" ? "ERR_TASK_TIMEOUT" : "ERR_OPERATION_TIMEOUT", "within 3 s");
      assert.ok(outcome.kind === "not-finished" && !outcome.message.includes("Oops"), "the page is echoed");
      assert.ok(outcome.elapsedMs > 2_500, `${outcome.elapsedMs} ms`);
      w.assertTraffic(1, 1);
    });
  }
}
