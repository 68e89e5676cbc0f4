// SPDX-License-Identifier: Apache-2.0

// Replacements whose end an operation does not see: what is kept in state, and that the same task is asked again instead
// of a second PATCH.

import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { after, before, describe, it } from "node:test";
import type { Simulator, TaskStep } from "../simulator/index";
import type { StateResource } from "../support/engine/index";
import type { MadeCertificate } from "../fixtures/certificates/make";
import { fingerprintOfPem, makeCertificate } from "../fixtures/certificates/make";
import type { Scene } from "./scene";
import { failed, makeScene, ONE_PATCH, ops, succeeded, traffic, writes } from "./scene";

describe("a replacement that isn't finished", () => {
  let scene: Scene;
  let simulator: Simulator;
  let pairs: readonly MadeCertificate[];

  before(async () => {
    pairs = await Promise.all(Array.from({ length: 6 }, () => makeCertificate()));
    scene = await makeScene();
    simulator = scene.simulator;
  });
  after(() => scene.end());

  const pair = (number: number): MadeCertificate => pairs[number] as MadeCertificate;
  const declare = (number: number, timeoutSeconds: number, more: object = {}): Promise<void> => {
    const { certificatePem: certificate, privateKeyPem: privateKey } = pair(number);
    const args = { cluster: "domain-c8", keyProvider: "kms-1", certificate, privateKey, timeoutSeconds, ...more };
    return scene.declare({ name: "kms", args });
  };
  const inState = async (): Promise<StateResource> => (await scene.stack.exportState()).resource("kms");
  /** The next task runs for so long, whatever the default is. */
  const nextTask = (runMs: number, end: TaskStep = { status: "SUCCEEDED" }): void => {
    const steps = [{ status: "RUNNING", forMs: runMs }, end];
    simulator.faults.add({
      match: { operation: "patch" },
      action: { kind: "taskScript", script: { steps, effect: end.status === "SUCCEEDED" ? "onSuccess" : "never" } },
    });
  };
  const startedTask = (): string => simulator.tasks().findLast(({ requestedBy }) => requestedBy === "patch")?.id ?? "";

  it("is saved with its task when a create runs out of time", async () => {
    nextTask(8_000);
    await declare(0, 1);
    const result = await failed(scene.stack.up(), /has not ended|still|ERR_TASK_TIMEOUT/);
    assert.ok(result.stdout.includes(startedTask()), result.stdout);
    const { id, initErrors, outputs } = await inState();
    assert.equal(id, "domain-c8/kms-1");
    assert.equal(initErrors?.length, 1);
    assert.equal(outputs?.["pendingTaskId"], startedTask());
    assert.equal(outputs["pendingFingerprint"], pair(0).fingerprint);
    assert.equal(outputs["sha256Fingerprint"], undefined);
    assert.match(String(outputs["__provider"]), /^exports\.handler = /);
    assert.deepEqual(writes(simulator), ONE_PATCH);
  });

  it("is resumed by the next up, which waits for the same task and sends no PATCH", async () => {
    await declare(0, 60);
    const result = await succeeded(scene.stack.up());
    assert.deepEqual(ops(result), ["update kms"]);
    assert.deepEqual(writes(simulator), { ...ONE_PATCH, patches: 0 });
    const { initErrors, outputs } = await inState();
    assert.equal(initErrors, undefined);
    assert.equal(outputs?.["sha256Fingerprint"], pair(0).fingerprint);
    assert.equal(outputs["taskId"], startedTask());
    assert.deepEqual([outputs["pendingTaskId"], outputs["pendingFingerprint"]], [undefined, undefined]);
    assert.equal(fingerprintOfPem(simulator.certificate()), pair(0).fingerprint);
  });

  it("is still known after a refresh in between, and keeps the old facts until its end", async () => {
    nextTask(14_000);
    await declare(1, 1);
    await failed(scene.stack.up(), /\[ERR_/);
    const { outputs: saved } = await inState();
    assert.equal(saved?.["pendingTaskId"], startedTask());
    assert.equal(saved["sha256Fingerprint"], pair(0).fingerprint);
    await succeeded(scene.stack.refresh());
    const { outputs: refreshed } = await inState();
    assert.equal(refreshed?.["pendingTaskId"], startedTask());
    assert.equal(refreshed["sha256Fingerprint"], pair(0).fingerprint);
    assert.deepEqual(writes(simulator), { ...ONE_PATCH, logins: 2 });

    await declare(1, 60);
    const result = await succeeded(scene.stack.up());
    assert.deepEqual(ops(result), ["update kms"]);
    assert.deepEqual(writes(simulator), { ...ONE_PATCH, patches: 0 });
    const { outputs } = await inState();
    assert.deepEqual([outputs?.["sha256Fingerprint"], outputs?.["pendingTaskId"]], [pair(1).fingerprint, undefined]);
  });

  it("is sent once more, in the same up, when its task turns out to have failed", async () => {
    nextTask(4_000, { status: "FAILED", fields: { error: { error_type: "ERROR", messages: [] } } });
    await declare(2, 1);
    await failed(scene.stack.up(), /\[ERR_/);
    const failedTask = startedTask();
    assert.deepEqual(writes(simulator), ONE_PATCH);

    await declare(2, 60);
    await succeeded(scene.stack.up());
    assert.deepEqual(writes(simulator), ONE_PATCH);
    const { outputs } = await inState();
    assert.equal(outputs?.["sha256Fingerprint"], pair(2).fingerprint);
    assert.notEqual(outputs["taskId"], failedTask);
  });

  it("ends, is saved and leaves no session after one Ctrl-C", async () => {
    nextTask(3_000);
    await declare(3, 60);
    const operation = scene.stack.start("up");
    while (simulator.journal.count({ operation: "patch", status: 202 }) === 0) await sleep(50);
    operation.interrupt();
    const result = await operation.result;
    assert.notEqual(result.status, 0);
    assert.deepEqual(writes(simulator), ONE_PATCH);
    const { outputs } = await inState();
    assert.equal(outputs?.["sha256Fingerprint"], pair(3).fingerprint);
    assert.deepEqual((await scene.stack.exportState()).pendingOperations, []);
  });

  it("is given up at once by a second Ctrl-C, and found done by the next refresh, without a second PATCH", async () => {
    nextTask(8_000);
    await declare(5, 60);
    const operation = scene.stack.start("up");
    while (simulator.journal.count({ operation: "patch", status: 202 }) === 0) await sleep(50);
    operation.interrupt();
    await sleep(500);
    const interruptedMs = performance.now();
    operation.interrupt();
    const { status } = await operation.result;
    assert.notEqual(status, 0);
    assert.ok(performance.now() - interruptedMs < 7_000, "it did not wait for the task");
    const giveUpMs = performance.now() + 5_000;
    while (simulator.openSessions() > 0 && performance.now() < giveUpMs) await sleep(50);
    assert.equal(simulator.openSessions(), 0);
    // Nothing was saved: only what the server shows can tell the next run, so the task must have ended.
    while (simulator.tasks().some(({ status }) => status === "RUNNING")) await sleep(100);
    await succeeded(scene.stack.up(["--refresh"]));
    const { outputs } = await inState();
    assert.equal(outputs?.["sha256Fingerprint"], pair(5).fingerprint);
    assert.equal(writes(simulator).patches, 1);
  });

  it("can be destroyed, which waits for its task before it has a self-signed certificate made", async () => {
    nextTask(6_000);
    await declare(4, 1, { onDelete: "generateSelfSigned" });
    await failed(scene.stack.up(), /\[ERR_/);
    assert.deepEqual(writes(simulator), ONE_PATCH);
    // One second wouldn't do: the wait is the destroy's own.
    const state = await scene.stack.exportState();
    await scene.stack.importState(state.text.replaceAll(/"timeoutSeconds": 1\b/g, '"timeoutSeconds": 60'));
    const result = await succeeded(scene.stack.destroy());
    assert.deepEqual(ops(result), ["delete kms"]);
    const [post] = simulator.journal.filter({ operation: "post" });
    const task = simulator.tasks().find(({ id }) => id === state.resource("kms").outputs?.["pendingTaskId"]);
    assert.ok((post?.startedAtMs ?? 0) > (task?.endedAtMs ?? Infinity));
    const { logins, patches, posts, sessions } = traffic(simulator);
    assert.deepEqual({ logins, patches, posts, sessions }, { logins: 1, patches: 0, posts: 1, sessions: 0 });
    assert.ok(!pairs.some(({ fingerprint }) => fingerprint === fingerprintOfPem(simulator.certificate())));
  });
});
