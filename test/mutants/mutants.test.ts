// SPDX-License-Identifier: Apache-2.0
// Proof that the model finds bugs: each one that is planted must be found, and by the invariant that it breaks.

import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { readSources } from "../model/compiled-provider";
import { killAll, plant, unmutatedFailure } from "./kill";
import type { Verdict } from "./kill";
import { MUTANTS } from "./mutants";

describe("the mutants", () => {
  it("each apply to the provider as it is, exactly once", () => {
    const sources = readSources();
    for (const mutant of MUTANTS) plant(mutant, sources);
  });
});

describe("the model", () => {
  let verdicts: readonly Verdict[];

  before(async () => {
    verdicts = await killAll(MUTANTS);
  });

  it("finds nothing in a copy of the provider as it is", async () => {
    assert.equal(await unmutatedFailure(), undefined);
  });

  for (const [index, { name }] of MUTANTS.entries()) {
    it(`kills: ${name}`, (t) => {
      const verdict = verdicts[index];
      t.diagnostic(`${verdict?.histories} histories: ${verdict?.message.split("\n")[0]}`);
      assert.ok(verdict?.isKilled, verdict?.message);
    });
  }

  it("takes no mutant that does not apply exactly once", () => {
    const mutant = { name: "n", file: "core/schedule.ts", replace: "", killedBy: /./ };
    assert.throws(() => plant({ ...mutant, find: "not there" }, readSources()), /applies 0 times/);
    assert.throws(() => plant({ ...mutant, find: "elapsedMs" }, readSources()), /applies \d+ times/);
  });
});
