// SPDX-License-Identifier: Apache-2.0

// The other ways to run a program: update plans, which hold an `up` to what its preview has shown, the Automation API, and an ES
// module.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import type { MadeCertificate } from "../fixtures/certificates/make";
import { fingerprintOfPem, makeCertificate } from "../fixtures/certificates/make";
import type { Scene } from "./scene";
import { failed, makeScene, NOTHING, ONE_PATCH, ops, readProgram, succeeded, traffic, writes } from "./scene";

/** Its imports are the named ones of a CommonJS package. */
const ES_MODULE = `
import { readFileSync } from "node:fs";
import { getKmsClientCertificate, KmsClientCertificate } from "pulumi-vsphere-trust-authority";
const target = { cluster: "domain-c8", keyProvider: "kms-1" };
export const before = (await getKmsClientCertificate(target)).sha256Fingerprint;
const certificate = readFileSync(new URL("kms.pem", import.meta.url), "utf8");
export const after = new KmsClientCertificate("kms", { ...target, certificate, privateKeyFile: "kms.key" }).sha256Fingerprint;
`;

describe("another way to run a program", () => {
  let scene: Scene;
  let pairs: readonly MadeCertificate[];
  before(async () => {
    pairs = await Promise.all([makeCertificate(), makeCertificate(), makeCertificate()]);
    scene = await makeScene({
      files: { "declare.js": readProgram("declare.js"), "automation.js": readProgram("automation.js") },
      stack: { environment: { PULUMI_EXPERIMENTAL: "true" }, inline: true },
    });
  });
  after(() => scene.end());

  const declare = async (which: number): Promise<void> => {
    const pair = pairs[which];
    assert.ok(pair !== undefined);
    await scene.stack.writeFiles({ "kms.key": pair.privateKeyPem });
    await scene.declare({
      name: "kms",
      args: {
        cluster: "domain-c8",
        keyProvider: "kms-1",
        certificate: pair.certificatePem,
        privateKeyFile: "kms.key",
      },
    });
  };

  it("is a plan: it creates and rotates as the preview has shown", async () => {
    for (const [which, op] of ["create", "update"].entries()) {
      await declare(which);
      await succeeded(scene.stack.preview(["--save-plan", "plan.json"]));
      assert.deepEqual(traffic(scene.simulator), NOTHING);
      assert.deepEqual(ops(await succeeded(scene.stack.up(["--plan", "plan.json"]))), [`${op} kms`]);
      assert.deepEqual(writes(scene.simulator), ONE_PATCH);
    }
  });

  it("is a plan: a certificate that changed since the preview is refused before any request", async () => {
    await succeeded(scene.stack.preview(["--save-plan", "plan.json"]));
    await declare(2);
    await failed(scene.stack.up(["--plan", "plan.json"]), /violates plan/);
    assert.deepEqual(traffic(scene.simulator), NOTHING);
    await declare(1);
  });

  it("is the Automation API, with an inline program and with a local one", async () => {
    const options = { cwd: scene.stack.directory, env: scene.stack.environment() };
    const { stdout } = await promisify(execFile)(process.execPath, ["automation.js"], options);
    const { outputs, ...changes } = JSON.parse(stdout) as Record<string, unknown>;
    assert.deepEqual(changes, {
      created: { create: 2 },
      unchanged: { same: 2 },
      local: { same: 2 },
      refreshed: { same: 2 },
    });
    const fingerprint = { value: pairs[1]?.fingerprint, secret: false };
    assert.deepEqual(outputs, { kms: fingerprint });
    // One session for the inline program's up, one for the refresh.
    assert.deepEqual(writes(scene.simulator), { ...ONE_PATCH, logins: 2 });
  });

  it("is an ES module, which waits for a function at its top", async () => {
    const { certificatePem, privateKeyPem, fingerprint } = await makeCertificate();
    const manifest = JSON.stringify({ type: "module", main: "index.js" });
    const files = {
      "package.json": manifest,
      "index.js": ES_MODULE,
      "kms.pem": certificatePem,
      "kms.key": privateKeyPem,
    };
    const own = await makeScene({ files });
    try {
      const before = fingerprintOfPem(own.simulator.certificate());
      assert.deepEqual(ops(await succeeded(own.stack.up())), ["create kms"]);
      assert.deepEqual(await own.stack.outputs(), { before, after: fingerprint });
      assert.deepEqual(writes(own.simulator), { ...ONE_PATCH, logins: 2 });
    } finally {
      await own.end();
    }
  });
});
