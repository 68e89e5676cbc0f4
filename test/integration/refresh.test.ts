// SPDX-License-Identifier: Apache-2.0
// `read`: what a refresh may change in the state. It drops a resource only where vCenter says definitely that it is gone,
// and it forgets an unfinished replacement only when that has ended.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { makeCertificate } from "../fixtures/certificates/make";
import type { MadeCertificate } from "../fixtures/certificates/make";
import type { TaskScript } from "../simulator";
import type { Properties, ReadAnswer } from "../support/dynamic-provider";
import { makeScene, pathOf, pause, TEXT } from "./scene";
import type { Scene } from "./scene";

const FAULT = { error_type: "ERROR", messages: [{ id: "com.vmware.trial", default_message: "No.", args: [] }] };

let scene: Scene;
let held: MadeCertificate;
let other: MadeCertificate;

before(async () => {
  [held, other] = await Promise.all([makeCertificate(), makeCertificate()]);
  scene = await makeScene();
});
after(() => scene.end());

const read = (keyProvider: string, properties: Properties): Promise<ReadAnswer> =>
  scene.provider.read(scene.id(keyProvider), properties);

describe("a refresh", () => {
  it("changes nothing while the server holds what the state says, whatever the text of the certificate", async () => {
    scene.put(held, "kms-1");
    const state = scene.state(held, "kms-1", {
      certificate: held.certificatePem.replaceAll("\n", "\r\n"),
      taskId: "t",
    });
    const { id, properties, inputs } = await read("kms-1", state);
    assert.equal(id, scene.id("kms-1"));
    assert.equal(inputs, undefined);
    for (const [name, value] of Object.entries(state)) assert.equal(properties[name], value, name);
    assert.equal(properties["subject"], "CN=kms-client");
  });

  it("takes over another certificate into outputs and inputs, and no key", async () => {
    scene.put(other, "kms-1");
    const { properties, inputs } = await read("kms-1", scene.state(held, "kms-1", { onDelete: "retain" }));
    assert.equal(properties["sha256Fingerprint"], other.fingerprint);
    assert.equal(inputs?.["certificate"], other.certificatePem);
    assert.equal(inputs["onDelete"], "retain");
    for (const name of ["privateKey", "privateKeyFile"]) assert.equal(name in inputs, false, name);
  });

  it("sees no drift when the server writes the same certificate in another way", async () => {
    for (const encoding of ["crlf", "text", "chain", "no-final-newline"] as const) {
      scene.put(held, "kms-1");
      scene.simulator.faults.add({
        match: { operation: "readCertificate" },
        action: { kind: "taskScript", script: { encoding } },
      });
      assert.equal((await read("kms-1", scene.state(held, "kms-1"))).inputs, undefined, encoding);
    }
  });

  it("fails and keeps the resource when vCenter is ill, busy, or denies the read", async () => {
    const respond = (status: number, body: unknown): void =>
      void scene.simulator.faults.add({
        match: { operation: "readCertificate" },
        times: 2,
        action: { kind: "respond", status, body },
      });
    respond(400, { error_type: "NOT_ALLOWED_IN_CURRENT_STATE", messages: [] });
    await scene.failure("ERR_API", read("kms-1", scene.state(held, "kms-1")));
    scene.simulator.faults.clear();
    respond(403, { error_type: "UNAUTHORIZED", messages: [] });
    const denied = await scene.failure("ERR_AUTHORIZATION", read("kms-1", scene.state(held, "kms-1")));
    assert.match(denied.message, /TrustedAdmin\.ReadKMSTrust/);
    scene.simulator.faults.clear();
    respond(404, "<html>Not Found</html>");
    await scene.failure("ERR_ENDPOINT_ABSENT", read("kms-1", scene.state(held, "kms-1")));
    scene.simulator.faults.clear();
  });

  it("refuses an id of another form without a request", async () => {
    scene.traffic();
    for (const id of ["kms-1", "a/b/c", "domain-c8/", "domain-c8/..", "domain-c8/%", "a/\u001b[2J"]) {
      await scene.failure("ERR_INPUT_INVALID", scene.provider.read(id, scene.state(held, "kms-1")));
    }
    assert.equal(scene.traffic().requests, 0);
  });
});

