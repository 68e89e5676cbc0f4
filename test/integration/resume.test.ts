// SPDX-License-Identifier: Apache-2.0
// What an `up` does with a replacement that an earlier run has left unfinished: it asks after that task first, and the
// certificate that the server holds then decides. No call fails because a task of an earlier run has.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { makeCertificate } from "../fixtures/certificates/make";
import type { MadeCertificate } from "../fixtures/certificates/make";
import type { TaskScript } from "../simulator";
import type { Properties } from "../support/dynamic-provider";
import { makeScene, pathOf, pause, TEXT } from "./scene";
import type { Scene } from "./scene";

/** The run that left them open gave up after this time; what a task becomes, it becomes later. */
const GAVE_UP_MS = 1_000;
const LATER_MS = 1_700;
const REFUSED = {
  error_type: "ERROR",
  messages: [{ id: "com.vmware.trial.refused", default_message: "The key server refused it.", args: [] }],
};
const FAILED_LATER = [
  { status: "RUNNING", forMs: LATER_MS },
  { status: "FAILED", fields: { error: REFUSED } },
];
const VANISHED_LATER = [
  { status: "RUNNING", forMs: LATER_MS },
  { status: "RUNNING", vanish: true },
];

/** What became of the pending task, by key provider. */
const SCRIPTS: Readonly<Record<string, TaskScript>> = {
  "kms-1": { steps: FAILED_LATER, effect: "never" },
  "kms-2": { steps: FAILED_LATER, effect: { afterMs: LATER_MS - 100 } },
  "kms-3": { steps: VANISHED_LATER, effect: "never" },
  "kms-4": { steps: VANISHED_LATER, effect: { afterMs: LATER_MS - 100 } },
  "kms-5": { steps: [{ status: "RUNNING", forMs: LATER_MS }, { status: "SUCCEEDED" }] },
  "kms-6": { steps: [{ status: "RUNNING", forMs: 3 * LATER_MS }, { status: "SUCCEEDED" }] },
  "kms-7": { steps: [{ status: "RUNNING" }], effect: "never" },
  "kms-8": { steps: [{ status: "RUNNING", forMs: LATER_MS }, { status: "SUCCEEDED" }] },
};

describe("a replacement that was left unfinished", () => {
  let scene: Scene;
  let wanted: MadeCertificate;
  let another: MadeCertificate;
  const saved = new Map<string, Properties>();

  before(async () => {
    [wanted, another] = await Promise.all([makeCertificate(), makeCertificate()]);
    scene = await makeScene();
    for (const [keyProvider, script] of Object.entries(SCRIPTS)) {
      const match = { operation: "patch", path: pathOf(keyProvider) } as const;
      scene.simulator.faults.add({ match, action: { kind: "taskScript", script } });
    }
    const giveUp = { timeoutSeconds: GAVE_UP_MS / 1_000 };
    await Promise.all(
      Object.keys(SCRIPTS).map(async (keyProvider) => {
        const late = scene.provider.create(scene.inputs(wanted, keyProvider, giveUp));
        const { init } = await scene.failure("ERR_TASK_TIMEOUT", late);
        assert.ok(init !== undefined, "a plain failure would forget the task");
        assert.equal(init.id, scene.id(keyProvider));
        assert.equal(init.properties["__provider"], TEXT);
        assert.equal(init.properties["pendingTaskId"], taskOf(keyProvider));
        assert.equal(init.properties["pendingFingerprint"], wanted.fingerprint);
        saved.set(keyProvider, init.properties);
      }),
    );
    // The next `up` is another process.
    await scene.stop();
    await pause(LATER_MS - GAVE_UP_MS + 100);
    await scene.start();
    scene.traffic();
  });
  after(() => scene.end());

  const taskOf = (keyProvider: string): string | undefined =>
    scene.simulator.tasks().find((task) => task.requestedBy === "patch" && task.keyProvider === keyProvider)?.id;

  const resume = (keyProvider: string, pair = wanted, more: Properties = {}): Promise<Properties> =>
    scene.provider.update(scene.id(keyProvider), saved.get(keyProvider) ?? {}, scene.inputs(pair, keyProvider, more));

  const assertHolds = (outputs: Properties, pair: MadeCertificate, keyProvider: string): void => {
    assert.equal(outputs["sha256Fingerprint"], pair.fingerprint);
    assert.deepEqual([outputs["pendingTaskId"], outputs["pendingFingerprint"]], [undefined, undefined]);
    assert.ok(scene.holds(pair, keyProvider));
  };

  it("is a change in every diff until its end is known", async () => {
    const { changes } = await scene.provider.diff(
      scene.id("kms-1"),
      saved.get("kms-1") ?? {},
      scene.inputs(wanted, "kms-1", { timeoutSeconds: GAVE_UP_MS / 1_000 }),
    );
    assert.equal(changes, true);
    assert.equal(scene.traffic().requests, 0);
  });

  it("is waited for when its task still runs", async () => {
    assert.ok(!scene.holds(wanted, "kms-6"));
    assertHolds(await resume("kms-6"), wanted, "kms-6");
    assert.equal(scene.traffic().patches, 0);
  });

  it("is sent once more in the same call when its task has FAILED", async () => {
    const failedTask = taskOf("kms-1");
    const outputs = await resume("kms-1");
    assertHolds(outputs, wanted, "kms-1");
    assert.equal(scene.traffic().patches, 1);
    assert.equal(typeof outputs["taskId"], "string");
    assert.notEqual(outputs["taskId"], failedTask);
  });

  it("is done when its task has FAILED and the server holds the certificate all the same", async () => {
    assertHolds(await resume("kms-2"), wanted, "kms-2");
    assert.equal(scene.traffic().patches, 0);
  });

  it("is sent once more in the same call when its task has vanished and the server holds the old certificate", async () => {
    assertHolds(await resume("kms-3"), wanted, "kms-3");
    assert.equal(scene.traffic().patches, 1);
  });

  it("is done when its task has vanished and the server holds the certificate", async () => {
    assertHolds(await resume("kms-4"), wanted, "kms-4");
    assert.equal(scene.traffic().patches, 0);
  });

  it("is done when its task has SUCCEEDED meanwhile, by one read and under that task's id", async () => {
    const outputs = await resume("kms-5");
    assertHolds(outputs, wanted, "kms-5");
    const { patches, reads } = scene.traffic();
    assert.deepEqual({ patches, reads }, { patches: 0, reads: 1 });
    assert.equal(outputs["taskId"], taskOf("kms-5"));
  });

  it("stays unfinished under the same task when that still runs at the end of the time", async () => {
    const { init, message } = await scene.failure("ERR_TASK_TIMEOUT", resume("kms-7", wanted, { timeoutSeconds: 0.5 }));
    const task = taskOf("kms-7");
    assert.ok(task !== undefined && message.includes(task));
    assert.equal(init?.properties["pendingTaskId"], task);
    assert.equal(init.properties["__provider"], TEXT);
    assert.equal(scene.traffic().patches, 0);
  });

  it("of a certificate that is no longer wanted ends first; then comes the one that is", async () => {
    assertHolds(await resume("kms-8", another), another, "kms-8");
    assert.equal(scene.traffic().patches, 1);
  });
});
