// SPDX-License-Identifier: Apache-2.0
// `npm run bench [-- [--quick] [name …]]`: measures, prints the tables, and writes docs/benchmarks. Progress goes to
// stderr, tables to stdout.

import { relative } from "node:path";
import { allBenchmarks } from "./all";
import type { Benchmark } from "./benchmark";
import { readCommand, UsageError } from "./command-line";
import { tablesText, writePage } from "./report/index";

const HELP = `npm run bench [-- [--quick] [name …]]

Measures, prints the tables, and writes a page and pictures to docs/benchmarks. Without a name everything is measured.

  --quick   a short run that shows that the benchmarks work; writes nothing to docs
  --help    this text

Benchmarks:
`;

async function run(benchmark: Benchmark, quick: boolean): Promise<void> {
  const tell = (line: string): void => {
    process.stderr.write(`${benchmark.name}: ${line}\n`);
  };
  process.stdout.write(`\n# ${benchmark.title}\n\n`);
  const measurement = await benchmark.measure({ quick, report: tell });
  process.stdout.write(await tablesText(measurement));
  if (quick) return;
  for (const file of await writePage(benchmark, measurement)) tell(`wrote ${relative(process.cwd(), file)}`);
}

async function main(args: readonly string[]): Promise<void> {
  const command = readCommand(
    args,
    allBenchmarks.map(({ name }) => name),
  );
  if (command.help) {
    const width = Math.max(...allBenchmarks.map(({ name }) => name.length));
    const lines = allBenchmarks.map(({ name, title }) => `  ${name.padEnd(width)}  ${title}\n`);
    process.stdout.write(`${HELP}${lines.join("")}`);
    return;
  }
  for (const benchmark of allBenchmarks) {
    if (command.names.includes(benchmark.name)) await run(benchmark, command.quick);
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`${error instanceof UsageError ? error.message : text}\n`);
  process.exitCode = 1;
});
