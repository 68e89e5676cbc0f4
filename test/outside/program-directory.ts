// SPDX-License-Identifier: Apache-2.0
// A program's directory as `doctor` finds it, and a Pulumi CLI that only says its version.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** What differs from a directory in which all is well. */
export interface DirectoryOptions {
  readonly cli?: string | undefined;
  readonly sdk?: string | undefined;
  /** Where the package is listed; default `dependencies`. */
  readonly listed?: "dependencies" | "devDependencies" | "nowhere";
  readonly installed?: boolean;
  /** More files. */
  readonly files?: Readonly<Record<string, string>>;
}

/** A directory on disk. */
export interface ProgramDirectory {
  readonly path: string;
  /** The `PATH` on which its CLI is the only program. */
  readonly PATH: string;
  readonly remove: () => void;
}

const PACKAGE = "pulumi-vsphere-trust-authority";

/** Makes a directory. */
export function makeProgramDirectory(options: DirectoryOptions = {}): ProgramDirectory {
  const { cli = "3.274.1", sdk = "3.248.0", listed = "dependencies", installed = true } = options;
  const path = mkdtempSync(join(tmpdir(), "program-"));
  const lists = listed === "nowhere" ? {} : { [listed]: { [PACKAGE]: "^0.2.0" } };
  const files: Record<string, string> = { "package.json": JSON.stringify(lists), ...options.files };
  if (sdk !== "") files["node_modules/@pulumi/pulumi/package.json"] = JSON.stringify({ version: sdk });
  if (installed) {
    files[`node_modules/${PACKAGE}/package.json`] = JSON.stringify({ exports: { "./lifecycle": "./lifecycle.js" } });
    files[`node_modules/${PACKAGE}/lifecycle.js`] = "";
  }
  if (cli !== "") files["bin/pulumi"] = `#!/bin/sh\necho v${cli}\n`;
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), text, { mode: 0o755 });
  }
  return {
    path,
    PATH: join(path, "bin"),
    remove: () => {
      rmSync(path, { recursive: true });
    },
  };
}
