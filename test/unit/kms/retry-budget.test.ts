// SPDX-License-Identifier: Apache-2.0
// What gives tokens back to the budget of retries: one for each call that vCenter answers as it should, and no more.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { lookAtHealth } from "../../../provider/src/kms/health";
import { vapiError } from "../vsphere/fake-http";
import type { FakeAnswer } from "../vsphere/fake-http";
import { scripted } from "./scripted-vcenter";

const HEALTHY = { status: 200, json: { status: { health: "OK", details: [], servers: [] } } };
const BROKEN = { status: 404, json: vapiError("NOT_FOUND") };

/** How often a used budget lets a retry go at once after so many reads, each of which is a single call. */
async function freeAfter(reads: number, answer: FakeAnswer): Promise<number> {
  const { connection, run } = scripted({
    tasks: () => ({}),
    answer: ({ path }) => (path.includes("/kms/") ? answer : undefined),
  });
  for (let retries = 0; retries < 4; retries += 1) assert.equal(connection.budget.take(), 0);
  for (let read = 0; read < reads; read += 1) await run(lookAtHealth).catch(() => undefined);
  let free = 0;
  while (connection.budget.take() === 0) free += 1;
  return free;
}

describe("the budget of retries", () => {
  it("has one more retry after five answers, not before, and none for refusals", async () => {
    for (const [reads, answer, free] of [
      [4, HEALTHY, 0],
      [5, HEALTHY, 1],
      [9, HEALTHY, 1],
      [5, BROKEN, 0],
    ] as const) {
      assert.equal(await freeAfter(reads, answer), free, `${reads} times HTTP ${answer.status}`);
    }
  });
});
