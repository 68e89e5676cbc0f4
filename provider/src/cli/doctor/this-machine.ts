// SPDX-License-Identifier: Apache-2.0
// This machine and the program's directory: Node, the Pulumi CLI, the SDK, and how the package is installed.

import { execFile } from "node:child_process";
import type { ExecFileException } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Surroundings } from "../surroundings";
import { bad, ok } from "./finding";
import type { Finding } from "./finding";

const PACKAGE = "pulumi-vsphere-trust-authority";
/** From this release on the SDK needs Node 22. Source: pulumi/pulumi#23722. */
const SDK_FOR_NODE_22 = "3.249.0";
/** The lowest release of the peer dependency. */
const OLDEST_SDK = "3.216.0";
/** From this release on `pulumi import --file` takes inputs and outputs. */
const CLI_FOR_IMPORT = "3.254.0";
/** A CLI on a network share that does not answer must not delay the other checks. */
const CLI_TIMEOUT_MS = 10_000;

/** @internal */
export async function checkThisMachine(surroundings: Surroundings, nodeVersion: string): Promise<Finding[]> {
  const { environment, directory } = surroundings;
  return [
    checkNode(nodeVersion),
    await checkCli(environment),
    checkSdk(directory, nodeVersion),
    ...checkInstallation(surroundings),
  ];
}

function checkNode(version: string): Finding {
  const found = `Node ${version}`;
  if (isOlder(version, "20.20.0"))
    return bad("error", "node", `${found} is too old`, "install Node 22, 24 or 26; 20.20 is the oldest that works");
  return isOlder(version, "22.0.0")
    ? bad("warning", "node", `${found}: past its end of life since 2026-04-30`, "install Node 22, 24 or 26")
    : ok("node", found);
}

async function checkCli(environment: NodeJS.ProcessEnv): Promise<Finding> {
  const check = "pulumi-cli";
  const { error, stdout } = await new Promise<{ error: ExecFileException | null; stdout: string }>((resolve) => {
    const options = { env: { ...environment, PULUMI_SKIP_UPDATE_CHECK: "true" }, timeout: CLI_TIMEOUT_MS };
    execFile("pulumi", ["version"], options, (error, stdout) => {
      resolve({ error, stdout });
    });
  });
  if (error?.code === "ENOENT") {
    return bad("error", check, "no Pulumi CLI on the PATH", "install it: https://www.pulumi.com/docs/install/");
  }
  const version = stdout.trim().replace(/^v/, "");
  if (error !== null || !/^\d+\.\d+\.\d+/.test(version)) {
    const fix = "run it to see why, or install the CLI again: https://www.pulumi.com/docs/install/";
    return bad("error", check, "the Pulumi CLI is on the PATH, but `pulumi version` prints no version", fix);
  }
  return isOlder(version, CLI_FOR_IMPORT)
    ? bad(
        "warning",
        check,
        `Pulumi CLI ${version}: it works, but taking over what is there (\`pulumi import --file\`) needs 3.254`,
        "update it: https://www.pulumi.com/docs/install/",
      )
    : ok(check, `Pulumi CLI ${version}`);
}

function checkSdk(directory: string, nodeVersion: string): Finding {
  const check = "pulumi-sdk";
  const file = resolved(directory, "@pulumi/pulumi/package.json");
  if (file === undefined) {
    return bad(
      "error",
      check,
      `@pulumi/pulumi is not found from ${directory}`,
      "run `npm ci` (or your package manager) in the program's directory",
    );
  }
  const { version = "0.0.0" } = readJson(file);
  const found = `@pulumi/pulumi ${version}`;
  if (isOlder(version, OLDEST_SDK))
    return bad("error", check, `${found} is too old`, `run \`npm install @pulumi/pulumi@^${OLDEST_SDK}\``);
  return !isOlder(version, SDK_FOR_NODE_22) && isOlder(nodeVersion, "22.0.0")
    ? bad(
        "error",
        check,
        `${found} needs Node 22`,
        "install Node 22 or later, or run `npm install @pulumi/pulumi@3.248.0`",
      )
    : ok(check, found);
}

