// SPDX-License-Identifier: Apache-2.0
// Whether an open write may still run, on virtual time. What follows from it: test/behaviours/unfinished.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { mayStillRun } from "../../../provider/src/kms/pending-write";
import { scripted } from "./scripted-vcenter";

describe("the question whether an open write may still run", () => {
  it("asks for 3 s for a task that vCenter does not know, and leaves two thirds of a short time for the read", async () => {
    for (const [timeoutMs, tookMs] of [
      [60_000, 3_000],
      [1_500, 500],
    ] as const) {
      const { run, clock } = scripted({ tasks: () => ({}) });
      const isOpen = await run((operation) => mayStillRun(operation, { taskId: "task-1" }), { timeoutMs });
      assert.deepEqual([isOpen, Math.round(clock.nowMs())], [false, tookMs]);
    }
  });
});
