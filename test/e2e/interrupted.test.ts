// SPDX-License-Identifier: Apache-2.0

// Ctrl-C, once and twice, while a task runs: what is kept in state, and no second PATCH. (Other replacements that are
// not finished: test/behaviours/unfinished.)

import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { after, before, describe, it } from "node:test";
import type { Simulator } from "../simulator/src/index";
import type { Operation } from "../support/engine/index";
import type { MadeCertificate } from "../fixtures/certificates/make";
import { makeCertificate } from "../fixtures/certificates/make";
import { assertInTime } from "../support/in-time";
import { until } from "../support/until";
import type { Scene } from "./scene";
import { argsOf, makeScene, ONE_PATCH, succeeded, writes } from "./scene";

describe("an up that is interrupted", () => {
  let scene: Scene;
  let simulator: Simulator;

  before(async () => {
    scene = await makeScene();
    simulator = scene.simulator;
  });
  after(() => scene.end());

  const outputsInState = async (): Promise<Readonly<Record<string, unknown>>> =>
    (await scene.stack.exportState()).resource("kms").outputs ?? {};
  const fingerprintInState = async (): Promise<unknown> => (await outputsInState())["sha256Fingerprint"];
  /** Starts an up of a new certificate, whose task runs for so long, and waits for the task. */
  const startUp = async (runMs: number): Promise<{ operation: Operation; pair: MadeCertificate }> => {
    const pair = await makeCertificate();
    const steps = [{ status: "RUNNING", forMs: runMs }, { status: "SUCCEEDED" }];
    simulator.faults.add({ match: { operation: "patch" }, action: { kind: "taskScript", script: { steps } } });
    await scene.declare({ name: "kms", args: { ...argsOf(pair), timeoutSeconds: 60 } });
    const operation = scene.stack.start("up");
    while (simulator.journal.count({ operation: "patch", status: 202 }) === 0) await sleep(50);
    return { operation, pair };
  };

  it("ends, is saved and leaves no session after one Ctrl-C", async () => {
    const { operation, pair } = await startUp(3_000);
    operation.interrupt();
    const result = await operation.result;
    assert.notEqual(result.status, 0);
    assert.deepEqual(writes(simulator), ONE_PATCH);
    assert.equal(await fingerprintInState(), pair.fingerprint);
    assert.deepEqual((await scene.stack.exportState()).pendingOperations, []);
  });

  it("ends at its deadline after a Ctrl-C in the wait for the key server, and the next up asks for the health only", async () => {
    const pair = await makeCertificate();
    await scene.declare({ name: "kms", args: { ...argsOf(pair), waitForHealth: true, timeoutSeconds: 6 } });
    simulator.setHealth({ health: "ERROR", details: ["The key server does not know it."] });
    const operation = scene.stack.start("up");
    while (simulator.journal.count({ operation: "readKeyProvider" }) === 0) await sleep(50);
    operation.interrupt();
    const { status, stdout, stderr } = await operation.result;
    assert.notEqual(status, 0);
    assert.match(stdout + stderr, /cancel/i);
    const { pendingHealth, sha256Fingerprint } = await outputsInState();
    assert.deepEqual([pendingHealth, sha256Fingerprint], [true, pair.fingerprint]);
    assert.deepEqual((await scene.stack.exportState()).pendingOperations, []);
    // One login, one PATCH, no session left.
    assert.deepEqual(writes(simulator), ONE_PATCH);

    simulator.setHealth(undefined);
    await succeeded(scene.stack.up());
    const { journal } = simulator;
    const sent = (["patch", "readCertificate", "readKeyProvider"] as const).map((one) =>
      journal.count({ operation: one }),
    );
    assert.deepEqual(sent, [0, 0, 1]);
    assert.equal((await outputsInState())["pendingHealth"], undefined);
    assert.equal(writes(simulator).sessions, 0);
  });

  it("is given up at once by a second Ctrl-C, and found done by the next refresh, without a second PATCH", async () => {
    const { operation, pair } = await startUp(8_000);
    operation.interrupt();
    await sleep(500);
    const interruptedMs = performance.now();
    operation.interrupt();
    const { status } = await operation.result;
    assert.notEqual(status, 0);
    assertInTime(performance.now() - interruptedMs, { atMostMs: 7_000 });
    await until("it logs out", () => simulator.openSessions() === 0);
    // Nothing was saved: only what the server shows can tell the next run, so the task must have ended.
    await until("the task ends", () => !simulator.tasks().some(({ status }) => status === "RUNNING"), 10_000);
    await succeeded(scene.stack.up(["--refresh"]));
    assert.equal(await fingerprintInState(), pair.fingerprint);
    assert.equal(writes(simulator).patches, 1);
  });
});
