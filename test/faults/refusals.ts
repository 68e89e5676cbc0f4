// SPDX-License-Identifier: Apache-2.0
// Rows 6 to 11 and 13: answers by which a server refuses, in every phase in which they can come.

import assert from "node:assert/strict";
import type { Operation, RequestAction, Simulator } from "../simulator";
import type { Outcome, Scenario } from "../support/in-process";
import { assertFailure, assertNotFinished, assertSuccess } from "../support/in-process";
import type { Phase } from "./coverage";
import { fault } from "./fault";

/** The request that a phase stands for. The first polls are those of the PATCH's task. */
const REQUEST: Readonly<Partial<Record<Phase, Operation>>> = {
  L: "login",
  S: "patch",
  P: "taskGet",
  R: "readCertificate",
};

function refuse(s: Scenario, phase: Phase, action: RequestAction, times = 1): void {
  const operation = REQUEST[phase];
  assert.ok(operation !== undefined);
  s.simulator.faults.add({ match: { operation }, times, action });
}

/** The id of the PATCH's task. */
function patchTask(simulator: Simulator): string {
  const [entry] = simulator.journal.filter({ operation: "patch", status: 202 });
  assert.ok(entry?.taskId !== undefined, "no PATCH was accepted");
  return entry.taskId;
}

