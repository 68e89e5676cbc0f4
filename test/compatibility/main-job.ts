// SPDX-License-Identifier: Apache-2.0
// The job that people have this package for, on one pair of Node and SDK, with every type of resource, a function and the
// command line: preview, up, no-op, rotation, refresh, import and destroy, each with the requests that it takes and no more.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { labCaFiles } from "../e2e/lab-ca";
import type { Scene } from "../e2e/scene";
import { makeScene, NOTHING, ops, readProgram, succeeded, traffic, writes } from "../e2e/scene";
import { fingerprintOfPem, makeCertificate } from "../fixtures/certificates/make";
import { nodeDirectory, projectDirectory } from "./install";

const TARGET = { cluster: "domain-c8", keyProvider: "kms-3" };
/** `kms-3` is a pair of the program's; `request`, `signed` and `own` are made by the hosts. */
const ALL = ["kms-3", "own", "request", "signed"];
const WRITES_OF_ALL = { logins: 1, patches: 2, posts: 2, sessions: 0 };
const ONE_LOGIN = { ...WRITES_OF_ALL, patches: 0, posts: 0 };
const PROGRAM = `
const { lookUp } = require("./settings.json");
const ta = require("pulumi-vsphere-trust-authority");
module.exports = {
  ...require("./declare.js"),
  ...require("./made-by-hosts.js"),
  node: process.versions.node,
  sdk: require("@pulumi/pulumi/version").version,
  path: require.resolve("pulumi-vsphere-trust-authority"),
  ...(lookUp && { live: ta.getKmsClientCertificateOutput(${JSON.stringify(TARGET)}).sha256Fingerprint }),
};
`;

/**
 * Does the job; fails with what went wrong.
 *
 * @param node - version of Node, for program, provider and command line
 */
export async function doMainJob(node: string, sdk: string): Promise<void> {
  const below = await projectDirectory(sdk);
  const bin = await nodeDirectory(node);
  const programs = { "declare.js": readProgram("declare.js"), "made-by-hosts.js": readProgram("made-by-hosts.js") };
  const scene = await makeScene({
    files: { "index.js": PROGRAM, ...programs, ...(await labCaFiles()) },
    stack: { below, nodeDirectory: bin },
  });
  try {
    await createAndRotate(scene);
    const { path, ...versions } = await scene.stack.outputs();
    assert.deepEqual([versions["node"], versions["sdk"]], [node, sdk]);
    assert.ok(String(path).startsWith(below), "the packed package is the one that was used");
    await refreshAndLookUp(scene);
    const command = join(below, "node_modules/pulumi-vsphere-trust-authority/bin.cjs");
    await importAndDestroy(scene, [join(bin, "node"), command]);
  } finally {
    await scene.end();
  }
}

/** Of `made-by-hosts.js`, and whether the program looks a certificate up. */
const settings = (rotation: string, lookUp: boolean): string => JSON.stringify({ rotation, lookUp });

async function createAndRotate({ stack, simulator, declare }: Scene): Promise<void> {
  for (const op of ["create", "update"]) {
    const { certificatePem: certificate, privateKeyPem, fingerprint } = await makeCertificate();
    await stack.writeFiles({ "kms.key": privateKeyPem, "settings.json": settings(op, false) });
    await declare({ name: "kms-3", args: { ...TARGET, certificate, privateKeyFile: "kms.key" } });
    const steps = ALL.map((name) => `${op} ${name}`);
    assert.deepEqual(ops(await succeeded(stack.preview())).sort(), steps);
    assert.deepEqual(traffic(simulator), NOTHING);
    assert.deepEqual(ops(await succeeded(stack.up())).sort(), steps);
    assert.deepEqual(writes(simulator), WRITES_OF_ALL);
    const { "kms-3": kms, signed, own } = await stack.outputs();
    const live = ["kms-3", "kms-1", "kms-2"].map((name) => fingerprintOfPem(simulator.certificate("domain-c8", name)));
    assert.deepEqual([kms, signed, own], live);
    assert.equal(kms, fingerprint);
  }
  await succeeded(stack.up(["--expect-no-changes"]));
  assert.deepEqual(traffic(simulator), NOTHING);
}

async function refreshAndLookUp({ stack, simulator }: Scene): Promise<void> {
  await succeeded(stack.refresh(["--expect-no-changes"]));
  assert.deepEqual(writes(simulator), ONE_LOGIN);

  await stack.writeFiles({ "settings.json": settings("update", true) });
  await succeeded(stack.up(["--expect-no-changes"]));
  const { "kms-3": kms, live } = await stack.outputs();
  assert.equal(live, kms);
  assert.deepEqual(writes(simulator), ONE_LOGIN);
  await stack.writeFiles({ "settings.json": settings("update", false) });
}

async function importAndDestroy({ stack, simulator }: Scene, [node, bin]: [node: string, bin: string]): Promise<void> {
  const kms = (await stack.exportState()).resource("kms-3");
  await stack.run(["state", "delete", kms.urn, "--yes", "--stack", "test"]);
  const which = ["--cluster", TARGET.cluster, "--key-provider", TARGET.keyProvider];
  const { stdout } = await promisify(execFile)(node, [bin, "import-file", ...which], { env: stack.environment() });
  await stack.writeFiles({ "import.json": stdout });
  assert.deepEqual(writes(simulator), ONE_LOGIN);
  const asked = ["--file", "import.json", "--protect=false", "--generate-code=false", "--skip-preview", "--yes"];
  await stack.run(["import", ...asked, "--stack", "test"]);
  assert.deepEqual(
    ops(await succeeded(stack.up(["--expect-no-changes"]))).sort(),
    ALL.map((name) => `same ${name}`),
  );
  assert.deepEqual(traffic(simulator), NOTHING);

  assert.deepEqual(
    ops(await succeeded(stack.destroy())).sort(),
    ALL.map((name) => `delete ${name}`),
  );
  assert.deepEqual(traffic(simulator), NOTHING);
}
