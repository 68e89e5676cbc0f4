// SPDX-License-Identifier: Apache-2.0
// Bounds of time: what counts and what does not.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { assertInTime } from "./in-time";

describe("a bound of time", () => {
  it("counts the time in which this process has its turns", async () => {
    const beganMs = performance.now();
    await pause(600);
    const tookMs = performance.now() - beganMs;
    assertInTime(tookMs, { atLeastMs: 590, atMostMs: tookMs + 1 });
    assert.throws(() => {
      assertInTime(10_000, { atMostMs: 4_000 });
    }, /it came too late: 10000 ms/);
    assert.throws(() => {
      assertInTime(600, { atLeastMs: 700, atMostMs: 800 }, "a row");
    }, /a row came too early/);
  });

  it("does not count the time in which it has none, also if the next turn is that of the test", async () => {
    for (const wait of [0, 100]) {
      await pause(100);
      const beganMs = performance.now();
      while (performance.now() - beganMs < 1_000);
      await pause(wait);
      assertInTime(performance.now() - beganMs, { atLeastMs: 1_000, atMostMs: 400 + wait });
    }
  });
});
