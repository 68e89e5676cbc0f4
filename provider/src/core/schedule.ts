// SPDX-License-Identifier: Apache-2.0
// The promise of the wait in ten lines. For every task that ends after T its end is seen within max(100 ms, 10 % of T),
// never later than 1 s (plus round trips). No schedule keeps that promise with fewer polls: each poll comes as late as
// the promise allows. A property test holds it over all T.

/** Floor of the gap between two polls, milliseconds; also the gap before the first one. @internal */
export const MIN_GAP_MS = 100;
/** Cap of the gap between two polls, milliseconds. @internal */
export const MAX_GAP_MS = 1_000;
/** Share of the time elapsed that the next gap may take. @internal */
export const GAP_RATIO = 0.1;

/**
 * The time to wait before the next poll.
 *
 * @param elapsedMs - milliseconds since the task was accepted
 * @returns milliseconds: a tenth of the time elapsed, at least 100 and at most 1000
 * @internal
 */
export function nextGapMs(elapsedMs: number): number {
  return Math.min(MAX_GAP_MS, Math.max(MIN_GAP_MS, GAP_RATIO * elapsedMs));
}
