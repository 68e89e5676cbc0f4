// SPDX-License-Identifier: Apache-2.0
// The life of a certificate before the real provider process, alone and many at once.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { makeCertificate } from "../fixtures/certificates/make";
import type { MadeCertificate } from "../fixtures/certificates/make";
import { makeScene, TEXT, urnOf } from "./scene";
import type { Scene } from "./scene";

let one: MadeCertificate;
let two: MadeCertificate;

before(async () => {
  [one, two] = await Promise.all([makeCertificate({ subject: "CN=one" }), makeCertificate({ subject: "CN=two" })]);
});

describe("a certificate", () => {
  let scene: Scene;

  before(async () => {
    scene = await makeScene();
  });
  after(() => scene.end());

  it("is created, does not differ, is read back, replaced, and deleted twice, by one login", async () => {
    const { provider } = scene;
    const made = await provider.create(scene.inputs(one, "kms-1"));
    assert.equal(made.id, "domain-c8/kms-1");
    assert.equal(made.properties["sha256Fingerprint"], one.fingerprint);
    for (const name of ["privateKey", "privateKeyFile", "__urn"]) assert.equal(name in made.properties, false, name);
    assert.deepEqual(await provider.diff(made.id, made.properties, scene.inputs(one, "kms-1")), {
      changes: false,
      replaces: [],
      deleteBeforeReplace: false,
    });
    const read = await provider.read(made.id, made.properties);
    assert.deepEqual(read.properties, made.properties);
    assert.equal(read.inputs, undefined);
    assert.equal((await provider.diff(made.id, made.properties, scene.inputs(two, "kms-1"))).changes, true);
    const updated = await provider.update(made.id, made.properties, scene.inputs(two, "kms-1"));
    assert.equal(updated["sha256Fingerprint"], two.fingerprint);
    assert.equal(updated["__provider"], TEXT);
    assert.ok(scene.holds(two, "kms-1"));
    await provider.delete(made.id, updated);
    await provider.delete(made.id, updated);
    assert.equal(scene.simulator.journal.patches(), 2);
    assert.equal(scene.simulator.journal.logins(), 1);
  });

  it("shows its progress at the resource for a moment only", () => {
    const shown = scene.provider.logs.filter(({ ephemeral }) => ephemeral);
    assert.ok(shown.some(({ message, urn }) => message.startsWith("task ") && urn === urnOf("kms-1")));
  });

  it("whose task has FAILED leaves the state as it was, in create and update", async () => {
    const error = { error_type: "ERROR", messages: [{ id: "x.y", default_message: "Not trusted.", args: [] }] };
    scene.simulator.faults.add({
      match: { operation: "patch" },
      times: 2,
      action: { kind: "taskScript", script: { steps: [{ status: "FAILED", fields: { error } }], effect: "never" } },
    });
    const attempts = [
      scene.provider.create(scene.inputs(one, "kms-2")),
      scene.provider.update(scene.id("kms-3"), scene.state(two, "kms-3"), scene.inputs(one, "kms-3")),
    ];
    for (const attempt of attempts) {
      const { init, message } = await scene.failure("ERR_TASK_FAILED", attempt);
      assert.equal(init, undefined);
      assert.match(message, /Not trusted/);
    }
  });

  it("is read by get, and an error where it is not there", async () => {
    scene.put(one, "kms-4");
    const { properties } = await scene.provider.read(scene.id("kms-4"), { __provider: TEXT });
    assert.equal(properties["sha256Fingerprint"], one.fingerprint);
    assert.equal(properties["server"], scene.server);
    scene.simulator.removeKeyProvider(scene.simulator.cluster, "kms-4");
    const get = scene.provider.read(scene.id("kms-4"), { __provider: TEXT });
    await scene.failure("ERR_KEY_PROVIDER_NOT_FOUND", get);
  });
});

describe("64 certificates at once", () => {
  const keyProviders = Array.from({ length: 64 }, (_, index) => `kms-${index}`);
  let scene: Scene;

  before(async () => {
    scene = await makeScene({ simulator: { clusters: [{ id: "domain-c8", keyProviders }] } });
  });
  after(() => scene.end());

  it("are created by one login and without cross-talk", async () => {
    const pairOf = (index: number): MadeCertificate => (index % 2 === 0 ? one : two);
    const made = await Promise.all(
      keyProviders.map((keyProvider, index) => scene.provider.create(scene.inputs(pairOf(index), keyProvider))),
    );
    for (const [index, { id, properties }] of made.entries()) {
      assert.equal(id, `domain-c8/kms-${index}`);
      assert.equal(properties["sha256Fingerprint"], pairOf(index).fingerprint);
      assert.ok(scene.holds(pairOf(index), `kms-${index}`));
    }
    assert.equal(scene.simulator.journal.logins(), 1);
    assert.equal(scene.simulator.journal.patches(), 64);
  });
});

for (const profile of ["vsphere-9", "no-trust-authority"] as const) {
  describe(`a vCenter of the profile ${profile}`, () => {
    let scene: Scene;

    before(async () => {
      scene = await makeScene({ simulator: { profile } });
    });
    after(() => scene.end());

    it("is an error in every method, and what it should hold never looks deleted", async () => {
      const { provider } = scene;
      const state = scene.state(one, "kms-1", { onDelete: "generateSelfSigned" });
      const { message } = await scene.failure("ERR_ENDPOINT_ABSENT", provider.read(scene.id("kms-1"), state));
      assert.match(message, /vSphere 9 no longer has this API/);
      await scene.failure("ERR_ENDPOINT_ABSENT", provider.delete(scene.id("kms-1"), state));
      await scene.failure("ERR_ENDPOINT_ABSENT", provider.create(scene.inputs(one, "kms-1")));
      await scene.failure("ERR_ENDPOINT_ABSENT", provider.update(scene.id("kms-1"), state, scene.inputs(two, "kms-1")));
    });
  });
}
