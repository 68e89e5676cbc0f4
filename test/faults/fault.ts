// SPDX-License-Identifier: Apache-2.0
// How a test of the fault matrix is written: with the numbers of its row and phases, from which its name is made. The
// tests are only collected here; all.test.ts runs and counts them.

import type { Scenario, ScenarioOptions } from "../support/in-process";
import { startScenario } from "../support/in-process";
import type { Phase, WriteName } from "./coverage";
import { MATRIX } from "./coverage";

/** What a test works with. */
export interface Cell {
  /** A scenario that is ended, with its assertions, after the test. */
  readonly scenario: (options?: ScenarioOptions) => Promise<Scenario>;
  /** Something to close after the test, whatever its end. */
  readonly closeAfter: (close: () => void | Promise<void>) => void;
}

/** One test of the matrix. */
export interface FaultTest {
  readonly row: number;
  readonly phases: readonly Phase[];
  /** `row 16 · S · …` */
  readonly name: string;
  /** Where it is written. */
  readonly alone: boolean;
  /** The kinds of write that it is about. */
  readonly writes: readonly WriteName[];
  readonly run: () => Promise<void>;
}

const collected: FaultTest[] = [];

/** Every test so far, in the order of writing. */
export function faultTests(): readonly FaultTest[] {
  return collected;
}

/**
 * Writes a test.
 *
 * @param phases - one phase, or several that one test covers
 * @param title - the rest of its name: what must hold
 * @param writes - the kinds of write that it is about; the PATCH also if it is about none
 * @param alone - true: not beside other tests that are alone, because it changes the environment of this process
 * @throws Error for a row or a phase that the matrix does not have
 */
export function fault(
  row: number,
  phases: Phase | readonly Phase[],
  title: string,
  test: (cell: Cell) => Promise<void>,
  alone = false,
  writes: readonly WriteName[] = ["PATCH"],
): void {
  const list = typeof phases === "string" ? [phases] : phases;
  const known = MATRIX.find((one) => one.row === row);
  const stray = list.filter((phase) => known?.phases.includes(phase) !== true);
  if (stray.length > 0) throw new Error(`the matrix has no row ${row} with phase ${stray.join(", ")}: ${title}`);
  const name = `row ${row} · ${list.join(" ")} · ${title}`;
  collected.push({ row, phases: list, name, alone, writes, run: () => runCell(test) });
}

async function runCell(test: (cell: Cell) => Promise<void>): Promise<void> {
  const scenarios: Scenario[] = [];
  const closers: (() => void | Promise<void>)[] = [];
  try {
    await test({
      scenario: async (options) => {
        const scenario = await startScenario(options);
        scenarios.push(scenario);
        return scenario;
      },
      closeAfter: (close) => closers.push(close),
    });
    const ends = await Promise.allSettled(scenarios.splice(0).map((scenario) => scenario.end()));
    for (const end of ends) if (end.status === "rejected") throw end.reason;
  } finally {
    for (const scenario of scenarios) await scenario.close();
    for (const close of closers) await close();
  }
}