describe("a refresh of what is not finished", () => {
  /** What the task that the earlier run has left is doing when the refresh asks. */
  const SCRIPTS: Readonly<Record<string, TaskScript>> = {
    "kms-2": { steps: [{ status: "RUNNING" }], effect: "never" },
    "kms-3": { steps: [{ status: "BLOCKED" }], effect: "never" },
    "kms-4": { steps: [{ status: "RUNNING", forMs: 1_500 }, { status: "SUCCEEDED" }] },
    "kms-5": {
      steps: [
        { status: "RUNNING", forMs: 1_500 },
        { status: "FAILED", fields: { error: FAULT } },
      ],
    },
    "kms-6": {
      steps: [
        { status: "RUNNING", forMs: 1_500 },
        { status: "RUNNING", vanish: true },
      ],
      effect: "never",
    },
    "kms-7": { steps: [{ status: "RUNNING" }], effect: "never" },
    "kms-8": { steps: [{ status: "RUNNING" }], effect: "never" },
  };
  const saved = new Map<string, Properties>();
  const stateOf = (keyProvider: string): Properties => saved.get(keyProvider) ?? {};

  before(async () => {
    await Promise.all(
      Object.entries(SCRIPTS).map(async ([keyProvider, script]) => {
        const match = { operation: "patch", path: pathOf(keyProvider) } as const;
        scene.simulator.faults.add({ match, action: { kind: "taskScript", script } });
        scene.put(other, keyProvider);
        const olds = scene.state(other, keyProvider);
        const update = scene.provider.update(
          scene.id(keyProvider),
          olds,
          scene.inputs(held, keyProvider, { timeoutSeconds: 1 }),
        );
        const { init } = await scene.failure("ERR_TASK_TIMEOUT", update);
        assert.equal(init?.properties["sha256Fingerprint"], other.fingerprint, "the old facts stay facts");
        saved.set(keyProvider, init.properties);
      }),
    );
    await pause(600);
  });

  const assertPending = (properties: Properties, keyProvider: string): void => {
    for (const name of ["pendingTaskId", "pendingFingerprint", "__provider"]) {
      assert.equal(typeof properties[name], "string", name);
      assert.equal(properties[name], stateOf(keyProvider)[name], name);
    }
  };

  it("keeps its task while that runs or is BLOCKED", async () => {
    for (const keyProvider of ["kms-2", "kms-3"]) {
      const { properties } = await read(keyProvider, stateOf(keyProvider));
      assertPending(properties, keyProvider);
      assert.equal(properties["sha256Fingerprint"], other.fingerprint);
      const { changes } = await scene.provider.diff(
        scene.id(keyProvider),
        properties,
        scene.inputs(other, keyProvider),
      );
      assert.equal(changes, true, "the engine has erased its own mark by now");
    }
  });

  for (const [keyProvider, end] of [
    ["kms-4", "SUCCEEDED"],
    ["kms-5", "FAILED"],
    ["kms-6", "vanished"],
  ] as const) {
    it(`drops its task when that has ${end}, and tells what the server holds`, async () => {
      const { properties } = await read(keyProvider, stateOf(keyProvider));
      assert.deepEqual([properties["pendingTaskId"], properties["pendingFingerprint"]], [undefined, undefined]);
      assert.equal(properties["__provider"], TEXT);
      const now = end === "SUCCEEDED" ? held : other;
      assert.equal(properties["sha256Fingerprint"], now.fingerprint);
      const wanted = scene.inputs(held, keyProvider, { timeoutSeconds: 1 });
      const { changes } = await scene.provider.diff(scene.id(keyProvider), properties, wanted);
      assert.equal(changes, end !== "SUCCEEDED");
    });
  }

  it("keeps its task when nobody can be asked after it", async () => {
    scene.simulator.faults.add({
      match: { operation: "taskGet" },
      action: { kind: "respond", status: 400, body: FAULT },
    });
    assertPending((await read("kms-7", stateOf("kms-7"))).properties, "kms-7");
  });

  it("never drops the resource meanwhile, though the server holds no certificate", async () => {
    scene.simulator.setCertificate(null, scene.simulator.cluster, "kms-8");
    const { id, properties } = await read("kms-8", stateOf("kms-8"));
    assert.equal(id, scene.id("kms-8"));
    assertPending(properties, "kms-8");
  });
});

describe("a refresh of what is gone", () => {
  it("drops the resource when vCenter holds no certificate for it, no such key provider or no such cluster", async () => {
    const { simulator } = scene;
    const state = scene.state(held, "kms-9");
    simulator.setCertificate(null, simulator.cluster, "kms-9");
    assert.equal((await read("kms-9", state)).id, "");
    simulator.removeKeyProvider(simulator.cluster, "kms-9");
    assert.equal((await read("kms-9", state)).id, "");
    simulator.removeCluster();
    assert.equal((await read("kms-9", state)).id, "");
  });
});
