// SPDX-License-Identifier: Apache-2.0
// Nothing is sent before the server is proved to be the right one, whatever the environment of the process says.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { makeCertificate } from "../fixtures/certificates/make";
import type { MadeCertificate } from "../fixtures/certificates/make";
import type { Simulator } from "../simulator";
import { makeScene, makeStage, NOTHING } from "./scene";
import type { Scene } from "./scene";

const NO_CA = { VSPHERE_TRUST_AUTHORITY_CA_CERTIFICATE_FILE: undefined };
const SWITCHED_OFF = { NODE_TLS_REJECT_UNAUTHORIZED: "0" };

let pair: MadeCertificate;

before(async () => {
  pair = await makeCertificate();
});

describe("a server that cannot be verified", () => {
  it("gets not one request, though NODE_TLS_REJECT_UNAUTHORIZED=0 is set", async () => {
    const scene = await makeScene({ environment: { ...NO_CA, ...SWITCHED_OFF } });
    try {
      const { message } = await scene.failure("ERR_TLS", scene.provider.create(scene.inputs(pair, "kms-1")));
      assert.match(message, /not signed by a trusted CA.*caCertificateFile/);
      assert.deepEqual(scene.traffic(), NOTHING);
    } finally {
      await scene.end();
    }
  });
});

describe("a pinned fingerprint", () => {
  let scene: Scene;
  let simulator: Simulator;
  before(async () => {
    scene = await makeStage({ simulator: { serverCertificate: "self-signed" } });
    ({ simulator } = scene);
  });
  after(() => scene.end());

  it("that is the server's is enough, also for a self-signed certificate, however it is written", async () => {
    const fingerprint = `sha256:${simulator.serverFingerprint.replaceAll(":", "").toLowerCase()}`;
    const pinned = { ...NO_CA, ...SWITCHED_OFF, VSPHERE_TRUST_AUTHORITY_SERVER_FINGERPRINT: fingerprint };
    await scene.start({ environment: pinned });
    const { properties } = await scene.provider.create(scene.inputs(pair, "kms-1"));
    assert.equal(properties["sha256Fingerprint"], pair.fingerprint);
    assert.equal(scene.traffic().patches, 1);
    await scene.stop();
  });

  it("is not needed with a lab's switch, which warns", async () => {
    await scene.start({ environment: { ...NO_CA, VSPHERE_TRUST_AUTHORITY_ALLOW_UNVERIFIED_TLS: "true" } });
    const inputs = scene.inputs(pair, "kms-1");
    await scene.provider.check({}, inputs);
    await scene.provider.create(inputs);
    assert.equal(scene.traffic().patches, 1);
    const said = scene.provider.logs.filter(({ severity }) => severity === "warning");
    assert.deepEqual([said.length, said[0]?.urn], [1, ""]);
    assert.match(said[0]?.message ?? "", /allowUnverifiedTls is on: anybody on the way .* can read the private key/);
  });
});
