// SPDX-License-Identifier: Apache-2.0

// What a usable installation of the Pulumi CLI is, and the test whether one is. Where it comes from stands elsewhere.

import { access, constants, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import type { ToolResult } from "./run-tool";
import { runTool } from "./run-tool";

/** Where a CLI came from: found on PATH, Pulumi's own download, or built from Go modules. */
export type PulumiSource = "path" | "download" | "go";

/** A Pulumi CLI that runs Node programs with dynamic resources. */
export interface PulumiCli {
  readonly source: PulumiSource;
  /** As the CLI prints it, for example `v3.274.1`. */
  readonly version: string;
  /** Absolute path of `pulumi`. */
  readonly command: string;
  /** The directories, first one first, that must lead PATH so that `pulumi` finds its Node language host. */
  readonly directories: readonly string[];
}

/** `pulumi`, the host that runs Node programs, and the script that starts the provider process of dynamic resources. */
export const executables = ["pulumi", "pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"] as const;

/** The script is shipped in the SDK's package; an installation without it gets that one. */
export const dynamicProviderScript = resolve(require.resolve("@pulumi/pulumi"), "..", executables[2]);

/** The oldest engine that has what the tests use (`refresh --run-program`). */
const oldest = [3, 160] as const;

/**
 * Checks that a CLI is there, can run Node programs and is new enough.
 *
 * @param source - where it came from, for the answer.
 * @param searchPath - directories to look in, as in the variable PATH.
 * @returns the CLI, or one sentence saying what is missing.
 */
export async function inspectInstallation(source: PulumiSource, searchPath: string): Promise<PulumiCli | string> {
  const [command, host, script] = await Promise.all(executables.map((name) => findExecutable(name, searchPath)));
  if (command === undefined) return "there is no pulumi";
  if (host === undefined) return `${command} has no pulumi-language-nodejs beside it or on PATH`;
  const directories = [resolve(command, ".."), resolve(host, "..")];
  if (script === undefined) directories.push(resolve(dynamicProviderScript, ".."));
  const answer = await askVersion(command, searchPath);
  const version = answer.stdout.trim();
  const [, major, minor] = /^v(\d+)\.(\d+)\.\d+/.exec(version) ?? [];
  if (answer.status !== 0 || major === undefined || minor === undefined) {
    return `${command} does not tell its version (${(answer.stderr.trim() || version).slice(0, 200)})`;
  }
  if (Number(major) !== oldest[0] || Number(minor) < oldest[1]) {
    return `${command} is ${version}, and the tests need v${oldest.join(".")}.0 or later of v${oldest[0]}`;
  }
  return { source, version, command, directories: [...new Set(directories)] };
}

/** In a scratch home: since v3.249 every command writes a log into the user's, whatever HOME says. */
async function askVersion(command: string, searchPath: string): Promise<ToolResult> {
  const scratch = await mkdtemp(join(tmpdir(), "pulumi-version-"));
  const environment = { PATH: searchPath, HOME: scratch, PULUMI_HOME: scratch, PULUMI_SKIP_UPDATE_CHECK: "true" };
  const answer = await runTool(command, ["version"], { environment, timeoutMs: 30_000 });
  await rm(scratch, { recursive: true, force: true });
  return answer;
}

/**
 * Returns the absolute path of the first executable file called `name`, or undefined.
 *
 * @param searchPath - directories, as in the variable PATH; empty parts are skipped.
 */
export async function findExecutable(name: string, searchPath: string): Promise<string | undefined> {
  for (const directory of searchPath.split(delimiter)) {
    if (directory === "") continue;
    const candidate = resolve(directory, name);
    const usable = await access(candidate, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (usable) return candidate;
  }
  return undefined;
}
