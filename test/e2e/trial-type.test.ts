// SPDX-License-Identifier: Apache-2.0
// Adding a type takes its own file and one line: here it is done to a copy of the compiled package, and the type lives a
// whole life on the real engine, in one process and one session with a KmsClientCertificate.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { ModuleKind, ScriptTarget, transpileModule } from "typescript";
import { makeCertificate } from "../fixtures/certificates/make";
import type { Scene } from "./scene";
import { argsOf, makeScene, NOTHING, ONE_PATCH, ops, succeeded, traffic, writes } from "./scene";

const PROVIDER = join(__dirname, "../../provider");
const COPY = "node_modules/pulumi-vsphere-trust-authority";
/** The one line. */
const LINE = 'exports.trial = (0, provider_1.resourceProvider)(shared, require("../trial").trial);\n';

/** The package as it is compiled, with the trial type in it. */
function packageWithTrial(): Readonly<Record<string, string>> {
  const files: Record<string, string> = {
    [`${COPY}/package.json`]: readFileSync(join(PROVIDER, "package.json"), "utf8"),
    [`${COPY}/node_modules/undici/index.js`]: `module.exports = require(${JSON.stringify(require.resolve("undici", { paths: [PROVIDER] }))});\n`,
  };
  for (const name of readdirSync(join(PROVIDER, "dist"), { recursive: true, encoding: "utf8" })) {
    if (name.endsWith(".js")) files[`${COPY}/dist/${name}`] = readFileSync(join(PROVIDER, "dist", name), "utf8");
  }
  const source = readFileSync(join(__dirname, "trial-type.ts"), "utf8").replaceAll("../../provider/src/", "./");
  const compilerOptions = { module: ModuleKind.CommonJS, target: ScriptTarget.ES2022 };
  files[`${COPY}/dist/trial.js`] = transpileModule(source, { compilerOptions }).outputText;
  const index = `${COPY}/dist/lifecycle/index.js`;
  files[index] = (files[index] ?? "") + LINE;
  return files;
}

describe("a type that is its own file and one line", () => {
  let scene: Scene;

  before(async () => {
    scene = await makeScene({ program: "trial.js", files: packageWithTrial(), stack: { inline: true } });
    const watched = { cluster: "domain-c8", keyProvider: "kms-1", note: "one" };
    await scene.declare({ name: "kms", args: argsOf(await makeCertificate()) }, { name: "watch", args: watched });
  });
  after(() => scene.end());

  it("is of 60 lines at most", () => {
    assert.ok(readFileSync(join(__dirname, "trial-type.ts"), "utf8").split("\n").length <= 60);
  });

  it("is previewed, created, left alone, refreshed and destroyed, with one login for both types", async () => {
    const { simulator, stack } = scene;
    await succeeded(stack.preview());
    assert.deepEqual(traffic(simulator), NOTHING);
    const created = await succeeded(stack.up());
    assert.deepEqual(
      ops(created)
        .filter((op) => !op.includes("trial-test"))
        .sort(),
      ["create kms", "create watch"],
    );
    assert.deepEqual(writes(simulator), ONE_PATCH);
    await succeeded(stack.up(["--expect-no-changes"]));
    assert.deepEqual(traffic(simulator), NOTHING);
    await succeeded(stack.refresh(["--expect-no-changes"]));
    const { logins, patches, sessions } = traffic(simulator);
    assert.deepEqual({ logins, patches, sessions }, { logins: 1, patches: 0, sessions: 0 });
    await succeeded(stack.destroy());
    assert.deepEqual(traffic(simulator), NOTHING);
  });
});
