// SPDX-License-Identifier: Apache-2.0

// How the settings of a connection reach the provider process (stack config, environment, explicit providers), what
// becomes of them when a password is rotated, and that no secret of them is kept in clear.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { Simulator } from "../simulator/src/index";
import { startSimulator } from "../simulator/src/index";
import type { Stack } from "../support/engine/index";
import { makeStack } from "../support/engine/index";
import type { MadeCertificate } from "../fixtures/certificates/make";
import { fingerprintOfPem, makeCertificate } from "../fixtures/certificates/make";
import { argsOf, failed, NOTHING, ONE_PATCH, ops, readProgram, succeeded, traffic, writes } from "./scene";
import { piecesOf } from "../support/secret-search";

const ONE_LOGIN = { ...ONE_PATCH, patches: 0 };
const target = { cluster: "domain-c8", keyProvider: "kms-1" };

describe("two vCenters in one program", () => {
  let folder: string;
  let east: Simulator;
  let west: Simulator;
  let pairs: { east: MadeCertificate; west: MadeCertificate };
  let stack: Stack;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "two-vcenters-"));
    [east, west] = await Promise.all([startSimulator({ stateFile: join(folder, "east.json") }), startSimulator()]);
    const [one, two] = await Promise.all([
      makeCertificate({ keyType: "rsa-3072", freshKey: true }),
      makeCertificate({ keyType: "rsa-3072", freshKey: true }),
    ]);
    pairs = { east: one, west: two };
    stack = await makeStack({
      inline: true,
      program: {
        "index.js": readProgram("several-servers.js"),
        "east-ca.pem": east.caPem,
        "east.key": pairs.east.privateKeyPem,
        "servers.json": JSON.stringify([
          {
            name: "east",
            connection: {
              server: east.url,
              user: east.user,
              passwordEnv: "EAST_PASSWORD",
              caCertificateFile: "east-ca.pem",
            },
            args: { ...target, certificate: pairs.east.certificatePem, privateKeyFile: "east.key" },
          },
          {
            name: "west",
            connection: {
              server: `${west.host}:${west.port}`,
              user: west.user,
              password: west.password,
              serverFingerprint: west.serverFingerprint,
            },
            args: argsOf(pairs.west),
          },
        ]),
      },
      // For the other vCenter: an explicit provider doesn't look at it.
      environment: { EAST_PASSWORD: east.password, VSPHERE_TRUST_AUTHORITY_SERVER: "elsewhere.example" },
    });
  });
  after(async () => {
    await stack.remove();
    await Promise.all([east.close(), west.close()]);
    rmSync(folder, { recursive: true });
  });

  const assertNoSecret = (text: string): void => {
    for (const { privateKeyPem: privateKey, certificatePem: certificate } of [pairs.east, pairs.west]) {
      assert.deepEqual(piecesOf(privateKey, text, certificate), []);
    }
    for (const { password } of [east, west]) assert.deepEqual(piecesOf(password, text), []);
  };

  it("each get their own certificate by one login", async () => {
    const result = await succeeded(stack.up());
    assert.deepEqual(ops(result).sort(), ["create east-kms", "create west-kms"]);
    assert.deepEqual([writes(east), writes(west)], [ONE_PATCH, ONE_PATCH]);
    assert.equal(fingerprintOfPem(east.certificate()), pairs.east.fingerprint);
    assert.equal(fingerprintOfPem(west.certificate()), pairs.west.fingerprint);
    assert.deepEqual(await stack.outputs(), { east: `127.0.0.1:${east.port}`, west: `127.0.0.1:${west.port}` });
    assertNoSecret(result.stdout + result.stderr);
  });

  it("cost nothing while nothing changes", async () => {
    const result = await succeeded(stack.up(["--expect-no-changes"]));
    assert.deepEqual(ops(result).sort(), ["same east-kms", "same west-kms"]);
    assert.deepEqual([traffic(east), traffic(west)], [NOTHING, NOTHING]);
  });

  it("leave no key and no password in clear, and of a key in a file or a password in a variable not even a cipher", async () => {
    const { text } = await stack.exportState();
    const backend = await stack.backendText();
    const decrypted = await stack.run(["stack", "export", "--stack", "test", "--show-secrets"]);
    assertNoSecret(text);
    assertNoSecret(backend);
    assert.deepEqual(piecesOf(pairs.east.privateKeyPem, decrypted, pairs.east.certificatePem), []);
    assert.deepEqual(piecesOf(east.password, decrypted), []);
    // The search itself finds what is there.
    assert.ok(piecesOf(pairs.west.privateKeyPem, decrypted, pairs.west.certificatePem).length > 1_000);
    assert.ok(piecesOf(west.password, decrypted).length > 0);
  });

  it("are refreshed and destroyed with a password that was rotated since", async () => {
    await east.close();
    east = await startSimulator({ stateFile: join(folder, "east.json"), password: "a rotated password" });
    await failed(stack.refresh(), /\[ERR_AUTHENTICATION\]/);
    stack.setEnvironment({ EAST_PASSWORD: east.password });
    writes(west);
    east.journal.clear();
    await succeeded(stack.refresh(["--expect-no-changes"]));
    assert.deepEqual([writes(east), writes(west)], [ONE_LOGIN, ONE_LOGIN]);
    assert.deepEqual(ops(await succeeded(stack.destroy())).sort(), ["delete east-kms", "delete west-kms"]);
    assert.deepEqual([traffic(east), traffic(west)], [NOTHING, NOTHING]);
  });
});

