// SPDX-License-Identifier: Apache-2.0
// `npm test`: every suite, cheapest first, each with the concurrency it bears. Names of suites as arguments run only
// those (`npm test -- unit faults`). Prints node:test's report and one closing line; exits 1 on any failure, and also
// where a suite holds no test, since a suite that silently runs nothing is no suite.

import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { findPulumiCli } from "./pulumi-cli/index";

interface Suite {
  readonly name: string;
  /** Folder under test/. Default: the name. */
  readonly folder?: string;
  /** Test files that run at once. The real engine takes a core for itself. */
  readonly concurrency: number;
  /** Runs the real engine. Default false. */
  readonly engine?: true;
}

const SUITES: readonly Suite[] = [
  { name: "unit", concurrency: 2 },
  { name: "simulator", folder: "simulator/test", concurrency: 2 },
  { name: "support", concurrency: 1, engine: true },
  { name: "faults", concurrency: 1, engine: true },
  { name: "model", concurrency: 1 },
  { name: "mutants", concurrency: 1 },
  { name: "regressions", concurrency: 2 },
  { name: "integration", concurrency: 2 },
  { name: "behaviours", concurrency: 1, engine: true },
  { name: "e2e", concurrency: 2, engine: true },
];

/** A test file that takes longer hangs, milliseconds. */
const FILE_TIMEOUT_MS = 8 * 60_000;

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

function testFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".test.ts"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

async function runSuite(suite: Suite, total: Counts): Promise<void> {
  const files = testFiles(join(__dirname, suite.folder ?? suite.name));
  process.stdout.write(`\n== ${suite.name}: ${files.length} files\n`);
  if (files.length === 0) total.failed += 1;
  let counted = 0;
  const stream = run({ files, concurrency: suite.concurrency, timeout: FILE_TIMEOUT_MS });
  const isFile = (name: string): boolean =>
    files.includes(name) || files.some((file) => relative(process.cwd(), file) === name);
  stream.on("test:pass", (data) => {
    if (data.details.type === "suite" || isFile(data.name)) return;
    counted += 1;
    if (data.skip !== undefined || data.todo !== undefined) total.skipped += 1;
    else total.passed += 1;
  });
  stream.on("test:fail", (data) => {
    counted += 1;
    if (data.details.type !== "suite") total.failed += 1;
  });
  const report: AsyncIterable<string> = stream.compose(new spec()) as AsyncIterable<string>;
  for await (const text of report) process.stdout.write(text);
  if (files.length > 0 && counted === 0) total.failed += 1;
}

async function main(names: readonly string[]): Promise<void> {
  const unknown = names.filter((name) => !SUITES.some((suite) => suite.name === name));
  if (unknown.length > 0) {
    throw new Error(`no suite ${unknown.join(", ")}; there are ${SUITES.map(({ name }) => name).join(", ")}`);
  }
  const total: Counts = { passed: 0, failed: 0, skipped: 0 };
  const chosen = SUITES.filter(({ name }) => names.length === 0 || names.includes(name));
  // A first build takes minutes: more than any test that needs the CLI may take.
  if (chosen.some(({ engine }) => engine)) process.stdout.write(`Pulumi CLI: ${(await findPulumiCli()).command}\n`);
  for (const suite of chosen) await runSuite(suite, total);
  process.stdout.write(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`);
  if (total.failed > 0) process.exitCode = 1;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
