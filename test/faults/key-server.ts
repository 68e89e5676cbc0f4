// SPDX-License-Identifier: Apache-2.0
// Rows 59 and 60: the look at the key server's health after a proved replacement, and the wait for it, under every fault. A
// look that fails fails nothing. A wait goes on if the fault may pass; however it ends, the replacement stays proved, and the
// next run asks for the health only.

import assert from "node:assert/strict";
import type { RequestAction, TaskStep } from "../simulator";
import type { Scenario } from "../support/in-process";
import { fastClock } from "../support/clock/system-clocks";
import { assertNotFinished, assertSuccess } from "../support/in-process";
import { assertInTime } from "../support/in-time";
import { fault } from "./fault";
import { assertTraffic } from "./traffic";

/** A fault of every look, or of the task of every look. */
interface HealthFault {
  readonly what: string;
  /** What the request meets; undefined: nothing, but see `onPoll`. */
  readonly action?: RequestAction;
  /** What the looks at its task meet. */
  readonly onPoll?: RequestAction;
  /** How often it must come until the one look fails. Default 1. */
  readonly times?: number;
  /** How a wait ends in which it always comes. Default: at the end of the time. */
  readonly code?: string;
  /** True: one look survives it, since its task is asked for again. Default false. */
  readonly isSurvived?: boolean;
  /** Whether a wait goes on after it has come once. Default true. */
  readonly passes?: boolean;
}

const vapi = (status: number, error_type: string, id = "com.vmware.test"): RequestAction => ({
  ...{ kind: "respond", status, body: { error_type, messages: [{ id, default_message: "No.", args: [] }] } },
});
const ERROR = { error_type: "ERROR", messages: [] };
const page = (status: number): RequestAction => ({ kind: "respond", status, body: `<html>${status}</html>` });
const task = (...steps: readonly TaskStep[]): RequestAction => ({ kind: "taskScript", script: { steps } });
const result = (value: unknown): RequestAction => task({ status: "SUCCEEDED", fields: { result: value } });

const FAULTS: readonly HealthFault[] = [
  { what: "is cut before it is read", action: { kind: "reset" } },
  { what: "is cut before its answer", action: { kind: "reset", applyThen: true } },
  { what: "is closed before its answer", action: { kind: "close", applyThen: true } },
  { what: "is cut in its answer", action: { kind: "cutBody" }, code: "ERR_RESPONSE_INVALID" },
  {
    what: "is cut in a chunk of its answer",
    action: { kind: "cutBody", framing: "chunked" },
    code: "ERR_RESPONSE_INVALID",
  },
  { what: "is cut while its task is asked for", onPoll: { kind: "reset" }, isSurvived: true },
  { what: "is cut in its task", onPoll: { kind: "cutBody" }, isSurvived: true },
  { what: "is answered by 401", action: vapi(401, "UNAUTHENTICATED"), times: 2, code: "ERR_AUTHENTICATION" },
  { what: "is answered by 403", action: vapi(403, "UNAUTHORIZED"), times: 2, code: "ERR_AUTHORIZATION" },
  {
    what: "is answered by NOT_FOUND",
    action: vapi(404, "NOT_FOUND", "com.vmware.esx.kms.provider.notfound"),
    code: "ERR_KEY_PROVIDER_NOT_FOUND",
    passes: false,
  },
  { what: "is answered by 429", action: vapi(429, "UNABLE_TO_ALLOCATE_RESOURCE") },
  { what: "is answered by ERROR", action: vapi(500, "ERROR"), code: "ERR_API" },
  { what: "is answered by SERVICE_UNAVAILABLE", action: vapi(503, "SERVICE_UNAVAILABLE") },
  ...[404, 500, 503].map((status) => ({ what: `is answered by a page of ${status}`, action: page(status) })),
  { what: "is garbled", action: { kind: "garbage", applyThen: true } },
  { what: "is no JSON", action: { kind: "respond", status: 202, body: "not JSON" }, code: "ERR_RESPONSE_INVALID" },
  { what: "has no end", action: { kind: "hugeBody", bytes: 2 ** 30 }, code: "ERR_RESPONSE_INVALID" },
  { what: "hangs", action: { kind: "stall", at: "headers" } },
  { what: "hangs in its answer", action: { kind: "stall", at: "body" } },
  { what: "hangs in its task", onPoll: { kind: "stall", at: "headers" } },
  // A wait asks for one task at a time.
  { what: "has a task that is BLOCKED", action: task({ status: "BLOCKED" }), passes: false },
  {
    what: "has a task that FAILED",
    action: task({ status: "FAILED", fields: { error: ERROR } }),
    code: "ERR_TASK_FAILED",
  },
  { what: "has a task that vanishes", action: task({ status: "RUNNING", vanish: true }) },
  {
    what: "has a status that vSphere does not have",
    action: task({ status: "GONE" }),
    code: "ERR_TASK_STATUS_UNKNOWN",
    passes: false,
  },
  { what: "has a result without a health", action: result({}), code: "ERR_RESPONSE_INVALID" },
  {
    what: "has a health that vSphere does not have",
    action: result({ status: { health: "GRAY", details: [], servers: [] } }),
    code: "ERR_RESPONSE_INVALID",
  },
];

