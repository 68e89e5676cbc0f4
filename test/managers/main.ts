// SPDX-License-Identifier: Apache-2.0
// `npm run managers`: every way of installing a program, and the commands of docs/first-program.md. Exits 1 if one does not
// end as it must.

import { join } from "node:path";
import { runTestFile } from "../run-test-file";
import { play } from "./play";
import { WAYS } from "./rows";

async function playWays(): Promise<void> {
  for (const way of WAYS) {
    try {
      await play(way);
      process.stdout.write(
        `as it must be: ${way.name}${way.ends === undefined ? ": works" : `: ${String(way.ends)}`}\n`,
      );
    } catch (error) {
      process.stdout.write(
        `NOT as it must be: ${way.name}: ${error instanceof Error ? error.message : String(error)}\n`,
      );
      process.exitCode = 1;
    }
  }
}

async function main(): Promise<void> {
  await playWays();
  const { failures, report } = await runTestFile(join(__dirname, "first-program.ts"));
  process.stdout.write(report);
  if (failures.length > 0) process.exitCode = 1;
}

void main();
