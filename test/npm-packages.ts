// SPDX-License-Identifier: Apache-2.0
// Packages of the npm registry that only one test needs, each set in a directory of its own in the checkout's cache: what is
// too large for `npm ci`, or not for the Node that runs the tests.

import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { cacheEntry } from "./pulumi-cli/cache";

const CACHE = resolve(__dirname, "../.cache/npm-packages");
/** A registry that takes longer does not answer, milliseconds. */
const WITHIN_MS = 4 * 60_000;

/**
 * The directory that holds packages in its `node_modules`; fetched once. No script of theirs runs.
 *
 * @param name - of the set; it must name the versions
 * @param packages - each with its exact version, as for `npm install`
 */
export async function fetchPackages(name: string, packages: readonly string[]): Promise<string> {
  await mkdir(CACHE, { recursive: true });
  const install = async (staging: string): Promise<void> => {
    await writeFile(join(staging, "package.json"), '{ "private": true }\n');
    const options = ["--no-audit", "--no-fund", "--ignore-scripts", "--no-package-lock", "--save-exact"];
    await promisify(execFile)("npm", ["install", ...options, ...packages], {
      cwd: staging,
      // npm runs on the Node of the tests, not on that which the packages are for.
      env: { ...process.env, npm_config_engine_strict: "false" },
      timeout: WITHIN_MS,
    });
  };
  return cacheEntry(join(CACHE, name), install, (line) => process.stderr.write(`npm packages: ${line}\n`));
}
