// SPDX-License-Identifier: Apache-2.0
// Runs one of the plain Node programs of `programs/` in a process of its own, as Pulumi runs the compiled package.

import { spawn } from "node:child_process";
import { resolve } from "node:path";

/** The workspace's root: the package resolves by its name from here. */
export const CHECKOUT = resolve(__dirname, "../../..");

/** What a child is started with. */
export interface ChildOptions {
  readonly args?: readonly string[];
  /** Added to this process's variables. */
  readonly environment?: NodeJS.ProcessEnv;
  /** What it reads from stdin; default nothing. */
  readonly input?: string;
}

/**
 * Runs a program to its end.
 *
 * @param program - a file of `programs/`
 * @param options - see {@link ChildOptions}
 * @returns the JSON that it printed
 * @throws Error with what it wrote to stderr, where it failed
 */
export function runChild(program: string, options: ChildOptions = {}): Promise<unknown> {
  const { args = [], environment = {}, input = "" } = options;
  return new Promise((resolved, reject) => {
    const child = spawn(process.execPath, [programPath(program), ...args], {
      cwd: CHECKOUT,
      env: { ...process.env, ...environment, NODE_OPTIONS: "" },
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.once("error", reject);
    child.once("close", (status) => {
      if (status === 0) resolved(JSON.parse(stdout));
      else reject(new Error(`${program} ended with ${String(status)}:\n${stderr}`));
    });
    child.stdin.end(input);
  });
}

/**
 * The path of a program.
 *
 * @param name - a file of `programs/`
 */
export function programPath(name: string): string {
  return resolve(__dirname, "programs", name);
}
