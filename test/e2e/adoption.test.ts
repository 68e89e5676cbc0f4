// SPDX-License-Identifier: Apache-2.0

// Certificates that are on the hosts already, and how a program reads them without managing them.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { MadeCertificate } from "../fixtures/certificates/make";
import { fingerprintOfPem, makeCertificate } from "../fixtures/certificates/make";
import type { Scene } from "./scene";
import { failed, makeScene, NOTHING, ONE_PATCH, ops, readProgram, succeeded, traffic, writes } from "./scene";

describe("a certificate that is there already", () => {
  let scene: Scene;
  let present: MadeCertificate;

  before(async () => {
    present = await makeCertificate();
    scene = await makeScene();
    scene.simulator.setCertificate(present.certificatePem);
  });
  after(() => scene.end());

  it("cannot be imported, since the engine asks before it knows a provider", async () => {
    const type = "pulumi-nodejs:dynamic/trustauthority:KmsClientCertificate";
    const args = ["import", type, "imported", "domain-c8/kms-1", "--yes", "--skip-preview", "--stack", "test"];
    await assert.rejects(scene.stack.run(args), /imported/);
    assert.deepEqual(traffic(scene.simulator), NOTHING);
    assert.ok(!(await scene.stack.exportState()).text.includes("imported"));
  });

  it("is read by get", async () => {
    await scene.stack.writeFiles({ "index.js": readProgram("get.js"), "id.txt": "domain-c8/kms-1" });
    const result = await succeeded(scene.stack.up());
    assert.deepEqual(ops(result), ["read found"]);
    const { certificate, ...rest } = await scene.stack.outputs();
    assert.deepEqual(rest, { server: `127.0.0.1:${scene.simulator.port}`, fingerprint: present.fingerprint });
    assert.equal(fingerprintOfPem(String(certificate)), present.fingerprint);
    assert.deepEqual(writes(scene.simulator), { ...ONE_PATCH, patches: 0 });
  });

  it("fails a get when it isn't there", async () => {
    for (const id of ["domain-c8/kms-9", "domain-c8"]) {
      await scene.stack.writeFiles({ "id.txt": id });
      await failed(scene.stack.up(), id === "domain-c8" ? /not of the form/ : /\[ERR_KEY_PROVIDER_NOT_FOUND\]/);
    }
    assert.equal(scene.simulator.openSessions(), 0);
  });
});