describe("a connection from stack config alone", () => {
  let folder: string;
  let simulator: Simulator;
  let pair: MadeCertificate;
  let stack: Stack;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "stack-config-"));
    simulator = await startSimulator({ stateFile: join(folder, "vcenter.json") });
    pair = await makeCertificate();
    stack = await makeStack({
      inline: true,
      program: {
        "index.js": readProgram("declare.js"),
        "resources.json": JSON.stringify([{ name: "kms", args: argsOf(pair) }]),
      },
      config: {
        "vsphere-trust-authority:server": simulator.url,
        "vsphere-trust-authority:user": simulator.user,
        "vsphere-trust-authority:caCertificate": simulator.caPem,
      },
      secrets: { "vsphere-trust-authority:password": simulator.password },
    });
  });
  after(async () => {
    await stack.remove();
    await simulator.close();
    rmSync(folder, { recursive: true });
  });

  it("fails in preview, before any request, while the environment names another server", async () => {
    stack.setEnvironment({ VSPHERE_TRUST_AUTHORITY_SERVER: "other.example" });
    await failed(stack.preview(), /stack config .* and environment .* differ/);
    assert.deepEqual(traffic(simulator), NOTHING);
    stack.setEnvironment({ VSPHERE_TRUST_AUTHORITY_SERVER: undefined });
  });

  it("is all that an up needs", async () => {
    await succeeded(stack.up());
    assert.deepEqual(writes(simulator), ONE_PATCH);
    assert.deepEqual(piecesOf(simulator.password, await stack.backendText()), []);
    assert.deepEqual(piecesOf(pair.privateKeyPem, await stack.backendText(), pair.certificatePem), []);
  });

  it("is refreshed and destroyed with a rotated password from the environment", async () => {
    await simulator.close();
    simulator = await startSimulator({ stateFile: join(folder, "vcenter.json"), password: "a rotated password" });
    // Also where config has the new one: refresh runs with what the state has recorded.
    await failed(stack.refresh(), /\[ERR_AUTHENTICATION\]/);
    stack.setEnvironment({ VSPHERE_TRUST_AUTHORITY_PASSWORD: simulator.password });
    await succeeded(stack.refresh(["--expect-no-changes"]));
    simulator.journal.clear();
    await succeeded(stack.destroy());
    assert.deepEqual(traffic(simulator), NOTHING);
  });
});
