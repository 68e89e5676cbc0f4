// SPDX-License-Identifier: Apache-2.0
// Rows 20 and 47: when the end of a task is seen. Short tasks are measured over real sockets; long ones before a vCenter
// without sockets, on a clock that stands still while anything is done.

import assert from "node:assert/strict";
import { parseServerAddress } from "../../provider/src/vsphere/http/address";
import { VCenterConnection } from "../../provider/src/vsphere/connection";
import type { HttpRequest, HttpResponse } from "../../provider/src/vsphere/http/http-client";
import type { Scenario } from "../support/in-process";
import { wallShiftedClock } from "../support/clock/system-clocks";
import { VirtualClock } from "../support/clock/virtual-clock";
import { assertSuccess } from "../support/in-process";
import { assertInTime } from "../support/in-time";
import { fault } from "./fault";
import { lasting } from "./write-scenario";
import { faultOfWrites, oneForm } from "./writes";

/** What the end of a task may be late by, milliseconds, without round trips. */
function promisedLagMs(durationMs: number): number {
  return Math.min(1_000, Math.max(100, 0.1 * durationMs));
}

/** What a busy machine may add to two round trips, milliseconds. */
const MACHINE_MS = 250;

for (const durationMs of [50, 200, 1_000, 3_000]) {
  const title = `the end of a task of ${durationMs / 1_000} s is seen in time, over sockets`;
  faultOfWrites(
    20,
    "P",
    title,
    async (scenario) => {
      const w = await scenario({ simulator: { taskDurationMs: lasting(durationMs) } });
      w.assertDone(await w.create());
      const [write] = w.requests("S");
      assert.ok(write?.endedAtMs !== undefined);
      const polls = w.requests("P").filter(({ path }) => path.endsWith(w.taskId()));
      const lagMs = (polls.at(-1)?.endedAtMs ?? Infinity) - (write.endedAtMs + durationMs);
      const boundMs = promisedLagMs(durationMs) + MACHINE_MS;
      assertInTime(lagMs, { atLeastMs: -50, atMostMs: boundMs });
      assert.ok(polls.length <= durationMs / 100 + 1, `${polls.length} polls`);
      w.assertTraffic(1, 1);
    },
    oneForm(durationMs === 1_000),
  );
}

const ROUND_TRIP_MS = 20;

/** A vCenter without sockets, whose time is that of its client. */
class SilentVCenter {
  readonly clock = new VirtualClock(Date.now());
  readonly #durationMs: number;
  readonly #pem: string;
  #endsMs = Infinity;
  logins = 0;
  logouts = 0;
  patches = 0;
  polls = 0;
  /** When the client had the answer that says SUCCEEDED, minus when the task ended. */
  lagMs = Infinity;

  constructor(durationMs: number, pem: string) {
    this.#durationMs = durationMs;
    this.#pem = pem;
  }

  connect(): VCenterConnection {
    return new VCenterConnection({
      address: parseServerAddress("vcenter.example"),
      trust: { allowUnverified: false },
      credentials: () => Promise.resolve({ user: "somebody", password: "does not matter here" }),
      clock: this.clock,
      transport: {
        serverAheadMs: () => undefined,
        close: () => Promise.resolve(),
        send: async (request, { signal }) => {
          // The logout comes when nobody moves the clock any more.
          if (request.method !== "DELETE") await this.clock.sleep(ROUND_TRIP_MS / 2, signal);
          const answer = this.#answer(request);
          if (request.method !== "DELETE") await this.clock.sleep(ROUND_TRIP_MS / 2, signal);
          const isEnd = request.path.endsWith("task-of-the-patch") && answer.text.includes("SUCCEEDED");
          if (isEnd) this.lagMs = this.clock.nowMs() - this.#endsMs;
          return answer;
        },
      },
    });
  }

