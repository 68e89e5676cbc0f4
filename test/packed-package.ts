// SPDX-License-Identifier: Apache-2.0
// Our package as people get it: what `npm pack` makes of the build.

import { execFile } from "node:child_process";
import { mkdtemp, rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { promisify } from "node:util";

const execute = promisify(execFile);
/** Where the package's sources stand. */
export const PROVIDER: string = resolve(__dirname, "../provider");

/** A packed package. */
export interface Packed {
  /** Path of the archive. */
  readonly archive: string;
  /** Its files, sorted. */
  readonly files: readonly string[];
}

/** Packs the package. */
export async function packPackage(folder: string): Promise<Packed> {
  const options = ["--ignore-scripts", "--json", "--pack-destination", folder];
  const { stdout } = await execute("npm", ["pack", ...options], { cwd: PROVIDER, maxBuffer: 16 * 1024 * 1024 });
  const [{ filename, files }] = JSON.parse(stdout) as [
    { readonly filename: string; readonly files: readonly { readonly path: string }[] },
  ];
  return { archive: join(folder, filename), files: files.map(({ path }) => path).sort() };
}

/**
 * Packs the package and unpacks it again.
 *
 * @param place - becomes the package's directory; what is there goes away
 */
export async function installPacked(place: string): Promise<void> {
  const scratch = await mkdtemp(`${dirname(place)}/.packed-`);
  try {
    const { archive } = await packPackage(scratch);
    await execute("tar", ["-xzf", basename(archive)], { cwd: scratch });
    await rm(place, { recursive: true, force: true });
    await rename(join(scratch, "package"), place);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
