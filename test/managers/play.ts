// SPDX-License-Identifier: Apache-2.0
// Installs a program in one way, and runs it.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { version as sdkVersion } from "@pulumi/pulumi/version";
import { makeScene, NOTHING, ONE_PATCH, readProgram, succeeded, traffic, writes } from "../e2e/scene";
import type { Scene } from "../e2e/scene";
import { makeCertificate } from "../fixtures/certificates/make";
import { fetchPackages } from "../npm-packages";
import { packPackage } from "../packed-package";
import type { Way } from "./rows";

/** A registry that takes longer does not answer, milliseconds. */
const INSTALL_WITHIN_MS = 4 * 60_000;

/** Plays one way to its end: create, no-op, refresh and destroy, or the sentence. */
export async function play(way: Way): Promise<void> {
  // Outside the checkout, whose own modules would be found from below it.
  const project = await realpath(await mkdtemp(join(tmpdir(), "managed-")));
  try {
    await install(way, project);
    const scene = await makeScene({ stack: { below: project, environment: way.environment?.(project) ?? {} } });
    try {
      await run(scene, way);
    } finally {
      await scene.end();
    }
  } finally {
    await rm(project, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function run({ stack, simulator, declare }: Scene, { ends }: Way): Promise<void> {
  const { certificatePem: certificate, privateKeyPem } = await makeCertificate();
  await stack.writeFiles({ "kms.key": privateKeyPem, "index.js": readProgram("declare.js") });
  await declare({
    name: "kms",
    args: { cluster: "domain-c8", keyProvider: "kms-1", certificate, privateKeyFile: "kms.key" },
  });
  if (ends !== undefined) {
    const { status, stdout, stderr } = await stack.up();
    assert.notEqual(status, 0);
    assert.match(stdout + stderr, ends);
    assert.deepEqual(traffic(simulator), NOTHING);
    return;
  }
  await succeeded(stack.up());
  assert.deepEqual(writes(simulator), ONE_PATCH);
  await succeeded(stack.up(["--expect-no-changes"]));
  assert.deepEqual(traffic(simulator), NOTHING);
  await succeeded(stack.refresh(["--expect-no-changes"]));
  await succeeded(stack.destroy());
}

async function install({ tool, bin, args, files }: Way, project: string): Promise<void> {
  const { archive } = await packPackage(project);
  const ours = { "pulumi-vsphere-trust-authority": `file:${archive}` };
  const sdk = { "@pulumi/pulumi": sdkVersion };
  const manifest = {
    name: "managed",
    private: true,
    main: "index.js",
    dependencies: { ...sdk, ...ours },
  };
  const all = { ...files, "package.json": JSON.stringify(manifest), "yarn.lock": "" };
  for (const [name, text] of Object.entries(all)) await writeFile(join(project, name), text);
  const options = { cwd: project, timeout: INSTALL_WITHIN_MS, maxBuffer: 16 * 1024 * 1024, env: managersEnvironment() };
  await promisify(execFile)(...(await commandOf(tool, bin, args)), options);
}

async function commandOf(
  tool: string | undefined,
  bin: string | undefined,
  args: readonly string[],
): Promise<[command: string, args: string[]]> {
  if (tool === undefined || bin === undefined) return ["npm", [...args]];
  const name = tool.replaceAll("/", "+");
  // Bun is a program of its own; its package only chooses one by the platform.
  if (bin === "bun") {
    const native = `@oven/bun-${process.platform}-${process.arch === "arm64" ? "aarch64" : process.arch}`;
    const folder = await fetchPackages(name, [`${native}@${tool.split("@").at(-1) ?? ""}`]);
    return [join(folder, "node_modules", native, "bin/bun"), [...args]];
  }
  const folder = await fetchPackages(name, [tool]);
  return [process.execPath, [join(folder, "node_modules", bin), ...args]];
}

/** What npm sets for the scripts that it runs would be taken for settings of the managers. */
export function managersEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_|^INIT_CWD$/i.test(name)));
}
