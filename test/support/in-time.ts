// SPDX-License-Identifier: Apache-2.0
// Bounds of real time that hold on a busy machine, too: while this process gets no turn, the time does not count.

import assert from "node:assert/strict";

const TICK_MS = 25;
/** A tick that is later than this tells that the process got no turn, milliseconds. */
const LATE_MS = 50;
/** What a test asserts may have ended this long ago, milliseconds. */
const SINCE_MS = 2_000;

const stalls: { readonly endMs: number; readonly lateMs: number }[] = [];
let tickMs = performance.now();
setInterval(() => {
  const lateMs = lateBy();
  tickMs = performance.now();
  if (lateMs > LATE_MS) stalls.push({ endMs: tickMs, lateMs });
}, TICK_MS).unref();

function lateBy(): number {
  return performance.now() - tickMs - TICK_MS;
}

function stalledMs(withinMs: number): number {
  const sinceMs = performance.now() - withinMs;
  const before = stalls.filter(({ endMs }) => endMs >= sinceMs).reduce((sum, { lateMs }) => sum + lateMs, 0);
  return before + Math.max(0, lateBy());
}

/**
 * Demands that what has just ended took no longer than `atMostMs` of the time in which this process had its turns, and at
 * least `atLeastMs` (default 0) of all the time. All milliseconds.
 *
 * @param what - of a table the row, for the message
 */
export function assertInTime(
  tookMs: number,
  { atLeastMs = 0, atMostMs }: { readonly atLeastMs?: number; readonly atMostMs: number },
  what = "it",
): void {
  const waitedMs = stalledMs(tookMs + SINCE_MS);
  const text = `${Math.round(tookMs)} ms, ${Math.round(waitedMs)} of them without a turn`;
  assert.ok(tookMs >= atLeastMs, `${what} came too early: ${text}, at least ${atLeastMs}`);
  assert.ok(tookMs - waitedMs <= atMostMs, `${what} came too late: ${text}, at most ${atMostMs}`);
}