/** What the provider process needs: it requires the package from the program's directory, with plain Node. */
function checkInstallation({ directory, environment }: Surroundings): Finding[] {
  const check = "package";
  const root = directoryWith(directory, "package.json");
  const findings: Finding[] = [];
  const pnp = [".pnp.cjs", ".pnp.js"].find((name) => directoryWith(directory, name) !== undefined);
  if (pnp !== undefined) {
    // The provider process inherits NODE_OPTIONS, in which yarn puts the hook that finds packages.
    const isHooked = /\.pnp\.c?js/.test(environment["NODE_OPTIONS"] ?? "");
    const found = isHooked
      ? `Yarn Plug'n'Play (${pnp}): Pulumi finds packages only if it is started by yarn, as doctor was now`
      : `Yarn Plug'n'Play (${pnp}), and not started by yarn: Pulumi's provider process finds no package`;
    const fix = "run `yarn pulumi up`, or set `nodeLinker: node-modules` in .yarnrc.yml and run `yarn install`";
    findings.push(bad(isHooked ? "warning" : "error", "yarn", found, fix));
  }
  const manifest = root === undefined ? {} : readJson(join(root, "package.json"));
  const isDirect = manifest.dependencies?.[PACKAGE] !== undefined;
  const isForDevelopment = manifest.devDependencies?.[PACKAGE] !== undefined;
  if (isForDevelopment && skipsDevelopment(directory)) {
    findings.push(
      bad(
        "error",
        check,
        `${PACKAGE} is among devDependencies, and Pulumi.yaml has \`production: true\`, which skips them`,
        `run \`npm install --save-prod ${PACKAGE}\``,
      ),
    );
  } else if (isForDevelopment) {
    findings.push(
      bad(
        "warning",
        check,
        `${PACKAGE} is among devDependencies: refresh and destroy fail if they are not installed`,
        `run \`npm install --save-prod ${PACKAGE}\``,
      ),
    );
  } else if (!isDirect) {
    findings.push(
      bad(
        "error",
        check,
        `${PACKAGE} is not a direct dependency of the program in ${directory}`,
        `run \`npm install ${PACKAGE}\` there`,
      ),
    );
  }
  if (pnp === undefined && resolved(directory, `${PACKAGE}/lifecycle`) === undefined) {
    findings.push(
      bad(
        "error",
        check,
        `${PACKAGE}/lifecycle is not found from ${directory}`,
        "run `npm ci` (or your package manager) in the program's directory; refresh and destroy need it, too",
      ),
    );
  }
  return findings.length > 0 ? findings : [ok(check, `${PACKAGE} is a direct dependency, and is found`)];
}

interface Manifest {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** No YAML library is worth this one line of a Pulumi.yaml. */
function skipsDevelopment(directory: string): boolean {
  const root = directoryWith(directory, "Pulumi.yaml");
  return root !== undefined && /^\s*production:\s*["']?true\b/m.test(readFileSync(join(root, "Pulumi.yaml"), "utf8"));
}

function readJson(file: string): Manifest {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Manifest;
  } catch {
    return {};
  }
}

function resolved(directory: string, name: string): string | undefined {
  try {
    return createRequire(join(directory, "program.js")).resolve(name);
  } catch {
    return undefined;
  }
}

/** The directory or the next one above that holds a file. */
function directoryWith(directory: string, name: string): string | undefined {
  if (existsSync(join(directory, name))) return directory;
  const above = dirname(directory);
  return above === directory ? undefined : directoryWith(above, name);
}

/** Whether a version is older, by its three numbers. */
function isOlder(version: string, than: string): boolean {
  const [a, b] = [version, than].map((text) => text.split(/[.-]/).slice(0, 3).map(Number));
  for (let index = 0; index < 3; index += 1) {
    const difference = (a?.[index] ?? 0) - (b?.[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
