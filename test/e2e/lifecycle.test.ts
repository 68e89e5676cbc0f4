// SPDX-License-Identifier: Apache-2.0

// The life of one certificate under the real engine: created, kept, rotated, moved and given up, each in one step of the
// engine and with the requests that this takes, and no more.

import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { after, before, describe, it } from "node:test";
import type { Simulator } from "../simulator/src/index";
import { startSimulator } from "../simulator/src/index";
import type { MadeCertificate } from "../fixtures/certificates/make";
import { fingerprintOfPem, makeCa, makeCertificate } from "../fixtures/certificates/make";
import { vcenterEnvironment } from "../support/vcenter-environment";
import type { Scene } from "./scene";
import { argsOf, makeScene, NOTHING, ONE_PATCH, ops, succeeded, traffic, writes } from "./scene";

describe("a client certificate", () => {
  let scene: Scene;
  let simulator: Simulator;
  let first: MadeCertificate;
  let second: MadeCertificate;
  const target = { cluster: "domain-c8", keyProvider: "kms-1" };

  before(async () => {
    const ca = await makeCa({ subject: "CN=Key Server CA" });
    const request = { ca, subject: "CN=esx-kms-client,O=Example", keyType: "rsa-3072", freshKey: true } as const;
    [first, second] = await Promise.all([makeCertificate(request), makeCertificate(request)]);
    scene = await makeScene();
    simulator = scene.simulator;
  });
  after(() => scene.end());

  const declare = (pair: MadeCertificate, keyProvider?: string): Promise<void> =>
    scene.declare({ name: "kms", args: argsOf(pair, keyProvider) });

  it("is created by one login and one PATCH, and shows its task meanwhile", async () => {
    await declare(first);
    const result = await succeeded(scene.stack.up());
    assert.deepEqual(ops(result), ["create kms"]);
    assert.deepEqual(writes(simulator), ONE_PATCH);
    assert.equal(fingerprintOfPem(simulator.certificate()), first.fingerprint);
    assert.match(result.stdout, /kms created \([\d.]+s\)\s*$/m, "its last step is not shown any more");
    const shown = result.diagnostics.filter(({ ephemeral }) => ephemeral);
    assert.ok(
      shown.some(({ message, urn }) => message.startsWith("task RUNNING") && urn.endsWith("::kms")),
      JSON.stringify(result.diagnostics),
    );
    assert.deepEqual(
      result.diagnostics.filter(({ ephemeral }) => !ephemeral),
      [],
    );
  });

  it("is in state with what the server holds, and with the constant line", async () => {
    const { id, outputs } = (await scene.stack.exportState()).resource("kms");
    const { serialNumber, validFrom, validTo } = new X509Certificate(first.certificatePem);
    const isoSeconds = (printed: string): string => new Date(printed).toISOString();
    const line = readFileSync(resolve(__dirname, "../golden/provider-text.txt"), "utf8").trim();
    assert.ok(Buffer.byteLength(line) <= 100);
    assert.equal(id, "domain-c8/kms-1");
    assert.deepEqual(outputs, {
      __provider: line,
      ...target,
      certificate: first.certificatePem,
      server: `127.0.0.1:${simulator.port}`,
      sha256Fingerprint: first.fingerprint,
      subject: "CN=esx-kms-client, O=Example",
      issuer: "CN=Key Server CA",
      serialNumber,
      notBefore: isoSeconds(validFrom),
      notAfter: isoSeconds(validTo),
      taskId: simulator.tasks().find(({ requestedBy }) => requestedBy === "patch")?.id,
    });
  });

  it("is previewed as one changed input if it must be replaced; only what the engine cannot know yet is shown as removed", async () => {
    await declare(first, "kms-2");
    const { stdout } = await succeeded(scene.stack.preview(["--diff"]));
    const shown = (sign: string): string[] =>
      stdout.split("\n").flatMap((line) => new RegExp(`^ {6}\\${sign} (\\w+) *:`).exec(line)?.[1] ?? []);
    assert.deepEqual(shown("~"), ["keyProvider"]);
    const unknown = [
      "issuer",
      "notAfter",
      "notBefore",
      "serialNumber",
      "server",
      "sha256Fingerprint",
      "subject",
      "taskId",
    ];
    assert.deepEqual(shown("-"), unknown);
    const page = readFileSync(resolve(__dirname, "../../docs/troubleshooting.md"), "utf8");
    assert.match(page, /The preview of a replacement shows outputs as removed/);
    assert.deepEqual(traffic(simulator), NOTHING);
    await declare(first);
  });

  it("is replaced when its vCenter is another one, and the old one hears nothing", async () => {
    const other = await startSimulator();
    try {
      scene.stack.setEnvironment(vcenterEnvironment(other));
      await declare(second);
      const result = await succeeded(scene.stack.up());
      assert.deepEqual(ops(result), ["create-replacement kms", "replace kms", "delete-replaced kms"]);
      assert.deepEqual(writes(other), ONE_PATCH);
      assert.deepEqual(traffic(simulator), NOTHING);
      assert.equal(fingerprintOfPem(other.certificate()), second.fingerprint);

      scene.stack.setEnvironment(vcenterEnvironment(simulator));
      const back = await succeeded(scene.stack.up());
      assert.deepEqual(ops(back), ["create-replacement kms", "replace kms", "delete-replaced kms"]);
      assert.deepEqual(writes(simulator), ONE_PATCH);
      assert.deepEqual(traffic(other), NOTHING);
      assert.equal(fingerprintOfPem(other.certificate()), second.fingerprint);
    } finally {
      await other.close();
    }
  });

  it("keeps what a forced replacement has just put there", async () => {
    const { urn } = (await scene.stack.exportState()).resource("kms");
    const result = await succeeded(scene.stack.up(["--replace", urn]));
    assert.deepEqual(ops(result), ["create-replacement kms", "replace kms", "delete-replaced kms"]);
    assert.deepEqual(writes(simulator), ONE_PATCH);
    assert.equal(fingerprintOfPem(simulator.certificate()), second.fingerprint);
  });

  it("keeps what it has under another name, also without an alias", async () => {
    await scene.declare({ name: "renamed", args: argsOf(first) });
    const result = await succeeded(scene.stack.up());
    assert.deepEqual(ops(result), ["create renamed", "delete kms"]);
    assert.deepEqual(writes(simulator), ONE_PATCH);
    assert.equal(fingerprintOfPem(simulator.certificate()), first.fingerprint);
  });

  it("stays on the hosts after a destroy, which says so and sends nothing", async () => {
    const result = await succeeded(scene.stack.destroy());
    assert.deepEqual(ops(result), ["delete renamed"]);
    assert.match(result.stdout, /the certificate stays on the hosts/);
    assert.deepEqual(traffic(simulator), NOTHING);
    assert.equal(fingerprintOfPem(simulator.certificate()), first.fingerprint);
    assert.equal((await scene.stack.exportState()).resources.filter(({ id }) => id !== undefined).length, 0);
  });
});
