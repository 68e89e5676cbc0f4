// SPDX-License-Identifier: Apache-2.0
// The promise of the wait, over all durations: how late the end of a task is seen. Through the real loop, and with how many
// looks: row 20 of the fault matrix.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { GAP_RATIO, MAX_GAP_MS, MIN_GAP_MS, nextGapMs } from "../../../provider/src/core/schedule";

/** When a task of that length is seen to have ended. */
function seenAfterMs(lengthMs: number): number {
  let seenMs = 0;
  do seenMs += nextGapMs(seenMs);
  while (seenMs < lengthMs);
  return seenMs;
}

describe("the polling schedule", () => {
  it("sees the end of every task within 100 ms or a tenth of its length, and never later than 1 s", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 3_600_000, noNaN: true }), (lengthMs) => {
        const lagMs = seenAfterMs(lengthMs) - lengthMs;
        const allowedMs = Math.min(1_000, Math.max(100, 0.1 * lengthMs));
        assert.ok(lagMs <= allowedMs + 1e-6, `a task of ${lengthMs} ms is seen ${lagMs} ms late`);
      }),
      { numRuns: 500 },
    );
  });

  it("never asks for a gap below its floor or above its cap", () => {
    fc.assert(
      fc.property(fc.double({ min: -1e9, max: 1e12, noNaN: true }), (elapsedMs) => {
        const gapMs = nextGapMs(elapsedMs);
        assert.ok(gapMs >= 100 && gapMs <= 1_000, `${gapMs} ms after ${elapsedMs} ms`);
      }),
    );
    assert.deepEqual([MIN_GAP_MS, MAX_GAP_MS, GAP_RATIO], [100, 1_000, 0.1]);
  });
});
