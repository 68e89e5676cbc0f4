// SPDX-License-Identifier: Apache-2.0
// Programs that read certificate and key as other TLS libraries do. Each is started once for all pairs.

import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

/** The tests' own environment has `cryptography`; another python may have it. */
const OWN_PYTHON = join(__dirname, "../../../../.cache/python-sdk/bin/python");

export interface Reader {
  readonly name: string;
  readonly isHere: boolean;
  readonly command: readonly [program: string, ...options: string[]];
}

function reader(name: string, program: string, version: string, ...options: string[]): Reader {
  return { name, isHere: spawnSync(program, [version]).status === 0, command: [program, ...options] };
}

const python = existsSync(OWN_PYTHON) ? OWN_PYTHON : "python3";
export const READERS: readonly Reader[] = [
  reader("Python", python, "--version", "-W", "ignore", join(__dirname, "read-pairs.py")),
  reader("Go", "go", "version", "run", join(__dirname, "read-pairs.go")),
  reader("Java", "java", "-version", join(__dirname, "ReadPairs.java")),
];

/**
 * Returns for each pair why it was not read; an empty text if it was.
 *
 * @param pairs - names of a certificate's file and of its key's.
 */
export function problemsOf(
  { command: [program, ...options] }: Reader,
  folder: string,
  pairs: readonly (readonly [certificate: string, key: string])[],
): readonly string[] {
  const input = pairs.map((pair) => `${pair.join(" ")}\n`).join("");
  const output = execFileSync(program, options, { cwd: folder, encoding: "utf8", input });
  return output.split(/\r?\n/).slice(0, -1);
}
