// SPDX-License-Identifier: Apache-2.0
// The invariants under random histories, in two processes. `MODEL_RUNS` sets how many (default 10 000). The seed is
// fixed, so that a red run is a change's doing; `MODEL_SEED` looks further. A counterexample is printed with its seed and
// path, which `MODEL_SEED` and `MODEL_PATH` play again; it becomes a named history in known-histories.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { compileProvider, readSources } from "./compiled-provider";
import type { CompiledProvider } from "./compiled-provider";
import { missingFrom, table } from "./coverage";
import { Player } from "./player";
import type { Report } from "./worker";

const RUNS = Number(process.env["MODEL_RUNS"] ?? 10_000);
const SEED = Number(process.env["MODEL_SEED"] ?? 20_261_123);
const PATH = process.env["MODEL_PATH"];
const PROCESSES = PATH === undefined ? 2 : 1;
/** With fewer histories, what is rare may not happen. */
const ENOUGH_FOR_COVERAGE = 10_000;

describe("invariants I1 to I7 under random histories", () => {
  let compiled: CompiledProvider | undefined;
  const players = Array.from({ length: PROCESSES }, () => new Player());
  let reports: readonly Report[];

  before(async () => {
    const { folder: provider } = (compiled = compileProvider(readSources()));
    const wish = { provider, runs: Math.ceil(RUNS / PROCESSES), shrink: true };
    const again = PATH === undefined ? {} : { path: PATH };
    reports = await Promise.all(players.map((player, index) => player.play({ ...wish, ...again, seed: SEED + index })));
  });
  after(() => {
    for (const player of players) player.close();
    compiled?.remove();
  });

  it(`hold in ${RUNS} histories`, (t) => {
    for (const [index, { runs, failure }] of reports.entries()) {
      t.diagnostic(`seed ${SEED + index}: ${runs} histories`);
      assert.equal(
        failure,
        undefined,
        `MODEL_SEED=${SEED + index} MODEL_PATH=${failure?.path} : ${failure?.message}\n${failure?.history}`,
      );
    }
  });

  it("reach every command, every outcome, every fault and every disturbance", (t) => {
    const counts = new Map<string, number>();
    for (const report of reports)
      for (const [what, count] of Object.entries(report.counts)) counts.set(what, (counts.get(what) ?? 0) + count);
    for (const line of table(counts)) t.diagnostic(line);
    if (RUNS >= ENOUGH_FOR_COVERAGE && PATH === undefined) assert.deepEqual(missingFrom(counts), []);
  });
});
