// SPDX-License-Identifier: Apache-2.0
// The loop that looks until an answer is final. It knows no HTTP and no task: the caller looks, and says what a failed
// look means. A failed look is not a failed task.

import type { Deadline } from "./deadline";
import { nextGapMs } from "./schedule";

/** What one look found: nothing final yet, or the answer. @internal */
export type Look<T> = { readonly final: false } | { readonly final: true; readonly value: T };

/** The arguments of {@link poll}. @internal */
export interface PollOptions<T> {
  readonly deadline: Deadline;
  /**
   * One look at the thing that is waited for, `afterMs` from now. It may come earlier where a look for somebody else
   * answers for this one as well.
   */
  readonly look: (afterMs: number) => Promise<Look<T>>;
  /**
   * Called when a look threw. Returns the milliseconds to wait at least before the next look, or throws what ends the
   * wait.
   */
  readonly onFailedLook: (error: unknown, failuresInARow: number) => number;
  /** `clock.nowMs()` at which the thing began; default now. The schedule counts from there. */
  readonly beganMs?: number;
  /** Milliseconds before the first look, where the thing is known to be quick; default as the schedule says. */
  readonly firstGapMs?: number | undefined;
  /** True: look at once, instead of after the first gap. Default false. */
  readonly lookFirst?: boolean;
}

/** So much of the time is kept for one last look before the deadline, milliseconds. */
const LAST_LOOK_RESERVE_MS = 500;

/**
 * Looks on the schedule until the answer is final; the last sleep is cut so that one look happens right before the
 * deadline.
 *
 * @param options - see {@link PollOptions}
 * @returns the final value
 * @throws what `onFailedLook` throws, or the reason of the deadline's signal
 * @internal
 */
export async function poll<T>(options: PollOptions<T>): Promise<T> {
  const { deadline, look, onFailedLook } = options;
  const { clock, signal } = deadline;
  const beganMs = options.beganMs ?? clock.nowMs();
  let failuresInARow = 0;
  let atLeastMs = 0;
  let skipGap = options.lookFirst === true;
  let { firstGapMs } = options;
  let lastLookDone = false;
  for (;;) {
    let afterMs = 0;
    if (!skipGap) {
      afterMs = Math.max(firstGapMs ?? nextGapMs(clock.nowMs() - beganMs), atLeastMs);
      firstGapMs = undefined;
      const untilLastLookMs = deadline.remainingMs() - LAST_LOOK_RESERVE_MS;
      if (afterMs > untilLastLookMs && !lastLookDone) {
        lastLookDone = true;
        afterMs = Math.max(0, untilLastLookMs);
      }
    }
    skipGap = false;
    try {
      const found = await look(afterMs);
      if (found.final) return found.value;
      failuresInARow = 0;
      atLeastMs = 0;
    } catch (error) {
      signal.throwIfAborted();
      failuresInARow += 1;
      atLeastMs = onFailedLook(error, failuresInARow);
    }
  }
}
