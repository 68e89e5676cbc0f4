// SPDX-License-Identifier: Apache-2.0
// One test file in a process of its own, and what came of it.

import { relative } from "node:path";
import { Readable } from "node:stream";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import type { TestEvent } from "node:test/reporters";

/** What one file's tests have ended as. */
export interface FileResult {
  readonly file: string;
  /** node:test's report for people. */
  readonly report: string;
  readonly seconds: number;
  readonly passed: number;
  readonly skipped: number;
  /** The names of what failed; a file without a test is a failure. */
  readonly failures: readonly string[];
}

/** A test file that takes longer hangs, milliseconds. */
const FILE_TIMEOUT_MS = 8 * 60_000;
/** node:test counts each file by itself, which the caller does once. */
const COUNT = /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) [\d.]+$/;

/** Runs a test file. */
export async function runTestFile(file: string): Promise<FileResult> {
  const startedMs = performance.now();
  const failures: string[] = [];
  let passed = 0;
  let skipped = 0;
  let ended = 0;
  // Node 20 reports the file itself as a test.
  const isFile = (name: string): boolean => name === file || name === relative(process.cwd(), file);
  const events = run({ files: [file], concurrency: 1, timeout: FILE_TIMEOUT_MS });
  // Several files in one process are suites at the top: each of them must hold a test, too.
  const closeSuite = ({ name, nesting, details }: Ended): void => {
    if (nesting !== 0 || isFile(name)) return;
    if (details.type === "suite" && ended === 0) failures.push(`${name} holds no test`);
    ended = 0;
  };
  events.on("test:pass", (test) => {
    const { name, details, skip, todo } = test;
    if (details.type !== "suite" && !isFile(name)) {
      ended += 1;
      if (skip !== undefined || todo !== undefined) skipped += 1;
      else passed += 1;
    }
    closeSuite(test);
  });
  events.on("test:fail", (test) => {
    const { name, details } = test;
    // A suite fails by itself if it cannot be loaded, or if a hook of it fails.
    if (details.type !== "suite" || failureType(details.error) !== "subtestsFailed") {
      ended += 1;
      failures.push(name);
    }
    closeSuite(test);
  });
  let report = "";
  const told = Readable.from(withoutCounts(events)).compose(new spec()) as AsyncIterable<string>;
  for await (const text of told) report += text;
  if (passed + skipped + failures.length === 0) failures.push("it holds no test");
  return { file, report, seconds: (performance.now() - startedMs) / 1000, passed, skipped, failures };
}

/** What both kinds of end tell. */
interface Ended {
  readonly name: string;
  readonly nesting: number;
  readonly details: { readonly type?: string };
}

/** node:test's word for why; its types leave it out. */
function failureType(error: Error): unknown {
  return "failureType" in error ? error.failureType : undefined;
}

async function* withoutCounts(events: AsyncIterable<TestEvent>): AsyncGenerator<TestEvent> {
  for await (const event of events) {
    if (event.type === "test:diagnostic" && event.data.nesting === 0 && COUNT.test(event.data.message)) continue;
    yield event;
  }
}
