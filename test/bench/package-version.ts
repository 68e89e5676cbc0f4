// SPDX-License-Identifier: Apache-2.0
// The version of a package that takes part, as it is installed.

import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const ROOT = resolve(__dirname, "../..");

/**
 * Reads the installed version. By path, since not every package exports its `package.json`.
 *
 * @param name - the package's name
 * @param from - the workspace that uses it, relative to the checkout; default the root
 */
export function packageVersion(name: string, from = "."): string {
  const own = join(ROOT, from, "node_modules", name, "package.json");
  const file = existsSync(own) ? own : join(ROOT, "node_modules", name, "package.json");
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}
