// SPDX-License-Identifier: Apache-2.0
// How often a task is polled. The end of a task that took T is seen within max(100 ms, 10 % of T), never later than 1 s
// (plus round trips). No schedule keeps this promise with fewer polls, because each one comes as late as it allows.

/** Shortest gap between two polls, and the gap before the first one. */
export const MIN_GAP_MS = 100;
/** Longest gap between two polls. */
export const MAX_GAP_MS = 1_000;
/** The next gap as a share of the elapsed time. */
export const GAP_RATIO = 0.1;

/** The time to wait before the next poll, `elapsedMs` after the task was accepted. */
export function nextGapMs(elapsedMs: number): number {
  return Math.min(MAX_GAP_MS, Math.max(MIN_GAP_MS, GAP_RATIO * elapsedMs));
}
