// SPDX-License-Identifier: Apache-2.0
// What only the real host process shows: progress, `get`, and many certificates at once.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { makeCertificate } from "../fixtures/certificates/make";
import type { MadeCertificate } from "../fixtures/certificates/make";
import { makeScene, NOTHING, TEXT, urnOf } from "./scene";
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

  it("shows its progress at the resource for a moment only", async () => {
    await scene.provider.create(scene.inputs(one, "kms-1"));
    const shown = scene.provider.logs.filter(({ ephemeral }) => ephemeral);
    assert.ok(shown.some(({ message, urn }) => message.startsWith("task ") && urn === urnOf("kms-1")));
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

  it("is not read by an id of another form, without a request", async () => {
    scene.traffic();
    for (const id of ["kms-1", "a/b/c", "domain-c8/", "domain-c8/..", "domain-c8/%", "a/\u001b[2J"]) {
      await scene.failure("ERR_INPUT_INVALID", scene.provider.read(id, scene.state(one, "kms-1")));
    }
    assert.deepEqual(scene.traffic(), NOTHING);
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
