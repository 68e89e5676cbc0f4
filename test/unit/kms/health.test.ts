// SPDX-License-Identifier: Apache-2.0
// The wait for the key server on virtual time: how each end of it is called, and that a look is bounded.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CodedError } from "../../../provider/src/core/coded-error";
import { withDeadline } from "../../../provider/src/core/deadline";
import { lookAtHealth, waitForHealth } from "../../../provider/src/kms/health";
import type { Operation } from "../../../provider/src/kms/operation";
import { Unfinished } from "../../../provider/src/kms/unfinished";
import { VCenterConnection } from "../../../provider/src/vsphere/connection";
import { VirtualClock } from "../../support/clock/virtual-clock";
import { fakeHttp } from "../vsphere/fake-http";

const TARGET = { cluster: "domain-c8", keyProvider: "kms-1" };

/** A vCenter whose key provider has the health that `healthAt` says; undefined: it does not answer. */
async function run<T>(
  healthAt: (nowMs: number) => string | undefined,
  work: (operation: Operation) => Promise<T>,
  { timeoutMs = 10_000, stopMs = Infinity } = {},
): Promise<{ readonly ended: T | Unfinished<unknown> | CodedError; readonly tookMs: number; readonly reads: number }> {
  const clock = new VirtualClock();
  const http = fakeHttp(async ({ path, method }, deadline) => {
    if (path === "/api/session") return { status: method === "POST" ? 201 : 204, json: "token" };
    const health = healthAt(clock.nowMs());
    if (health === undefined) await clock.sleep(3_600_000, deadline.signal);
    return { status: 200, json: { status: { health, details: [], servers: [] } } };
  });
  const connection = new VCenterConnection({
    address: { host: "vcenter", port: 443, authority: "vcenter" },
    trust: { allowUnverified: false },
    credentials: () => Promise.resolve({ user: "u", password: "p" }),
    clock,
    transport: { ...http.client, serverAheadMs: () => 0 },
  });
  const stop = new AbortController();
  if (stopMs < Infinity) {
    clock.after(stopMs, () => {
      stop.abort(new CodedError("ERR_ABORTED", "stop"));
    });
  }
  const silent = { onProgress: () => undefined, onStep: () => undefined, redact: String, repeatsSecret: () => false };
  const ended = await clock
    .run(
      withDeadline({ clock, timeoutMs, parent: stop.signal }, (deadline) =>
        work({ connection, target: TARGET, deadline, ...silent }),
      ),
    )
    .catch((error: unknown) => {
      if (error instanceof Unfinished || error instanceof CodedError) return error;
      throw error;
    });
  return { ended, tookMs: clock.nowMs(), reads: http.requests.filter(({ path }) => path.includes("/kms/")).length };
}

const codeOf = (ended: unknown): string =>
  ended instanceof Unfinished ? `unfinished ${ended.error.code}` : (ended as { health: string }).health;

describe("the wait for the key server", () => {
  for (const [what, healthAt, stopMs, how, endsMs] of [
    ["ends when the health is OK", (ms: number) => (ms < 3_000 ? "ERROR" : "OK"), Infinity, "OK", [3_000, 3_500]],
    ["lets a WARNING pass at the deadline", () => "WARNING", Infinity, "WARNING", [10_000, 10_000]],
    ["is unfinished with an ERROR", () => "ERROR", Infinity, "unfinished ERR_KEY_SERVER_HEALTH", [10_000, 10_000]],
    ["is unfinished with NONE", () => "NONE", Infinity, "unfinished ERR_KEY_SERVER_HEALTH", [10_000, 10_000]],
    [
      "is unfinished without an answer",
      () => undefined,
      Infinity,
      "unfinished ERR_KEY_SERVER_HEALTH",
      [10_000, 10_000],
    ],
    [
      "is unfinished by a Ctrl-C, also with a WARNING",
      () => "WARNING",
      2_000,
      "unfinished ERR_ABORTED",
      [2_000, 2_000],
    ],
  ] as const) {
    it(what, async () => {
      const { ended, tookMs } = await run(healthAt, waitForHealth, { stopMs });
      assert.equal(codeOf(ended), how);
      assert.ok(tookMs >= endsMs[0] && tookMs <= endsMs[1], `${tookMs} ms`);
    });
  }
});

describe("a look at the health", () => {
  it("is one read", async () => {
    const { ended, reads } = await run(() => "ERROR", lookAtHealth);
    assert.deepEqual([codeOf(ended), reads], ["ERROR", 1]);
  });

  it("takes 5 s at most, and no more than the time left", async () => {
    assert.equal((await run(() => undefined, lookAtHealth)).tookMs, 5_000);
    assert.equal((await run(() => undefined, lookAtHealth, { timeoutMs: 1_000 })).tookMs, 1_000);
  });
});
