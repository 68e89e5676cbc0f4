// SPDX-License-Identifier: Apache-2.0
// `adopt`: how a certificate that was there before comes under management. Create reads first, and never overwrites what
// it was told to adopt.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { makeCertificate } from "../fixtures/certificates/make";
import type { MadeCertificate } from "../fixtures/certificates/make";
import type { Properties } from "../support/dynamic-provider";
import { makeScene } from "./scene";
import type { Scene } from "./scene";

describe("a create that adopts", () => {
  let scene: Scene;
  let pair: MadeCertificate;
  let other: MadeCertificate;

  before(async () => {
    [pair, other] = await Promise.all([makeCertificate(), makeCertificate()]);
    scene = await makeScene();
  });
  after(() => scene.end());

  const adopt = (keyProvider: string, more: Properties = {}): Promise<{ id: string; properties: Properties }> =>
    scene.provider.create(scene.inputs(pair, keyProvider, { adopt: true, ...more }));

  it("sends nothing but one read when the server holds the certificate, and needs no key for that", async () => {
    scene.put(pair, "kms-1");
    const { id, properties } = await adopt("kms-1", { privateKey: undefined });
    assert.equal(id, scene.id("kms-1"));
    assert.equal(properties["sha256Fingerprint"], pair.fingerprint);
    assert.equal("taskId" in properties, false, "nothing was changed yet");
    const { patches, reads } = scene.traffic();
    assert.deepEqual({ patches, reads }, { patches: 0, reads: 1 });
  });

  it("is followed by an ordinary update when the certificate changes", async () => {
    const { id, properties } = await adopt("kms-1");
    const inputs = scene.inputs(other, "kms-1", { adopt: true });
    assert.equal((await scene.provider.diff(id, properties, scene.inputs(pair, "kms-1"))).changes, false);
    const updated = await scene.provider.update(id, properties, inputs);
    assert.equal(updated["sha256Fingerprint"], other.fingerprint);
    assert.equal(typeof updated["taskId"], "string");
    assert.equal(scene.traffic().patches, 1);
  });

  it("fails before any PATCH when the server holds another certificate, and names both", async () => {
    scene.put(other, "kms-2");
    const { message, init } = await scene.failure("ERR_ALREADY_PRESENT", adopt("kms-2"));
    assert.ok(message.includes(pair.fingerprint) && message.includes(other.fingerprint), message);
    assert.equal(init, undefined, "nothing is saved");
    assert.equal(scene.traffic().patches, 0);
    assert.ok(scene.holds(other, "kms-2"));
  });

  it("is an ordinary create when the server holds none", async () => {
    scene.simulator.setCertificate(null, scene.simulator.cluster, "kms-3");
    const { properties } = await adopt("kms-3");
    assert.equal(typeof properties["taskId"], "string");
    assert.equal(scene.traffic().patches, 1);
    assert.ok(scene.holds(pair, "kms-3"));
  });

  it("fails before any PATCH when the read fails, for nobody knows then what would be overwritten", async () => {
    scene.put(other, "kms-4");
    scene.simulator.faults.add({
      match: { operation: "readCertificate" },
      times: 2,
      action: { kind: "respond", status: 403, body: { error_type: "UNAUTHORIZED", messages: [] } },
    });
    const { message, init } = await scene.failure("ERR_AUTHORIZATION", adopt("kms-4"));
    assert.match(message, /TrustedAdmin\.ReadKMSTrust/);
    assert.equal(init, undefined);
    assert.equal(scene.traffic().patches, 0);
    assert.ok(scene.holds(other, "kms-4"));
  });
});
