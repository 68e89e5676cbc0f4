// SPDX-License-Identifier: Apache-2.0
// The loop that looks until an answer is final. It knows no HTTP and no task. A failed look is not a failed task.

import { abortReason } from "./clock";
import { CodedError } from "./coded-error";
import type { Deadline } from "./deadline";
import { pauseBeforeRetryMs } from "./retry";
import type { RetryDecision } from "./retry";
import { nextGapMs } from "./schedule";

/** What one look found: nothing final yet, the answer, or a failure that further looks cannot change. @internal */
export type Look<T> =
  | { readonly state: "pending" }
  | { readonly state: "done"; readonly value: T }
  | { readonly state: "failed"; readonly error: Error };

/** The arguments of {@link poll}. @internal */
export interface PollOptions<T> {
  readonly deadline: Deadline;
  /** One look. What it throws is judged by `mayPass`. */
  readonly look: () => Promise<Look<T>>;
  /** Whether a look that threw may work the next time; undefined ends the poll with that error. */
  readonly mayPass: (error: unknown, failuresInARow: number) => RetryDecision | undefined;
  /** Waits between two looks; may return early when an answer is there already. Default: the clock's sleep. */
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** `clock.nowMs()` at which the thing began; default now. The schedule counts from there. */
  readonly beganMs?: number | undefined;
  /** Milliseconds before the first look, for things that are known to be quick; default as the schedule says. */
  readonly firstGapMs?: number | undefined;
  /** True: look at once, instead of after the first gap. Default false. */
  readonly lookFirst?: boolean | undefined;
}

/** This much time is kept for one last look before the deadline, milliseconds. */
const LAST_LOOK_RESERVE_MS = 500;

/**
 * Looks on the schedule until the answer is final. The last pause is cut so that one look happens right before the
 * deadline, whatever pause the server has asked for.
 *
 * @throws what a look failed with, or the reason of the deadline's signal
 * @internal
 */
export async function poll<T>(options: PollOptions<T>): Promise<T> {
  const { deadline, mayPass } = options;
  const { clock, signal } = deadline;
  const pause = options.pause ?? ((ms: number): Promise<void> => clock.sleep(ms, signal));
  const nextPauseMs = pauses(options);
  let failures = 0;
  let atLeastMs = 0;
  let lastFailure: unknown;
  for (;;) {
    try {
      await pause(nextPauseMs(atLeastMs), signal);
    } catch (error) {
      throw withLastFailure(error, lastFailure);
    }
    const found = await lookOnce(options.look);
    switch (found.state) {
      case "done":
        return found.value;
      case "failed":
        throw found.error;
      case "pending":
        failures = 0;
        atLeastMs = 0;
        lastFailure = undefined;
        break;
      case "threw": {
        if (signal.aborted) throw withLastFailure(abortReason(signal), lastFailure);
        failures += 1;
        lastFailure = found.error;
        const decision = mayPass(found.error, failures);
        if (decision === undefined) throw found.error;
        atLeastMs = pauseBeforeRetryMs(failures, decision.retryAfterMs);
      }
    }
  }
}

/** The end of the time, with the failure that was about to be tried again: it says more than that the time is up. */
function withLastFailure(end: unknown, last: unknown): unknown {
  if (!(end instanceof CodedError) || !(last instanceof CodedError)) return end;
  return end.extended({ suffix: `; ${last.message}`, cause: last });
}

async function lookOnce<T>(look: () => Promise<Look<T>>): Promise<Look<T> | { state: "threw"; error: unknown }> {
  try {
    return await look();
  } catch (error) {
    return { state: "threw", error };
  }
}

/** The pauses of one poll, each asked for right before it begins. */
function pauses(options: PollOptions<unknown>): (atLeastMs: number) => number {
  const { deadline, firstGapMs, lookFirst } = options;
  const { clock } = deadline;
  const beganMs = options.beganMs ?? clock.nowMs();
  let first = true;
  let lastLookPlanned = false;
  return (atLeastMs) => {
    const isFirst = first;
    first = false;
    if (isFirst && lookFirst === true) return 0;
    const gapMs = isFirst && firstGapMs !== undefined ? firstGapMs : nextGapMs(clock.nowMs() - beganMs);
    const pauseMs = Math.max(gapMs, atLeastMs);
    const untilLastLookMs = deadline.remainingMs() - LAST_LOOK_RESERVE_MS;
    if (pauseMs <= untilLastLookMs || lastLookPlanned) return pauseMs;
    lastLookPlanned = true;
    return Math.max(0, untilLastLookMs);
  };
}
