// SPDX-License-Identifier: Apache-2.0
// The commands by name, and how each ends: 0, 1 if something failed, 2 if the command line is wrong.

import { readCommandLine, UsageError } from "./command-line";
import type { CommandName } from "./command-line";
import { doctor } from "./doctor/index";
import { helpOf } from "./help";
import { importFile } from "./import-file";
import { list } from "./list";
import type { Surroundings } from "./surroundings";
import { packageVersion } from "./package-version";

const COMMANDS = { doctor, list, "import-file": importFile } as const satisfies Record<CommandName, unknown>;

/** Runs one command. @returns the exit status @internal */
export async function run(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { out, err } = surroundings;
  try {
    const line = readCommandLine(args);
    if (line.kind === "version") out(`${packageVersion()}\n`);
    else if (line.kind === "help") out(helpOf(line.command));
    else return await COMMANDS[line.command](line.flags, surroundings);
    return 0;
  } catch (error) {
    err(`${error instanceof Error ? error.message : "failed"}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}
