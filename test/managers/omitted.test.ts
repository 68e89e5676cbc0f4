// SPDX-License-Identifier: Apache-2.0
// A program that was deployed from another machine, and of which something is not installed here: our package, which is among the
// devDependencies, or everything. Pulumi says in one line what is missing, and nothing is sent or lost.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import { version as sdkVersion } from "@pulumi/pulumi/version";
import type { Scene } from "../e2e/scene";
import { failed, makeScene, NOTHING, traffic } from "../e2e/scene";
import { packPackage } from "../packed-package";
import { managersEnvironment } from "./play";

const NAME = "pulumi-vsphere-trust-authority";
/** Its values are placeholders; nothing gets as far as to read them. */
const DEPLOYED = readFileSync(resolve(__dirname, "../state/0.2.0.json"), "utf8");

describe("a deployed program", () => {
  let project: string;
  let scene: Scene;

  before(async () => {
    // Outside the checkout, whose own modules would be found from below it.
    project = await realpath(await mkdtemp(join(tmpdir(), "omitted-")));
    const { archive } = await packPackage(project);
    const manifest = {
      name: "trial",
      private: true,
      main: "index.js",
      dependencies: { "@pulumi/pulumi": sdkVersion },
      devDependencies: { [NAME]: `file:${archive}` },
    };
    scene = await makeScene({ files: { "package.json": JSON.stringify(manifest) }, stack: { below: project } });
    await scene.declare();
    await scene.stack.importState(DEPLOYED);
  });
  after(async () => {
    await scene.end();
    await rm(project, { recursive: true, force: true, maxRetries: 3 });
  });

  const assertSays = async (program: RegExp, provider: RegExp): Promise<void> => {
    const { stack, simulator } = scene;
    await failed(stack.preview(), program);
    await failed(stack.refresh(), provider);
    await failed(stack.destroy(), provider);
    assert.deepEqual(traffic(simulator), NOTHING);
    assert.equal((await stack.exportState()).resource("kms-1").id, "domain-c8/kms-1");
  };

  it("says what to run on a fresh checkout, and names the module without which the state cannot be read", async () => {
    await assertSays(/Pulumi SDK has not been installed/, /Error: Cannot find module '@pulumi\/pulumi\/cmd\/dynamic/);
  });

  it("names our package if devDependencies are left out, as `production: true` does, and it is one", async () => {
    const npm = ["install", "--omit=dev", "--no-audit", "--no-fund", "--ignore-scripts"];
    await promisify(execFile)("npm", npm, { cwd: scene.stack.directory, env: managersEnvironment() });
    await assertSays(
      new RegExp(`Error: Cannot find module '${NAME}'`),
      new RegExp(`error: Cannot find module '${NAME}/lifecycle'`),
    );
  });
});
