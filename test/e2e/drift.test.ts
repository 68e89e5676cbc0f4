// SPDX-License-Identifier: Apache-2.0

// What somebody else changes on the vCenter: how preview, refresh and up notice it, and what they do about it.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Simulator } from "../simulator/src/index";
import { startSimulator } from "../simulator/src/index";
import type { StateResource } from "../support/engine/index";
import type { MadeCertificate } from "../fixtures/certificates/make";
import { fingerprintOfPem, makeCertificate } from "../fixtures/certificates/make";
import type { Declaration, Scene } from "./scene";
import { argsOf, failed, makeScene, ONE_PATCH, succeeded, writes } from "./scene";

describe("a certificate that somebody else replaced", () => {
  let scene: Scene;
  let simulator: Simulator;
  let ours: MadeCertificate;
  let theirs: MadeCertificate;

  before(async () => {
    [ours, theirs] = await Promise.all([makeCertificate(), makeCertificate()]);
    scene = await makeScene({ stack: { inline: true } });
    simulator = scene.simulator;
  });
  after(() => scene.end());

  const declaration = (name: string, keyProvider: string): Declaration => ({ name, args: argsOf(ours, keyProvider) });
  const inState = async (name: string): Promise<StateResource> => (await scene.stack.exportState()).resource(name);

  it("fails a refresh that previews and expects no change, and leaves the state alone", async () => {
    await scene.declare(declaration("kms", "kms-1"), declaration("gone", "kms-2"));
    await succeeded(scene.stack.up());
    assert.deepEqual(writes(simulator), { ...ONE_PATCH, patches: 2 });
    const inSync = await succeeded(scene.stack.refresh(["--preview-only", "--expect-no-changes"]));
    assert.deepEqual(inSync.changes, { same: 3 });
    assert.deepEqual(writes(simulator), { ...ONE_PATCH, patches: 0 });

    simulator.setCertificate(theirs.certificatePem);
    const drift = await failed(
      scene.stack.refresh(["--preview-only", "--expect-no-changes"]),
      /no changes were expected/,
    );
    assert.deepEqual(drift.steps.map(({ op, name, planned }) => [op, name, planned]).sort(), [
      ["same", "gone", true],
      ["update", "kms", true],
    ]);
    assert.deepEqual(writes(simulator), { ...ONE_PATCH, patches: 0 });
    assert.equal((await inState("kms")).outputs?.["sha256Fingerprint"], ours.fingerprint);
  });

  it("is repaired by one up that refreshes first", async () => {
    simulator.setCertificate(theirs.certificatePem);
    await succeeded(scene.stack.up(["--refresh"]));
    assert.equal(simulator.journal.patches(), 1);
    assert.equal(fingerprintOfPem(simulator.certificate()), ours.fingerprint);
    assert.equal(simulator.openSessions(), 0);
    simulator.journal.clear();
  });

  it("stays in state when the API itself is away, as on vSphere 9", async () => {
    const { port, user, password } = simulator;
    const { id, outputs } = await inState("kms");
    await simulator.close();
    const upgraded = await startSimulator({ port, user, password, profile: "vsphere-9" });
    try {
      scene.stack.setEnvironment({ VSPHERE_TRUST_AUTHORITY_CA_CERTIFICATE_FILE: upgraded.caFile });
      await failed(scene.stack.refresh(), /vSphere 9 no longer has this API/);
      const kept = await inState("kms");
      assert.deepEqual([kept.id, kept.outputs], [id, outputs]);
      assert.equal(upgraded.openSessions(), 0);
    } finally {
      await upgraded.close();
    }
  });
});