  #answer({ method, path }: HttpRequest): HttpResponse {
    const json = (status: number, body: unknown): HttpResponse => ({ status, headers: {}, text: JSON.stringify(body) });
    if (path === "/api/session") {
      if (method === "DELETE") this.logouts += 1;
      else this.logins += 1;
      return method === "DELETE" ? { status: 204, headers: {}, text: "" } : json(201, "token-of-the-silent-vcenter");
    }
    if (method === "PATCH") {
      this.patches += 1;
      this.#endsMs = this.clock.nowMs() + this.#durationMs;
      return json(202, "task-of-the-patch");
    }
    if (path.endsWith("/client-certificate")) return json(202, "task-of-the-read");
    if (path.includes("/kms/providers/")) return json(202, "task-of-the-health");
    // The tasks of earlier runs: there are none.
    if (path === "/api/cis/tasks") return json(200, {});
    if (path.endsWith("task-of-the-read")) {
      return json(200, { status: "SUCCEEDED", result: { certificate: this.#pem } });
    }
    if (path.endsWith("task-of-the-health")) {
      return json(200, { status: "SUCCEEDED", result: { status: { health: "OK", details: [], servers: [] } } });
    }
    this.polls += 1;
    const nowMs = this.clock.nowMs();
    return json(200, { status: nowMs >= this.#endsMs ? "SUCCEEDED" : this.polls === 1 ? "PENDING" : "RUNNING" });
  }
}

async function waitSilently(s: Scenario, durationMs: number): Promise<SilentVCenter> {
  const vcenter = new SilentVCenter(durationMs, s.wanted.certificatePem);
  const connection = vcenter.connect();
  const provider = s.providerProcess({ clock: vcenter.clock, connect: () => Promise.resolve(connection) });
  const outcome = await vcenter.clock.run(provider.create(s.inputs(s.wanted, { timeoutSeconds: 400 })));
  assertSuccess(outcome, s.wanted.fingerprint);
  await vcenter.clock.run(connection.close());
  assert.deepEqual([vcenter.logins, vcenter.logouts, vcenter.patches], [1, 1, 1]);
  return vcenter;
}

/** GETs at most, where the task takes exactly so long. */
const MOST_POLLS: ReadonlyMap<number, number> = new Map([
  [50, 1],
  [200, 2],
  [1_000, 10],
  [5_000, 27],
  [30_000, 55],
  [300_000, 325],
]);

fault(20, "P", "the end of every task from 0.05 to 300 s is seen in time, with as few polls", async (cell) => {
  const s = await cell.scenario();
  // Loads every module, so that nothing but time is waited for.
  assertSuccess(await s.providerProcess().create(s.inputs()), s.wanted.fingerprint);
  const between = Array.from({ length: 40 }, (_, index) => Math.round(50 * 6_000 ** (index / 39)));
  for (const durationMs of [...MOST_POLLS.keys(), ...between]) {
    const { lagMs, polls } = await waitSilently(s, durationMs);
    const boundMs = promisedLagMs(durationMs) + 2 * ROUND_TRIP_MS;
    assert.ok(lagMs >= 0 && lagMs <= boundMs, `${durationMs} ms: ${lagMs} ms late, ${boundMs} allowed`);
    const most = MOST_POLLS.get(durationMs);
    assert.ok(most === undefined || polls <= most, `${durationMs} ms: ${polls} polls`);
  }
});

const HOUR_MS = 3_600_000;
for (const jumpMs of [HOUR_MS, -HOUR_MS]) {
  const jump = `${jumpMs > 0 ? "+" : "-"}1 h`;
  faultOfWrites(
    47,
    "P",
    `the system clock jumps by ${jump}: no early timeout, no storm`,
    async (scenario) => {
      const w = await scenario({ simulator: { taskDurationMs: lasting(1_500) } });
      let offsetMs = 0;
      w.answer("P", { kind: "pass" }, 1, { skip: 1, onMatch: () => void (offsetMs = jumpMs) });
      w.assertDone(await w.create({ clock: wallShiftedClock(() => offsetMs) }));
      assert.equal(offsetMs, jumpMs);
      // Fifteen on the schedule, one of the read-back and two more of a busy machine.
      assert.ok(w.requests("P").length <= 18, `${w.requests("P").length} polls`);
      w.assertTraffic(1, 1);
    },
    oneForm(jumpMs === HOUR_MS),
  );
  faultOfWrites(
    47,
    "P",
    `the system clock jumps by ${jump}: no late timeout`,
    async (scenario) => {
      const w = await scenario({ timeoutSeconds: 2 });
      w.scriptWrite({ steps: [{ status: "RUNNING" }] });
      let offsetMs = 0;
      w.answer("P", { kind: "pass" }, 1, { skip: 1, onMatch: () => void (offsetMs = jumpMs) });
      const outcome = await w.create({ clock: wallShiftedClock(() => offsetMs) });
      w.assertOpen(outcome, "ERR_TASK_TIMEOUT", { taskId: w.taskId() }, "last status RUNNING");
      assertInTime(outcome.elapsedMs, { atLeastMs: 1_900, atMostMs: 3_000 });
      w.assertTraffic(1, 1);
    },
    oneForm(jumpMs === HOUR_MS),
  );
}
