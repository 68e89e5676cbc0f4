// SPDX-License-Identifier: Apache-2.0
// The test files below a folder, and all of them in one process.

import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative } from "node:path";
import { describe } from "node:test";

/** Returns their paths, sorted. @throws Error if there is none */
export function testFilesBelow(folder: string): readonly string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".test.ts"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  if (files.length === 0) throw new Error(`${folder} has no test file`);
  return files;
}

/** Loads them all, each as a suite with its name. */
export function loadTestFilesBelow(folder: string): void {
  const load = createRequire(__filename);
  for (const file of testFilesBelow(folder)) {
    describe(relative(folder, file), () => {
      load(file);
    });
  }
}
