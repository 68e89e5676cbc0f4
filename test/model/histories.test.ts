// SPDX-License-Identifier: Apache-2.0
// The invariants under random histories. `MODEL_RUNS` sets how many (default 1000), `MODEL_SEED` and `MODEL_PATH` repeat a
// counterexample, which fast-check prints. The seed is fixed, so that a
// red run is a change's doing; look further with other seeds.

import { before, describe, it } from "node:test";
import * as fc from "fast-check";
import { makeCertificate } from "../fixtures/certificates/make";
import { histories, play } from "./histories";
import type { Candidate } from "./stack";

const RUNS = Number(process.env["MODEL_RUNS"] ?? 1_000);

let candidates: [Candidate, Candidate, ...Candidate[]];

before(async () => {
  const make = (name: string): Promise<Candidate> => makeCertificate({ subject: `CN=${name}` });
  candidates = [await make("present"), await make("one"), await make("two"), await make("third")];
});

describe("invariants I1 to I7 under random histories", () => {
  it(`hold in ${RUNS} histories`, async (t) => {
    const seed = Number(process.env["MODEL_SEED"] ?? 20_261_123);
    t.diagnostic(`seed ${seed}`);
    const path = process.env["MODEL_PATH"];
    await fc.assert(
      // The last candidate is the stranger's: no program wants it.
      fc.asyncProperty(histories(candidates.length - 1), (events) => play(events, candidates)),
      { numRuns: RUNS, seed, ...(path === undefined ? {} : { path }), endOnFailure: false },
    );
  });
});
