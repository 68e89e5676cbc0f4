// SPDX-License-Identifier: Apache-2.0
// Time in which the machine was suspended counts for everything that waits; a jump of the time of day does not.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { makeClock } from "../../../provider/src/core/clock";
import type { Clock } from "../../../provider/src/core/clock";
import { isCodedError } from "../../../provider/src/core/coded-error";
import { withDeadline } from "../../../provider/src/core/deadline";
import { VirtualClock } from "../../support/clock/virtual-clock";

const HOUR_MS = 3_600_000;

/** A machine whose monotonic time and timers stand still while it is suspended, as on Linux. */
function machine(): { readonly awake: VirtualClock; readonly clock: Clock; readonly suspend: (ms: number) => void } {
  const awake = new VirtualClock();
  let suspendedMs = 0;
  const clock = makeClock({
    awakeMs: () => awake.nowMs(),
    // The kernel tells it in hundredths of a second.
    uptimeMs: () => Math.floor((awake.nowMs() + suspendedMs) / 10) * 10 + 5_000,
    timer: (ms, then) => awake.after(ms, then),
  });
  return { awake, clock, suspend: (ms) => (suspendedMs += ms) };
}

const endOf = (clock: Clock, timeoutMs: number): Promise<unknown> =>
  withDeadline({ clock, timeoutMs }, ({ signal }) => clock.sleep(10 * HOUR_MS, signal)).catch(
    (error: unknown) => error,
  );

describe("the clock of a machine that was suspended", () => {
  it("ends an operation within a second of its waking up, if its time is over by then", async () => {
    const { awake, clock, suspend } = machine();
    const ended = endOf(clock, 300_000);
    await awake.advance(10_500);
    suspend(HOUR_MS);
    const wokeMs = awake.nowMs();
    assert.ok(isCodedError(await awake.run(ended), "ERR_OPERATION_TIMEOUT"));
    assert.ok(awake.nowMs() - wokeMs <= 1_000, `${awake.nowMs() - wokeMs} ms`);
    assert.equal(awake.timers, 0);
    assert.ok(Math.abs(clock.nowMs() - awake.nowMs() - HOUR_MS) <= 10);
  });

  it("takes the time of several suspensions from an operation that goes on, and from what waits in it", async () => {
    const { awake, clock, suspend } = machine();
    let slept = false;
    void clock.sleep(100_000, new AbortController().signal).then(() => (slept = true));
    const ended = endOf(clock, 300_000);
    for (const ms of [60_000, 45_000, 100_000]) {
      await awake.advance(5_000);
      suspend(ms);
      await awake.advance(1_000);
    }
    assert.ok(slept);
    await awake.run(ended);
    assert.ok(Math.abs(awake.nowMs() - (300_000 - 205_000)) <= 1_000, `${awake.nowMs()} ms awake`);
  });

  it("is exact to the millisecond without one, however long the wait, and leaves no timer", async () => {
    const { awake, clock } = machine();
    for (const ms of [0, 1, 25, 999.5, 1_000, 1_000.5, 59_999, 300_000]) {
      const beganMs = awake.nowMs();
      await awake.run(clock.sleep(ms, new AbortController().signal));
      assert.ok(Math.abs(awake.nowMs() - beganMs - ms) < 1e-6, `${awake.nowMs() - beganMs} instead of ${ms} ms`);
      clock.after(ms, () => assert.fail("it was cancelled"))();
      assert.equal(awake.timers, 0);
    }
  });
});
