// SPDX-License-Identifier: Apache-2.0
// Nothing is sent before the server is proved to be the right one, whatever the environment of the process says.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { makeCertificate } from "../fixtures/certificates/make";
import type { MadeCertificate } from "../fixtures/certificates/make";
import type { Simulator } from "../simulator";
import { startSimulator } from "../simulator";
import { makeScene, makeStage, NOTHING } from "./scene";
import type { Scene, SceneOptions } from "./scene";

const NO_CA = { VSPHERE_TRUST_AUTHORITY_CA_CERTIFICATE_FILE: undefined };
const SWITCHED_OFF = { NODE_TLS_REJECT_UNAUTHORIZED: "0" };

let pair: MadeCertificate;

before(async () => {
  pair = await makeCertificate();
});

async function onStage(options: SceneOptions, play: (scene: Scene) => Promise<void>): Promise<void> {
  const scene = await makeScene(options);
  try {
    await play(scene);
  } finally {
    await scene.end();
  }
}

/** A private key went nowhere, and neither did a password. */
async function assertRefused(scene: Scene): Promise<string> {
  const { message } = await scene.failure("ERR_TLS", scene.provider.create(scene.inputs(pair, "kms-1")));
  assert.deepEqual(scene.traffic(), NOTHING);
  return message;
}

describe("a server that cannot be verified", () => {
  it("gets not one request, though NODE_TLS_REJECT_UNAUTHORIZED=0 is set", () =>
    onStage({ environment: { ...NO_CA, ...SWITCHED_OFF } }, async (scene) => {
      assert.match(await assertRefused(scene), /not signed by a trusted CA.*caCertificateFile/);
    }));

  it("gets not one request where its certificate has expired, though the CA is right and verification switched off", () =>
    onStage({ simulator: { serverCertificate: "expired" }, environment: SWITCHED_OFF }, async (scene) => {
      assert.match(await assertRefused(scene), /certificate has expired/);
    }));

  it("is not made good by a proof of another server: the CA of one is not the CA of all", async () => {
    const other = await startSimulator();
    try {
      await onStage({ environment: { VSPHERE_TRUST_AUTHORITY_CA_CERTIFICATE_FILE: other.caFile } }, async (scene) => {
        await assertRefused(scene);
      });
    } finally {
      await other.close();
    }
  });
});

describe("a pinned fingerprint", () => {
  let scene: Scene;
  let simulator: Simulator;
  const pinned = (fingerprint: string): { environment: NodeJS.ProcessEnv } => ({
    environment: { ...NO_CA, ...SWITCHED_OFF, VSPHERE_TRUST_AUTHORITY_SERVER_FINGERPRINT: fingerprint },
  });

  before(async () => {
    scene = await makeStage({ simulator: { serverCertificate: "self-signed" } });
    ({ simulator } = scene);
  });
  after(() => scene.end());

  it("that is another one ends the connection before any request, and shows both", async () => {
    const wrong = simulator.serverFingerprint.replace(/^../, (byte) => (byte === "00" ? "01" : "00"));
    await scene.start(pinned(wrong));
    const message = await assertRefused(scene);
    assert.ok(message.includes(wrong) && message.includes(simulator.serverFingerprint), message);
    await scene.stop();
  });

  it("that is the server's is enough, also for a self-signed certificate, however it is written", async () => {
    const { serverFingerprint } = simulator;
    await scene.start(pinned(`sha256:${serverFingerprint.replaceAll(":", "").toLowerCase()}`));
    const { properties } = await scene.provider.create(scene.inputs(pair, "kms-1"));
    assert.equal(properties["sha256Fingerprint"], pair.fingerprint);
    assert.equal(scene.traffic().patches, 1);
    await scene.stop();
  });

  it("and a CA together are refused by check", async () => {
    await scene.start({ environment: { VSPHERE_TRUST_AUTHORITY_SERVER_FINGERPRINT: simulator.serverFingerprint } });
    const { failures } = await scene.provider.check({}, scene.inputs(pair, "kms-1"));
    assert.equal(failures.length, 1);
    assert.match(failures[0]?.reason ?? "", /both a CA certificate and serverFingerprint are set/);
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
