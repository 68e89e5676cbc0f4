// SPDX-License-Identifier: Apache-2.0
// docs/first-program.md, done literally: its commands and its program, in an empty home, with the packed package. It costs as
// much as a small suite, so `npm run managers` runs it, and not `npm test`.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import { makeCertificate } from "../fixtures/certificates/make";
import { packPackage } from "../packed-package";
import { findPulumiCli } from "../pulumi-cli/index";
import type { Simulator } from "../simulator/src/index";
import { startSimulator } from "../simulator/src/index";
import { readPages } from "../support/documents/pages";
import { vcenterEnvironment } from "../support/vcenter-environment";
import { takeTraffic } from "../support/traffic";
import { managersEnvironment } from "./play";

const execute = promisify(execFile);
const page = readPages().find(({ file }) => file === "docs/first-program.md");
const [, , program = "", code = "", doctor = "", up = "", rotate = "", drift = "", end = ""] = (page?.blocks ?? []).map(
  ({ text }) => text,
);
const makePair = program.slice(program.indexOf("openssl "));
/** They last for a reader, who has one terminal. */
const exports = up.replace(/^(?!export ).*\n/gm, "");
/** The page says so for this Node. */
const SDK = Number.parseInt(process.versions.node) < 22 ? "@pulumi/pulumi@3.248.0" : "@pulumi/pulumi";

describe("docs/first-program.md", () => {
  let folder: string;
  let simulator: Simulator;
  let environment: NodeJS.ProcessEnv;
  /** What the commands print; they end with 0. */
  const bash = async (...scripts: readonly string[]): Promise<string> => {
    const options = { cwd: folder, env: environment };
    return (await execute("bash", ["-euc", scripts.join("\n")], options)).stdout;
  };
  const patches = (): number => takeTraffic(simulator).patches;

  before(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), "first-program-")));
    simulator = await startSimulator();
    const [{ directories }, cache] = await Promise.all([findPulumiCli(), execute("npm", ["config", "get", "cache"])]);
    const { PATH = "", ...rest } = managersEnvironment();
    environment = {
      ...rest,
      PATH: [...directories, dirname(process.execPath), PATH].join(delimiter),
      HOME: join(folder, "home"),
      // Saves the downloads.
      npm_config_cache: cache.stdout.trim(),
      PULUMI_SKIP_UPDATE_CHECK: "true",
      ...vcenterEnvironment(simulator),
    };
    await mkdir(join(folder, "home"));
  });
  after(async () => {
    try {
      simulator.assertClean();
    } finally {
      await simulator.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    }
  });

  it("leads to a certificate on the hosts, and to the next one", async () => {
    const { archive } = await packPackage(folder);
    const install = program.replace(/\/path\/to\/\S+\.tgz @pulumi\/pulumi/, `${archive} ${SDK}`);
    assert.notEqual(install, program);
    const doctorSays = await bash(install, `cat > index.ts <<'PROGRAM'\n${code}PROGRAM`, doctor);
    assert.doesNotMatch(doctorSays, /^ERROR/m);
    assert.match(doctorSays, /^ok +login: /m);
    assert.match(await bash("cd first-program", up), /\+ 2 created[^]*2 unchanged[^]*2 unchanged/);
    assert.equal(patches(), 1);
    assert.match(await bash("cd first-program", exports, makePair, rotate), /diff: ~certificate[^]*1 updated/);
    assert.equal(patches(), 1);
  });

  it("finds drift, puts it right, and ends", async () => {
    simulator.setCertificate((await makeCertificate()).certificatePem);
    const [look = "", repair = ""] = drift.trim().split("\n");
    await assert.rejects(bash("cd first-program", exports, look), /no changes were expected/);
    await bash("cd first-program", exports, repair);
    assert.equal(patches(), 1);
    assert.match(await bash("cd first-program", exports, end), /the certificate stays on the hosts/);
    assert.equal(patches(), 0);
  });
});
