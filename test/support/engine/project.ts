// SPDX-License-Identifier: Apache-2.0

// The project directory of a stack: either one that exists and is run where it is, without a file being added to it,
// or one made of files that a test gives.

import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, resolve } from "node:path";
import type { StackDirectories } from "./environment";

/** From where `@pulumi/pulumi` and the workspace's package resolve upward, as in a user's own repository. */
const inCheckout = resolve(__dirname, "../../../.cache/e2e");

/** An existing directory with a Pulumi.yaml, or the files of a new one: path → content. */
export type Program = string | Readonly<Record<string, string>>;

/** Everything of one stack on disk. */
export interface Project extends StackDirectories {
  /** Where `pulumi up` and its like run. */
  readonly directory: string;
  /** Where the stack's own settings file is: the same directory, or for an existing project one beside the state. */
  readonly settings: string;
  readonly remove: () => Promise<void>;
}

/** What a program made of files gets unless it brings its own. */
const defaults: Readonly<Record<string, string>> = {
  "Pulumi.yaml": "name: trial\nruntime: nodejs\n",
  "package.json": '{ "name": "trial", "private": true, "main": "index.js" }\n',
};

/**
 * Makes the directories of a stack.
 *
 * @param below - where a program made of files lies; its modules resolve upward from there.
 */
export async function makeProject(program: Program, below: string = inCheckout): Promise<Project> {
  const inPlace = typeof program === "string";
  const parent = inPlace ? tmpdir() : below;
  await mkdir(parent, { recursive: true });
  const root = await mkdtemp(resolve(parent, "stack-"));
  const settings = resolve(root, "project");
  const directories: StackDirectories = {
    home: resolve(root, "home"),
    pulumiHome: resolve(root, "pulumi-home"),
    state: resolve(root, "state"),
    temporary: resolve(root, "temporary"),
  };
  for (const directory of [settings, ...Object.values<string>({ ...directories })]) await mkdir(directory);
  if (inPlace) await copyFile(resolve(program, "Pulumi.yaml"), resolve(settings, "Pulumi.yaml"));
  else await writeFiles(settings, { ...defaults, ...program });
  return {
    directory: inPlace ? resolve(program) : settings,
    settings,
    ...directories,
    remove: () => rm(root, { recursive: true, force: true, maxRetries: 3 }),
  };
}

/**
 * Writes files, replacing those that exist.
 *
 * @param files - path → content; a key file is readable by its owner only, as everything written here.
 */
export async function writeFiles(directory: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    const file = resolve(directory, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content, { mode: 0o600 });
  }
}

/** Returns the content of every file below a directory, one after the other. */
export async function readAll(directory: string): Promise<string> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => resolve(entry.parentPath, entry.name));
  return (await Promise.all(files.map((file) => readFile(file, "utf8")))).join("\n");
}
