// SPDX-License-Identifier: Apache-2.0
// The end of the provider process, which the engine asks for by SIGINT after every run: quick, and without a session left
// on vCenter, whatever was going on.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { makeCertificate } from "../fixtures/certificates/make";
import type { MadeCertificate } from "../fixtures/certificates/make";
import { makeStage, pathOf, pause } from "./scene";
import type { Scene } from "./scene";

describe("the end of the process", () => {
  let scene: Scene;
  let pair: MadeCertificate;

  before(async () => {
    pair = await makeCertificate();
    scene = await makeStage({ simulator: { taskTarget: "key-provider" } });
  });
  after(() => scene.end());

  it("takes no time and no login where nothing was sent", async () => {
    await scene.start();
    await scene.provider.check({}, scene.inputs(pair, "kms-1"));
    const { signal, elapsedMs } = await scene.stop();
    assert.equal(signal, "SIGINT");
    assert.ok(elapsedMs < 500, `${elapsedMs} ms`);
    assert.equal(scene.traffic().requests, 0);
  });

  it("comes after the logout where it comes right after the last answer", async () => {
    await scene.start();
    await scene.provider.create(scene.inputs(pair, "kms-1"));
    assert.equal(scene.simulator.openSessions(), 1, "kept for operations that follow");
    const { signal, elapsedMs } = await scene.stop();
    assert.equal(signal, "SIGINT");
    assert.ok(elapsedMs < 1_000, `${elapsedMs} ms`);
  });

  for (const [signal, keyProvider] of [
    ["SIGINT", "kms-4"],
    ["SIGTERM", "kms-5"],
  ] as const) {
    it(`by ${signal} ends a wait, which reports its task, logs out, and keeps the signal as its status`, async () => {
      scene.simulator.faults.add({
        match: { operation: "patch", path: pathOf(keyProvider) },
        action: { kind: "taskScript", script: { steps: [{ status: "RUNNING" }], effect: "never" } },
      });
      await scene.start();
      scene.traffic();
      const aborted = scene.failure("ERR_ABORTED", scene.provider.create(scene.inputs(pair, keyProvider)));
      const task = await untilPolled(keyProvider);
      assert.equal((await scene.stop(signal)).signal, signal);
      const { init, message } = await aborted;
      assert.ok(message.includes(task), message);
      assert.match(message, new RegExp(`told to stop \\(${signal}\\)`));
      assert.equal(init?.properties["pendingTaskId"], task);
      assert.equal(scene.traffic().patches, 1);
    });
  }

  it("has nothing left to log out after some idle time, and a new login comes only with new work", async () => {
    await scene.start();
    scene.traffic();
    const read = (): Promise<unknown> => scene.provider.read(scene.id("kms-3"), scene.state(pair, "kms-3"));
    await read();
    await untilLoggedOut();
    await read();
    assert.equal(scene.simulator.journal.logins(), 2);
    await untilLoggedOut();
    const { elapsedMs } = await scene.stop();
    assert.ok(elapsedMs < 500, `${elapsedMs} ms`);
  });

  it("is not held up by a server that hangs at the logout", async () => {
    await scene.start();
    await scene.provider.read(scene.id("kms-3"), scene.state(pair, "kms-3"));
    scene.simulator.faults.add({
      match: { operation: "logout" },
      action: { kind: "stall", at: "headers", applyThen: true },
    });
    assert.equal((await scene.stop()).signal, "SIGINT");
  });

  /** Waits until a task is waited for, and returns its id. */
  async function untilPolled(keyProvider: string): Promise<string> {
    const giveUpMs = performance.now() + 5_000;
    while (performance.now() < giveUpMs) {
      const task = scene.simulator.tasks().find((each) => each.keyProvider === keyProvider);
      if (task !== undefined && task.polls > 1) return task.id;
      await pause(20);
    }
    assert.fail("the task was not polled");
  }

  async function untilLoggedOut(): Promise<void> {
    const giveUpMs = performance.now() + 3_000;
    while (scene.simulator.openSessions() > 0 && performance.now() < giveUpMs) await pause(50);
    assert.equal(scene.simulator.openSessions(), 0);
    await pause(100);
  }
});