/** Before the 202 it is a plain failure; after it, the resource is not finished. */
function assertGivenUp(s: Scenario, phase: Phase, outcome: Outcome, code: string, ...texts: (string | RegExp)[]): void {
  if (phase === "L" || phase === "S") {
    assertFailure(outcome, code, ...texts);
    return;
  }
  assertNotFinished(
    outcome,
    code,
    { taskId: patchTask(s.simulator), fingerprint: s.wanted.fingerprint },
    ...(phase === "P" ? [patchTask(s.simulator), ...texts] : texts),
  );
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

fault(6, "S", "an expired session makes one login and one repeat", async (cell) => {
  const s = await cell.scenario();
  refuse(s, "S", { kind: "expireSessions" });
  assertSuccess(await s.process().create(s.inputs()), s.wanted.fingerprint);
  const { journal } = s.simulator;
  assert.deepEqual(
    journal.filter({ operation: "patch" }).map(({ status }) => status),
    [401, 202],
  );
  assert.equal(journal.logins(), 2);
});

fault(7, "P", "an expired session makes one login, and the same task is polled on", async (cell) => {
  const s = await cell.scenario({ simulator: { taskDurationMs: { patch: 600, read: 5 } } });
  s.simulator.faults.add({ match: { operation: "taskGet" }, skip: 1, action: { kind: "expireSessions" } });
  const outputs = assertSuccess(await s.process().create(s.inputs()), s.wanted.fingerprint);
  const { journal } = s.simulator;
  assert.equal(outputs["taskId"], patchTask(s.simulator));
  assert.deepEqual([journal.logins(), journal.patches()], [2, 1]);
  const [, refused, next] = journal.filter({ operation: "taskGet" });
  assert.deepEqual([refused?.status, next?.status, next?.path], [401, 200, refused?.path]);
});

fault(8, "P", "a session that is always refused ends after two logins, naming the task", async (cell) => {
  const s = await cell.scenario();
  refuse(s, "P", { kind: "respond", status: 401, body: UNAUTHENTICATED }, Infinity);
  const outcome = await s.process().create(s.inputs());
  assertGivenUp(s, "P", outcome, "ERR_AUTHENTICATION", "HTTP 401", "a new login did not help");
  assert.deepEqual([s.simulator.journal.logins(), s.simulator.journal.patches()], [2, 1]);
});

fault(9, "S", "a missing privilege is named after one new login", async (cell) => {
  const s = await cell.scenario({
    simulator: { privileges: ["System.View", "TrustedAdmin.ReadKMSTrust", "TrustedAdmin.ReadTrustedHosts"] },
  });
  const outcome = await s.process().create(s.inputs());
  assertFailure(
    outcome,
    "ERR_AUTHORIZATION",
    "TrustedAdmin.ManageKMSTrust",
    "System.View",
    "PATCH /api/vcenter/trusted-infrastructure",
    "HTTP 403",
  );
  assert.deepEqual([s.simulator.journal.logins(), s.simulator.journal.patches()], [2, 2]);
});

fault(9, "P", "a missing privilege is named and the task kept", async (cell) => {
  const s = await cell.scenario();
  refuse(s, "P", { kind: "respond", status: 403, body: UNAUTHORIZED }, Infinity);
  const outcome = await s.process().create(s.inputs());
  assertGivenUp(s, "P", outcome, "ERR_AUTHORIZATION", "HTTP 403", "System.View");
  assert.deepEqual([s.simulator.journal.logins(), s.simulator.journal.patches()], [2, 1]);
});

for (const phase of ["S", "P"] as const) {
  fault(9, phase, "a 403 for an expired session is mended by one new login", async (cell) => {
    const s = await cell.scenario();
    refuse(s, phase, { kind: "respond", status: 403, body: UNAUTHORIZED });
    assertSuccess(await s.process().create(s.inputs()), s.wanted.fingerprint);
    assert.deepEqual([s.simulator.journal.logins(), s.simulator.journal.patches()], [2, phase === "S" ? 2 : 1]);
  });
}

/** Time between the refused request of a phase and its repetition, milliseconds. */
function pauseAfterRefusal(s: Scenario, phase: Phase): number {
  const operation = REQUEST[phase];
  assert.ok(operation !== undefined);
  const [refused, next] = s.simulator.journal.filter({ operation });
  assert.ok(refused?.endedAtMs !== undefined && next !== undefined, "it was not repeated");
  return next.startedAtMs - refused.endedAtMs;
}

const RETRY_AFTER: readonly (readonly [what: string, headers: () => Record<string, string>, atLeastMs: number])[] = [
  ["seconds", () => ({ "Retry-After": "1" }), 990],
  // A date has whole seconds, so of the two that are asked for more than one is left.
  ["a date", () => ({ "Retry-After": new Date(Date.now() + 2_000).toUTCString() }), 900],
  ["-1", () => ({ "Retry-After": "-1" }), 0],
  ["abc", () => ({ "Retry-After": "abc" }), 0],
  ["nothing", () => ({}), 0],
];
for (const phase of ["L", "S", "P", "R"] as const) {
  fault(
    10,
    phase,
    "a 429 is repeated after what Retry-After says, or soon where it says nothing valid",
    async (cell) => {
      await Promise.all(
        RETRY_AFTER.map(async ([what, headers, atLeastMs]) => {
          const s = await cell.scenario();
          refuse(s, phase, { kind: "respond", status: 429, headers: headers() });
          assertSuccess(await s.process().create(s.inputs()), s.wanted.fingerprint);
          const pauseMs = pauseAfterRefusal(s, phase);
          assert.ok(pauseMs >= atLeastMs && pauseMs < atLeastMs + 1_500, `Retry-After ${what}: ${pauseMs} ms`);
          const { journal } = s.simulator;
          assert.deepEqual([journal.logins(), journal.patches()], [phase === "L" ? 2 : 1, phase === "S" ? 2 : 1]);
        }),
      );
    },
  );
}
for (const phase of ["P", "R"] as const) {
  fault(10, phase, "a 429 that asks for longer than the time left does not end the wait early", async (cell) => {
    const s = await cell.scenario({ timeoutSeconds: 3 });
    refuse(s, phase, { kind: "respond", status: 429, headers: { "Retry-After": "3600" } });
    const outcome = await s.process().create(s.inputs());
    // The last look comes right before the deadline.
    assertSuccess(outcome, s.wanted.fingerprint);
    assert.ok(outcome.elapsedMs > 2_000, `${outcome.elapsedMs} ms`);
  });
}
for (const phase of ["L", "S"] as const) {
  fault(10, phase, "a 429 that asks for longer than the time left fails at once", async (cell) => {
    const s = await cell.scenario();
    refuse(s, phase, { kind: "respond", status: 429, headers: { "Retry-After": "3600" } });
    const outcome = await s.process().create(s.inputs());
    assertGivenUp(s, phase, outcome, "ERR_API", "HTTP 429", "3600 s (Retry-After)", "timeoutSeconds");
    assert.ok(outcome.elapsedMs < 2_000, `${outcome.elapsedMs} ms`);
  });
}

fault(10, "S", "a 429 for ever ends in time, as a plain failure that counts the attempts", async (cell) => {
  const s = await cell.scenario({ timeoutSeconds: 1 });
  refuse(s, "S", { kind: "respond", status: 429 }, Infinity);
  const outcome = await s.process().create(s.inputs());
  assertFailure(outcome, "ERR_API", "HTTP 429", /tried \d+ times in 1 s/);
  assert.ok(outcome.elapsedMs >= 900 && outcome.elapsedMs < 2_000, `${outcome.elapsedMs} ms`);
});

const FAILURES: readonly (readonly [row: 11 | 13, what: string, action: RequestAction, pauseMs: number])[] = [
  [11, "a 500 with an HTML page", { kind: "respond", status: 500, body: HTML }, 0],
  [13, "a 503 with Retry-After", { kind: "respond", status: 503, headers: { "Retry-After": "1" }, body: HTML }, 990],
];
for (const [row, what, action, pauseMs] of FAILURES) {
  fault(row, "S", `${what} makes two looks and one repeat`, async (cell) => {
    const s = await cell.scenario();
    refuse(s, "S", action);
    assertSuccess(await s.process().create(s.inputs()), s.wanted.fingerprint);
    assert.ok(pauseAfterRefusal(s, "S") >= pauseMs, `${pauseAfterRefusal(s, "S")} ms`);
    const order = s.simulator.journal.entries.map(({ operation }) => operation);
    const between = order.slice(order.indexOf("patch") + 1, order.indexOf("patch", order.indexOf("patch") + 1));
    // Two looks, 2 s apart: a request can be taken up behind a front after its connection broke.
    assert.ok(between.filter((one) => one === "taskList").length === 2 && between[0] === "taskList", between.join());
    assert.ok(between.filter((one) => one === "readCertificate").length >= 2, between.join());
    assert.ok(pauseAfterRefusal(s, "S") >= 1_900, `${pauseAfterRefusal(s, "S")} ms`);
    assert.deepEqual([s.simulator.journal.logins(), s.simulator.journal.patches()], [1, 2]);
  });
  fault(row, "S", `${what} for ever is not finished after two PATCHes`, async (cell) => {
    const s = await cell.scenario();
    refuse(s, "S", action, Infinity);
    const outcome = await s.process().create(s.inputs());
    const texts = ["PATCH /api/vcenter", `HTTP ${row === 11 ? 500 : 503}`, "text/html", "tried 2 times"];
    assertNotFinished(outcome, "ERR_OUTCOME_UNKNOWN", { fingerprint: s.wanted.fingerprint }, ...texts);
    assert.ok(!("message" in outcome && outcome.message.includes("Oops")), "the page is echoed");
    assert.equal(s.simulator.journal.patches(), 2);
  });
  for (const phase of ["P", "R"] as const) {
    fault(row, phase, `${what} three times is survived`, async (cell) => {
      const s = await cell.scenario();
      refuse(s, phase, action, 3);
      assertSuccess(await s.process().create(s.inputs()), s.wanted.fingerprint);
      assert.ok(pauseAfterRefusal(s, phase) >= pauseMs, `${pauseAfterRefusal(s, phase)} ms`);
      assert.equal(s.simulator.journal.patches(), 1);
    });
    fault(row, phase, `${what} for ever is waited out to the deadline, and not finished`, async (cell) => {
      const s = await cell.scenario({ timeoutSeconds: 3 });
      refuse(s, phase, action, Infinity);
      const outcome = await s.process().create(s.inputs());
      assertGivenUp(s, phase, outcome, phase === "P" ? "ERR_TASK_TIMEOUT" : "ERR_OPERATION_TIMEOUT", "within 3 s");
      assert.ok(outcome.kind === "not-finished" && !outcome.message.includes("Oops"), "the page is echoed");
      assert.ok(outcome.elapsedMs > 2_500, `${outcome.elapsedMs} ms`);
      assert.equal(s.simulator.journal.patches(), 1);
    });
  }
}
