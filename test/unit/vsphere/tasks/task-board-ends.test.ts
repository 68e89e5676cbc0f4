// SPDX-License-Identifier: Apache-2.0
// How a wait on the task board ends before its task does.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { abortable } from "../../../../provider/src/core/deadline";
import type { FakeAnswer } from "../fake-http";
import { stage, taskIds, wait } from "./task-board-stage";

describe("a wait on the task board", () => {
  it("ends each wait at its own deadline, and leaves no timer behind", async () => {
    const slow = stage((taskId) => (taskId === "task-0" ? 1e9 : 4_000));
    const given = wait(slow, "task-0", 2_000);
    const other = wait(slow, "task-1");
    await assert.rejects(slow.clock.run(given), { code: "ERR_TASK_TIMEOUT" });
    assert.equal(slow.clock.nowMs(), 2_000);
    assert.equal((await slow.clock.run(other)).end.end, "succeeded");
    assert.equal(slow.clock.timers, 0);
  });

  it("leaves no rejection to nobody if a wait ends while the list that serves it stalls", async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown): void => void unhandled.push(reason);
    process.on("unhandledRejection", note);
    try {
      const silence = new Promise<FakeAnswer>(() => undefined);
      const stalled = stage(
        (taskId) => (taskId === "task-0" ? 1e9 : 9_000),
        (_request, number, { signal }) => (number === 3 ? abortable(silence, signal) : undefined),
      );
      const given = wait(stalled, "task-0", 2_000);
      const other = wait(stalled, "task-1");
      await assert.rejects(stalled.clock.run(given), { code: "ERR_TASK_TIMEOUT" });
      assert.equal((await stalled.clock.run(other)).end.end, "succeeded");
      await new Promise((resolve) => setTimeout(resolve, 5));
      assert.equal(stalled.clock.timers, 0);
    } finally {
      process.removeListener("unhandledRejection", note);
    }
    assert.deepEqual(unhandled, []);
  });

  it("ends every wait at once when the process is told to stop, and leaves no timer behind", async () => {
    const stopping = stage(() => 1e9);
    const parent = new AbortController();
    const waits = taskIds(20).map((taskId) => wait(stopping, taskId, 300_000, parent.signal));
    const settled = Promise.allSettled(waits);
    await stopping.clock.advance(1_234);
    parent.abort(new Error("stop"));
    await stopping.clock.advance(0);
    assert.ok((await settled).every(({ status }) => status === "rejected"));
    await stopping.clock.advance(1_000);
    assert.equal(stopping.clock.timers, 0);
  });

  it("ends the list that nobody waits for any more: refused after the logout, it would log in anew", async () => {
    const silence = new Promise<FakeAnswer>(() => undefined);
    const stopping = stage(
      () => 1e9,
      async (_request, number, { signal }) => {
        if (number === 1) await abortable(stopping.clock.sleep(200, new AbortController().signal), signal);
        return number === 1 ? { status: 401, json: {} } : abortable(silence, signal);
      },
    );
    const { clock, vcenter } = stopping;
    const parent = new AbortController();
    const waits = ["task-0", "task-1"].map((taskId) => {
      vcenter.session.acquire();
      return wait(stopping, taskId, 300_000, parent.signal).finally(() => {
        vcenter.session.release();
      });
    });
    const settled = Promise.allSettled(waits);
    await clock.advance(150);
    assert.equal(stopping.lists(), 1);
    parent.abort(new Error("stop"));
    await settled;
    await clock.run(vcenter.session.close());
    await clock.advance(10_000);
    const logins = vcenter.count("POST", "/api/session");
    assert.deepEqual([logins, vcenter.count("DELETE", "/api/session"), clock.timers], [1, 1, 0]);
  });
});
