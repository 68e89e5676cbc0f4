// SPDX-License-Identifier: Apache-2.0
// The promise of the wait, over all durations and through the real loop: how late the end of a task is seen, and with how
// many looks.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { withDeadline } from "../../../provider/src/core/deadline";
import { poll } from "../../../provider/src/core/poll";
import { GAP_RATIO, MAX_GAP_MS, MIN_GAP_MS, nextGapMs } from "../../../provider/src/core/schedule";
import { VirtualClock } from "../../support/clock/virtual-clock";

/** Follows the schedule alone until a task of that length is seen to have ended. */
function followSchedule(lengthMs: number): { seenMs: number; looks: number } {
  let seenMs = 0;
  let looks = 0;
  do {
    seenMs += nextGapMs(seenMs);
    looks += 1;
  } while (seenMs < lengthMs);
  return { seenMs, looks };
}

/** Waits for a task of that length with the real loop; a look takes no time. */
async function followPoll(lengthMs: number): Promise<{ seenMs: number; looks: number }> {
  const clock = new VirtualClock();
  let looks = 0;
  const seenMs = await clock.run(
    withDeadline({ clock, timeoutMs: 3_600_000 }, (deadline) =>
      poll<number>({
        deadline,
        look: () => {
          looks += 1;
          const nowMs = clock.nowMs();
          return Promise.resolve(nowMs >= lengthMs ? { state: "done", value: nowMs } : { state: "pending" });
        },
        mayPass: () => undefined,
      }),
    ),
  );
  return { seenMs, looks };
}

describe("the polling schedule", () => {
  it("sees the end of every task within 100 ms or a tenth of its length, and never later than 1 s", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 3_600_000, noNaN: true }), (lengthMs) => {
        const { seenMs } = followSchedule(lengthMs);
        const lagMs = seenMs - lengthMs;
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

  for (const { seconds, most } of [
    { seconds: 0.2, most: 2 },
    { seconds: 1, most: 10 },
    { seconds: 5, most: 27 },
    { seconds: 30, most: 55 },
    { seconds: 300, most: 325 },
  ]) {
    it(`looks at most ${most} times at a task of ${seconds} s, through the real loop`, async () => {
      const { seenMs, looks } = await followPoll(seconds * 1_000);
      assert.ok(looks <= most, `${looks} looks`);
      const lagMs = seenMs - seconds * 1_000;
      assert.ok(lagMs >= 0 && lagMs <= Math.min(1_000, Math.max(100, seconds * 100)) + 1e-6, `${lagMs} ms late`);
      // The loop adds no look of its own.
      assert.equal(looks, followSchedule(seconds * 1_000).looks);
    });
  }
});