function plan({ simulator }: Scenario, { action, onPoll }: HealthFault, times: number): void {
  const match = { operation: "readKeyProvider" } as const;
  if (action !== undefined) simulator.faults.add({ match, times, action });
  if (onPoll === undefined) return;
  let isAdded = false;
  // What is asked for before it is another task.
  simulator.journal.onEnd(({ operation }) => {
    if (operation !== "readKeyProvider" || isAdded) return;
    isAdded = true;
    simulator.faults.add({ match: { operation: "taskGet" }, times, action: onPoll });
  });
}

function told(s: Scenario): string[] {
  return s.lines.filter(({ severity }) => severity !== "status").map(({ severity, text }) => `${severity} ${text}`);
}

for (const each of FAULTS) {
  const { what, times = 1, code = "ERR_KEY_SERVER_HEALTH", passes = true, isSurvived = false } = each;

  fault(
    59,
    "H",
    `a look that ${what} ${isSurvived ? "goes on" : "is an info line, and fails nothing"}`,
    async (cell) => {
      const s = await cell.scenario({ timeoutSeconds: 3 });
      plan(s, each, times);
      const outcome = await s.providerProcess().create(s.inputs());
      assertSuccess(outcome, s.wanted.fingerprint);
      assertInTime(outcome.elapsedMs, { atMostMs: 4_000 });
      // It is not repeated, but for a new login or an answer that makes no sense.
      const looks = s.simulator.journal.count({ operation: "readKeyProvider" });
      assert.equal(looks, each.action === undefined ? 1 : times);
      const lines = told(s);
      if (isSurvived) assert.deepEqual(lines, []);
      else assert.ok(lines.length === 1 && /^info .*health could not be read: /.test(lines[0] ?? ""), lines.join("\n"));
      assertTraffic(s, s.simulator.journal.logins(), 1);
    },
  );

  if (passes) {
    fault(60, "H", `a wait in which a look ${what} once goes on`, async (cell) => {
      const s = await cell.scenario({ timeoutSeconds: 45 });
      plan(s, each, 1);
      const outcome = await s
        .providerProcess({ clock: fastClock(15) })
        .create(s.inputs(s.wanted, { waitForHealth: true }));
      assertSuccess(outcome, s.wanted.fingerprint);
      assert.deepEqual(told(s), []);
      assertTraffic(s, s.simulator.journal.logins(), 1);
    });
  }

  fault(60, "H", `a wait in which every look ${what} is not finished, and the next run sends nothing`, async (cell) => {
    const s = await cell.scenario({ timeoutSeconds: 3 });
    plan(s, each, Infinity);
    const inputs = s.inputs(s.wanted, { waitForHealth: true });
    const outcome = await s.providerProcess().create(inputs);
    assertInTime(outcome.elapsedMs, { atMostMs: 4_000 });
    const saved = assertNotFinished(outcome, code, {}, /hosts hold the certificate, but/);
    assert.deepEqual([saved["pendingHealth"], saved["sha256Fingerprint"]], [true, s.wanted.fingerprint]);
    s.simulator.faults.clear();
    const reads = s.simulator.journal.count({ operation: "readCertificate" });
    assertSuccess(await s.providerProcess().update(saved, { ...inputs, timeoutSeconds: 20 }), s.wanted.fingerprint);
    assert.equal(s.simulator.journal.count({ operation: "readCertificate" }), reads);
    assertTraffic(s, s.simulator.journal.logins(), 1);
  });
}
