// SPDX-License-Identifier: Apache-2.0
// Tests of the matrix that must hold for every write: the PATCH of a certificate, and the POSTs of what the hosts make.

import type { ScenarioOptions } from "../support/in-process";
import type { Phase } from "./coverage";
import type { Cell } from "./fault";
import { fault } from "./fault";
import type { Kind } from "./write-scenario";
import { KINDS, WriteScenario } from "./write-scenario";

/** Makes a scenario of the kind of write. */
export type MakeScenario = (options?: ScenarioOptions) => Promise<WriteScenario>;

/** What a test for kinds of writes may say. */
export interface WritesOptions {
  /** Not beside other tests that are alone. Default false. */
  readonly alone?: boolean;
  /** The kinds that it is for. Default all. */
  readonly only?: (kind: Kind, index: number) => boolean;
}

/** One form of a fault that is met in one place: with `isFirst` for every kind of write, the other forms for the PATCH. */
export function oneForm(isFirst: boolean): WritesOptions {
  return { only: ({ write }) => isFirst || write === "patch" };
}

/** Writes a test for each kind of write. */
export function faultOfWrites(
  row: number,
  phases: Phase | readonly Phase[],
  title: string,
  test: (scenario: MakeScenario, cell: Cell & { readonly kind: Kind }) => Promise<void>,
  { alone = false, only = () => true }: WritesOptions = {},
): void {
  for (const kind of KINDS.filter(only)) {
    const run = (cell: Cell): Promise<void> =>
      test(async (options) => new WriteScenario(kind, await cell.scenario({ ...options, type: kind.type })), {
        ...cell,
        kind,
      });
    fault(row, phases, `${kind.name}: ${title}`, run, alone, [kind.name]);
  }
}
