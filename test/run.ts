// SPDX-License-Identifier: Apache-2.0
// `npm test`: every suite. Each file is a process of its own, but for suites of many small files, which are one. As many run
// at once as keep the machine's cores busy, cheap suites first and long files not last; those that need the Pulumi CLI begin
// as soon as it is found or built. Names of suites as arguments run only those (`npm test -- unit faults`). Prints
// node:test's report of each file with its time, then the failures and one closing line; exits 1 on any failure, and also
// if a file holds no test, since a file that silently runs nothing is no test.

import { availableParallelism } from "node:os";
import { join, relative } from "node:path";
import { findPulumiCli } from "./pulumi-cli/index";
import { runTestFile } from "./run-test-file";
import type { FileResult } from "./run-test-file";
import { testFilesBelow } from "./test-files";

interface Suite {
  readonly name: string;
  /** Folder under test/. Default: the name. */
  readonly folder?: string;
  /** How many cores one file of it keeps busy; what waits for real time must also get its turn in time. */
  readonly cores: number;
  /** A file in `one-process` loads all of it: each by itself would load the SDK again, longer than its tests. Default false. */
  readonly oneProcess?: true;
  /** Runs the real engine. Default false. */
  readonly engine?: true;
}

const SUITES: readonly Suite[] = [
  { name: "regressions", cores: 0.4 },
  { name: "unit", cores: 1, oneProcess: true },
  { name: "simulator", folder: "simulator/test", cores: 1, oneProcess: true },
  { name: "model", cores: 1 },
  { name: "mutants", cores: 2 },
  { name: "documents", cores: 1, engine: true },
  { name: "integration", cores: 0.5 },
  { name: "outside", cores: 0.4 },
  { name: "package", cores: 1 },
  { name: "faults", cores: 1, engine: true },
  { name: "behaviours", cores: 1, engine: true },
  { name: "compatibility", cores: 0.66, engine: true },
  { name: "managers", cores: 0.66, engine: true },
  { name: "support", cores: 1, engine: true },
  { name: "e2e", cores: 0.66, engine: true },
];

interface Job {
  readonly file: string;
  readonly suite: Suite;
}

/** The tests are made for two cores: on one they would only take longer. */
const CORES = Math.max(2, availableParallelism());

function jobsOf(suite: Suite): Job[] {
  const folder = join(__dirname, suite.folder ?? suite.name);
  const files = suite.oneProcess ? [join(__dirname, "one-process", `${suite.name}.ts`)] : testFilesBelow(folder);
  return files.map((file) => ({ file, suite }));
}

function print({ file, report, seconds, passed, failures }: FileResult): void {
  const counts = `${passed} passed${failures.length > 0 ? `, ${failures.length} FAILED` : ""}`;
  process.stdout.write(`\n== ${relative(__dirname, file)}: ${counts}, ${seconds.toFixed(1)} s\n${report}`);
}

/** Runs jobs side by side, the first that fits next. */
async function runAll(jobs: readonly Job[], cli: Promise<unknown>): Promise<readonly FileResult[]> {
  const waiting = [...jobs];
  const results: FileResult[] = [];
  const running = new Set<Promise<void>>();
  let busy = 0;
  const found = { isThere: false };
  const isFound = cli.then(() => {
    found.isThere = true;
  });
  const start = ({ file, suite }: Job): void => {
    busy += suite.cores;
    const job = runTestFile(file).then((result) => {
      busy -= suite.cores;
      running.delete(job);
      results.push(result);
      print(result);
    });
    running.add(job);
  };
  while (waiting.length > 0 || running.size > 0) {
    const next = waiting.findIndex(
      ({ suite }) => (found.isThere || suite.engine !== true) && (busy === 0 || busy + suite.cores <= CORES),
    );
    const [job] = next === -1 ? [] : waiting.splice(next, 1);
    if (job !== undefined) start(job);
    else await Promise.race([...running, ...(found.isThere || waiting.length === 0 ? [] : [isFound])]);
  }
  return results;
}

async function main(names: readonly string[]): Promise<void> {
  const unknown = names.filter((name) => !SUITES.some((suite) => suite.name === name));
  if (unknown.length > 0) {
    throw new Error(`no suite ${unknown.join(", ")}; there are ${SUITES.map(({ name }) => name).join(", ")}`);
  }
  const chosen = SUITES.filter(({ name }) => names.length === 0 || names.includes(name));
  const jobs = chosen.flatMap(jobsOf);
  // A first build takes minutes: more than any test that needs the CLI may take.
  const cli = chosen.some(({ engine }) => engine) ? findPulumiCli() : Promise.resolve();
  const results = await runAll(jobs, cli);
  const failures = results.flatMap((result) =>
    result.failures.map((name) => `${relative(__dirname, result.file)}: ${name}`),
  );
  for (const failure of failures) process.stdout.write(`\nFAILED ${failure}`);
  const sum = (count: "passed" | "skipped"): number => results.reduce((total, result) => total + result[count], 0);
  process.stdout.write(`\n${sum("passed")} passed, ${failures.length} failed, ${sum("skipped")} skipped\n`);
  if (failures.length > 0) process.exitCode = 1;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
