// SPDX-License-Identifier: Apache-2.0

// Certificates that are on the hosts already, and how a program reads them without managing them.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";
import type { MadeCertificate } from "../fixtures/certificates/make";
import { fingerprintOfPem, makeCertificate } from "../fixtures/certificates/make";
import type { Scene } from "./scene";
import type { Simulator } from "../simulator/src/index";
import { login, plain, providersPath } from "../simulator/test/plain-client";
import { vcenterEnvironment } from "../support/vcenter-environment";
import { failed, makeScene, NOTHING, ONE_PATCH, ops, readProgram, succeeded, traffic, writes } from "./scene";

/** By key provider: the type; undefined for the default of `import-file`. */
const TAKEN_OVER: ReadonlyMap<string, string | undefined> = new Map([
  ["kms-1", undefined],
  ["kms-2", "KmsSelfSignedClientCertificate"],
  ["kms-3", "KmsClientCertificateSigningRequest"],
]);

/** Runs the built command as people do. */
async function importFile(simulator: Simulator, keyProvider: string, type: string | undefined): Promise<unknown[]> {
  const command = join(__dirname, "../../provider/bin.cjs");
  const which = ["--cluster", "domain-c8", "--key-provider", keyProvider];
  const args = [command, "import-file", ...which, ...(type === undefined ? [] : ["--type", type])];
  const env = { ...process.env, ...vcenterEnvironment(simulator) };
  const { stdout } = await promisify(execFile)(process.execPath, args, { env });
  return (JSON.parse(stdout) as { readonly resources: unknown[] }).resources;
}

describe("a certificate that is there already", () => {
  let scene: Scene;
  let present: MadeCertificate;

  before(async () => {
    present = await makeCertificate();
    scene = await makeScene({ stack: { inline: true } });
    scene.simulator.setCertificate(present.certificatePem);
  });
  after(() => scene.end());

  it("comes under management without a request by import-file and `pulumi import --file`, whatever its type", async () => {
    const { simulator, stack } = scene;
    const headers = await login(simulator);
    const csr = `${providersPath(simulator)}/kms-3/client-certificate/csr?vmw-task=true`;
    assert.equal((await plain(simulator, "POST", csr, { headers })).status, 202);
    await setTimeout(400);
    await plain(simulator, "DELETE", "/api/session", { headers });
    const files = [...TAKEN_OVER].map(([keyProvider, type]) => importFile(simulator, keyProvider, type));
    const resources = (await Promise.all(files)).flat();
    assert.equal(simulator.openSessions(), 0);
    await stack.writeFiles({ "import.json": JSON.stringify({ resources }) });
    traffic(simulator);

    const file = ["--file", join(stack.directory, "import.json"), "--generate-code=false"];
    await stack.run(["import", ...file, "--yes", "--skip-preview", "--stack", "test"]);
    const certificate = present.certificatePem.replaceAll("\n", "\r\n");
    await scene.declare(
      ...[...TAKEN_OVER].map(([keyProvider, type]) => {
        const args = { cluster: "domain-c8", keyProvider, ...(type === undefined ? { certificate } : {}) };
        return { name: keyProvider, args, ...(type === undefined ? {} : { type }) };
      }),
    );
    const result = await succeeded(stack.up(["--expect-no-changes"]));
    assert.deepEqual(ops(result).sort(), ["same kms-1", "same kms-2", "same kms-3"]);
    assert.deepEqual(traffic(simulator), NOTHING);
    await succeeded(stack.refresh(["--expect-no-changes"]));
    assert.deepEqual(writes(simulator), { ...ONE_PATCH, patches: 0 });
    await stack.run(["state", "unprotect", "--all", "--yes", "--stack", "test"]);
    await scene.declare();
    await succeeded(stack.up());
  });

  it("cannot be imported by type, name and id, since the engine then asks before it knows a provider", async () => {
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
