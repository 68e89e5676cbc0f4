// SPDX-License-Identifier: Apache-2.0
// `npm run mutants`: plants every bug and prints what has found it. Exits 1 where one survives, or where the provider
// without any fails.

import { killAll, unmutatedFailure } from "./kill";
import type { Verdict } from "./kill";
import { MUTANTS } from "./mutants";

function line({ mutant, isKilled, histories, message }: Verdict): string {
  const [first = ""] = message.split("\n");
  const verdict = isKilled ? "killed" : "ALIVE ";
  return `${verdict} ${mutant.name.padEnd(52)} ${String(histories).padStart(5)} histories  ${first}\n`;
}

async function main(): Promise<void> {
  const failure = await unmutatedFailure();
  process.stdout.write(`without a mutant: ${failure ?? "all histories hold"}\n`);
  const verdicts = await killAll(MUTANTS, (verdict) => process.stdout.write(line(verdict)));
  const killed = verdicts.filter(({ isKilled }) => isKilled).length;
  process.stdout.write(`${killed} of ${verdicts.length} mutants killed\n`);
  if (killed < verdicts.length || failure !== undefined) process.exitCode = 1;
}

void main();
