// SPDX-License-Identifier: Apache-2.0
// The job that people have this package for, on one pair of Node and SDK: preview, up, no-op, rotation, refresh, import and
// destroy, each with the requests that it takes and no more.

import assert from "node:assert/strict";
import { makeCertificate } from "../fixtures/certificates/make";
import type { Scene } from "../e2e/scene";
import { makeScene, NOTHING, ONE_PATCH, ops, readProgram, succeeded, traffic, writes } from "../e2e/scene";
import type { StateResource } from "../support/engine/index";
import { nodeDirectory, projectDirectory } from "./install";

const TARGET = { cluster: "domain-c8", keyProvider: "kms-1" };
const PROGRAM = `
module.exports = {
  ...require("./declare.js"),
  node: process.versions.node,
  sdk: require("@pulumi/pulumi/version").version,
  path: require.resolve("pulumi-vsphere-trust-authority"),
};
`;

/**
 * Does the job; fails with what went wrong.
 *
 * @param node - version of Node, for program and provider
 * @param sdk - version of `@pulumi/pulumi`
 */
export async function doMainJob(node: string, sdk: string): Promise<void> {
  const below = await projectDirectory(sdk);
  const scene = await makeScene({
    files: { "index.js": PROGRAM, "declare.js": readProgram("declare.js") },
    stack: { below, nodeDirectory: await nodeDirectory(node) },
  });
  try {
    await createAndRotate(scene);
    const { kms, path, ...versions } = await scene.stack.outputs();
    assert.deepEqual(versions, { node, sdk });
    assert.ok(String(path).startsWith(below) && kms !== undefined, "the packed package is the one that was used");
    await refreshImportAndDestroy(scene);
  } finally {
    await scene.end();
  }
}

async function createAndRotate({ stack, simulator, declare }: Scene): Promise<void> {
  for (const op of ["create", "update"]) {
    const { certificatePem: certificate, privateKeyPem, fingerprint } = await makeCertificate();
    await stack.writeFiles({ "kms.key": privateKeyPem });
    await declare({ name: "kms", args: { ...TARGET, certificate, privateKeyFile: "kms.key" } });
    assert.deepEqual(ops(await succeeded(stack.preview())), [`${op} kms`]);
    assert.deepEqual(traffic(simulator), NOTHING);
    assert.deepEqual(ops(await succeeded(stack.up())), [`${op} kms`]);
    assert.deepEqual(writes(simulator), ONE_PATCH);
    assert.equal((await stack.outputs())["kms"], fingerprint);
  }
  await succeeded(stack.up(["--expect-no-changes"]));
  assert.deepEqual(traffic(simulator), NOTHING);
}

async function refreshImportAndDestroy({ stack, simulator }: Scene): Promise<void> {
  await succeeded(stack.refresh(["--expect-no-changes"]));
  assert.deepEqual(writes(simulator), { ...ONE_PATCH, patches: 0 });

  const kms = (await stack.exportState()).resource("kms");
  await stack.run(["state", "delete", kms.urn, "--yes", "--stack", "test"]);
  await stack.writeFiles({ "import.json": importFile(kms) });
  const asked = ["--file", "import.json", "--protect=false", "--generate-code=false", "--skip-preview", "--yes"];
  await stack.run(["import", ...asked, "--stack", "test"]);
  assert.deepEqual(ops(await succeeded(stack.up(["--expect-no-changes"]))), ["same kms"]);
  assert.deepEqual(traffic(simulator), NOTHING);

  assert.deepEqual(ops(await succeeded(stack.destroy())), ["delete kms"]);
  assert.deepEqual(traffic(simulator), NOTHING);
}

/** With inputs and outputs the engine (3.254 and later) asks nobody. */
function importFile({ type, id, inputs, outputs }: StateResource): string {
  return JSON.stringify({ resources: [{ type, name: "kms", id, inputs, outputs }] });
}
