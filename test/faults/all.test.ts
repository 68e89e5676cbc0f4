// SPDX-License-Identifier: Apache-2.0
// The whole fault matrix in one process: runs every test beside the others, then counts rows and phases, prints the table
// and fails where one is missing. One row alone: --test-name-pattern="row 16 "

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { after, describe, it } from "node:test";
import "./certificates";
import "./connection";
import type { WriteName } from "./coverage";
import { MATRIX, WRITE_NAMES } from "./coverage";
import "./crowd";
import "./deaths";
import "./deaths-of-posts";
import "./kill-engine";
import "./kill-vcenter";
import "./exits";
import type { FaultTest } from "./fault";
import { faultTests } from "./fault";
import "./key-server";
import "./keys-and-pem";
import "./late-logins";
import "./login";
import "./lost-task";
import "./other-tasks";
import "./outage";
import "./patience";
import "./poll";
import "./poll-time";
import "./quiet-deaths";
import "./random";
import "./read-back";
import "./read-nothing";
import "./refusals";
import "./stalls";
import "./stops";
import "./task-failures";
import "./unwritable";
import "./write-ambiguity";

/** Most tests wait most of the time. */
const BESIDE_EACH_OTHER = 12;

// Each provider that is busy listens for SIGINT and SIGTERM, and many are busy at once here.
process.setMaxListeners(0);
// Node 20 sometimes spins for ever while it cleans up the handles of so many sockets that were reset (seen in uv_run below
// Environment::CleanupHandles, when everything has ended): process.exit leaves that out. The report comes first.
process.once("beforeExit", () => setTimeout(() => process.exit(), 500));
const passed = new Set<FaultTest>();

function write(tests: readonly FaultTest[]): void {
  for (const test of tests) {
    it(test.name, { timeout: 120_000 }, async () => {
      await test.run();
      passed.add(test);
    });
  }
}

describe("the fault matrix", { concurrency: 2 }, () => {
  describe("beside each other", { concurrency: BESIDE_EACH_OTHER }, () => {
    write(faultTests().filter(({ alone }) => !alone));
  });
  describe("one after the other", { concurrency: 1 }, () => {
    write(faultTests().filter(({ alone }) => alone));
  });
  after(() => {
    process.stdout.write(`${table()}\n`);
    // A test that failed half-way may leave something open; the run must tell of it and not wait for it. Unreferenced, so
    // that it only fires where something else keeps the process.
    setTimeout(() => {
      process.stdout.write(`left open: ${process.getActiveResourcesInfo().join(", ")}\n`);
      process.exit(1);
    }, 20_000).unref();
  });
});

describe("the coverage of the fault matrix", () => {
  it("has a test that passed for every row in every phase", () => {
    const missing = MATRIX.flatMap(({ row, phases }) =>
      phases.filter((phase) => countPassed(row, phase) === 0).map((phase) => `row ${row} · ${phase}`),
    );
    assert.deepEqual(missing, []);
    assert.deepEqual(
      MATRIX.map(({ row }) => row),
      MATRIX.map((_row, index) => index + 1),
    );
  });

  it("has a test that passed for every kind of write, in every row that does not say why not", () => {
    const missing = MATRIX.filter(({ notForEach }) => notForEach === undefined).flatMap(({ row }) =>
      WRITE_NAMES.filter((name) => countOf(row, name) === 0).map((name) => `row ${row} · ${name}`),
    );
    assert.deepEqual(missing, []);
  });

  it("counts every test: none of the matrix's modules makes one by itself", () => {
    const strays = readdirSync(__dirname).filter((file) => {
      const text = readFileSync(`${__dirname}/${file}`, "utf8");
      return file !== "all.test.ts" && file.endsWith(".ts") && text.includes("node:test");
    });
    assert.deepEqual(strays, []);
    const names = faultTests().map(({ name }) => name);
    assert.equal(new Set(names).size, names.length, "two tests of one name");
  });
});

function countPassed(row: number, phase: string): number {
  return [...passed].filter((test) => test.row === row && test.phases.some((one) => one === phase)).length;
}

function countOf(row: number, write: WriteName): number {
  return [...passed].filter((test) => test.row === row && test.writes.includes(write)).length;
}

function table(): string {
  const lines = MATRIX.map(({ row, fault, phases, notForEach }) => {
    const cells = phases.map((phase) => `${phase}:${countPassed(row, phase)}`).join(" ");
    const writes = notForEach ?? WRITE_NAMES.map((name) => countOf(row, name)).join("/");
    return `${String(row).padStart(3)}  ${fault.padEnd(46)} ${cells.padEnd(50)} ${writes}`;
  });
  const cells = MATRIX.flatMap(({ row, phases }) => phases.map((phase) => countPassed(row, phase)));
  const covered = cells.filter((count) => count > 0).length;
  const total = `${MATRIX.length} faults, ${covered} of ${cells.length} cells of fault and phase, ${passed.size} tests passed`;
  return [
    `row  fault                                          ${"phase:tests passed".padEnd(50)} PATCH/POST/CSR`,
    ...lines,
    total,
  ].join("\n");
}
