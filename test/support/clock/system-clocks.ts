// SPDX-License-Identifier: Apache-2.0
// The system's clock with one difference each: it runs fast, its time of day jumps, or it tells a test of every pause.

import type { Clock } from "../../../provider/src/core/clock";
import { systemClock } from "../../../provider/src/core/clock";

/** A logout, and the time before it, milliseconds: a fraction of them is too short for a busy machine, and looks are closer. */
const isOfLogout = (ms: number): boolean => ms >= 1_500 && ms <= 2_000;

/**
 * A clock on which everything but a logout takes a fraction of its time.
 *
 * @param factor - 20: thirty of its seconds pass in one and a half
 */
export function fastClock(factor: number): Clock {
  return {
    nowMs: () => systemClock.nowMs() * factor,
    wallMs: () => systemClock.wallMs(),
    after: (ms, then) => systemClock.after(isOfLogout(ms) ? ms : ms / factor, then),
    sleep: (ms, signal) => systemClock.sleep(ms / factor, signal),
  };
}

/**
 * The system's clock, but for the time of day, which jumps.
 *
 * @param offsetMs - what is added to the time of day whenever it is asked for
 */
export function wallShiftedClock(offsetMs: () => number): Clock {
  return { ...systemClock, wallMs: () => systemClock.wallMs() + offsetMs() };
}

/**
 * The system's clock, which tells of every pause before it begins.
 *
 * @param onPause - called with the number of the pause, from 1; the pause begins when it has resolved
 */
export function pausingClock(onPause: (number: number) => Promise<void>): Clock {
  let pauses = 0;
  return {
    ...systemClock,
    sleep: async (ms, signal) => {
      pauses += 1;
      await onPause(pauses);
      await systemClock.sleep(ms, signal);
    },
  };
}
