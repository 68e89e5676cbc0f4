// SPDX-License-Identifier: Apache-2.0
// `detectDrift`: by default a preview asks nobody; "always" makes every diff read the server once, and never fails it.

import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { makeCertificate } from "../fixtures/certificates/make";
import type { MadeCertificate } from "../fixtures/certificates/make";
import type { Diff, Properties } from "../support/dynamic-provider";
import { makeScene, NOTHING, pathOf } from "./scene";
import type { Scene } from "./scene";

describe("drift", () => {
  let scene: Scene;
  let pair: MadeCertificate;
  let other: MadeCertificate;

  before(async () => {
    [pair, other] = await Promise.all([makeCertificate(), makeCertificate()]);
    scene = await makeScene();
  });
  beforeEach(() => scene.traffic());
  after(() => scene.end());

  const diff = (keyProvider: string, more: Properties): Promise<Diff> =>
    scene.provider.diff(scene.id(keyProvider), scene.state(pair, keyProvider), scene.inputs(pair, keyProvider, more));

  it("is not looked for by default, nor with onRefresh: no request in any diff", async () => {
    scene.put(other, "kms-1");
    for (const more of [{}, { detectDrift: "onRefresh" }]) {
      assert.equal((await diff("kms-1", more)).changes, false);
    }
    assert.deepEqual(scene.traffic(), NOTHING);
  });

  it("shows in the diff that always looks, by one read", async () => {
    scene.put(other, "kms-2");
    assert.deepEqual(await diff("kms-2", { detectDrift: "always" }), {
      changes: true,
      replaces: [],
      deleteBeforeReplace: false,
    });
    const { reads, patches, posts } = scene.traffic();
    assert.deepEqual({ reads, patches, posts }, { reads: 1, patches: 0, posts: 0 });
  });

  it("shows also where the certificate is gone", async () => {
    scene.simulator.setCertificate(null, scene.simulator.cluster, "kms-2");
    assert.equal((await diff("kms-2", { detectDrift: "always" })).changes, true);
  });

  it("is none while the server holds the certificate, and one read says so", async () => {
    scene.put(pair, "kms-3");
    assert.equal((await diff("kms-3", { detectDrift: "always" })).changes, false);
    assert.equal(scene.traffic().reads, 1);
  });

  it("needs no look where the program wants another certificate anyway", async () => {
    scene.put(pair, "kms-3");
    const news = scene.inputs(other, "kms-3", { detectDrift: "always" });
    assert.equal((await scene.provider.diff(scene.id("kms-3"), scene.state(pair, "kms-3"), news)).changes, true);
    assert.deepEqual(scene.traffic(), NOTHING);
  });

  it("that cannot be looked for warns at the resource, and fails no preview", async () => {
    scene.simulator.faults.add({
      match: { operation: "readCertificate", path: pathOf("kms-4") },
      action: { kind: "respond", status: 400, body: { error_type: "NOT_ALLOWED_IN_CURRENT_STATE", messages: [] } },
    });
    assert.equal((await diff("kms-4", { detectDrift: "always" })).changes, false);
    const [said, ...more] = scene.notices("kms-4");
    assert.deepEqual([said?.severity, more], ["warning", []]);
    assert.match(said?.message ?? "", /drift could not be looked for.*\[ERR_API\]/);
  });

  it("is repaired by the update, which reads before it sends", async () => {
    scene.put(other, "kms-5");
    const inputs = scene.inputs(pair, "kms-5", { detectDrift: "always" });
    const outputs = await scene.provider.update(scene.id("kms-5"), scene.state(pair, "kms-5"), inputs);
    assert.equal(outputs["sha256Fingerprint"], pair.fingerprint);
    assert.equal("detectDrift" in outputs, false);
    const { reads, patches } = scene.traffic();
    assert.deepEqual({ reads, patches }, { reads: 2, patches: 1 });
  });

  it("that somebody repaired meanwhile costs no PATCH", async () => {
    scene.put(pair, "kms-6");
    const inputs = scene.inputs(pair, "kms-6", { detectDrift: "always" });
    await scene.provider.update(scene.id("kms-6"), scene.state(pair, "kms-6"), inputs);
    const { reads, patches } = scene.traffic();
    assert.deepEqual({ reads, patches }, { reads: 1, patches: 0 });
  });

  it("takes two words and no others", async () => {
    for (const detectDrift of ["always", "onRefresh"]) {
      assert.deepEqual((await scene.provider.check({}, scene.inputs(pair, "kms-7", { detectDrift }))).failures, []);
    }
    for (const detectDrift of ["never", "Always", "", true, 1, {}]) {
      const { failures } = await scene.provider.check({}, scene.inputs(pair, "kms-7", { detectDrift }));
      assert.deepEqual(
        failures.map(({ property }) => property),
        ["detectDrift"],
      );
      assert.match(failures[0]?.reason ?? "", /must be "onRefresh" or "always"/);
    }
    assert.deepEqual(scene.traffic(), NOTHING);
  });
});
