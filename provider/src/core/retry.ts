// SPDX-License-Identifier: Apache-2.0
// Repeating what failed, without making things worse: full-jitter back-off, a bound by the deadline, and a budget that
// all operations of the process share, so that many resources do not hammer a sick vCenter.

import { abortReason } from "./clock";
import type { Deadline } from "./deadline";
import { CodedError } from "./coded-error";

/** First back-off is drawn from 0 to this, milliseconds; it doubles per failure. @internal */
export const BACKOFF_BASE_MS = 100;
/** No back-off is longer, milliseconds. @internal */
export const BACKOFF_CAP_MS = 5_000;

/**
 * Full-jitter back-off.
 *
 * @param failures - failures so far, 1 or more
 * @param random - a number in [0, 1)
 * @returns milliseconds in [0, min(cap, base × 2^(failures − 1)))
 * @see AWS Architecture Blog, "Exponential Backoff And Jitter" (full jitter)
 * @internal
 */
export function backoffMs(failures: number, random: number): number {
  return random * Math.min(BACKOFF_CAP_MS, BACKOFF_BASE_MS * 2 ** Math.min(failures - 1, 16));
}

/**
 * The pause before the next attempt. A server that asks for none, or for less than its failures so far are worth, gets
 * the back-off: `Retry-After: 0` must not make a loop without a pause.
 *
 * @param failures - failures so far, 1 or more
 * @param retryAfterMs - the pause the server asked for, milliseconds; undefined: none
 * @returns milliseconds
 * @internal
 */
export function pauseBeforeRetryMs(failures: number, retryAfterMs: number | undefined): number {
  return Math.max(retryAfterMs ?? 0, backoffMs(failures, Math.random()));
}

/**
 * Adds the number of attempts to a failure that is given up.
 *
 * @param error - the last failure
 * @param attempts - how often it was tried
 * @returns the same error; its message ends with `(tried N times)` where that is more than once
 * @internal
 */
export function noteAttempts<E>(error: E, attempts: number): E {
  const note = ` (tried ${attempts} times)`;
  if (error instanceof CodedError && attempts > 1 && !error.message.includes(" (tried ")) error.message += note;
  return error;
}

/** Tokens that all retries of a process share: 20 at most, 5 a retry, 1 back per success. @internal */
export class RetryBudget {
  static readonly CAPACITY: number = 20;
  static readonly RETRY_COST: number = 5;
  #tokens: number = RetryBudget.CAPACITY;

  /** Takes the price of one retry. @returns false when the budget is spent: do not retry */
  take(): boolean {
    if (this.#tokens < RetryBudget.RETRY_COST) return false;
    this.#tokens -= RetryBudget.RETRY_COST;
    return true;
  }

  /** Gives one token back for a request that succeeded. */
  succeeded(): void {
    this.#tokens = Math.min(RetryBudget.CAPACITY, this.#tokens + 1);
  }
}

/** What to do after a failed attempt. @internal */
export interface RetryDecision {
  /** The server asked for this pause, milliseconds; a back-off is used where it did not. */
  readonly retryAfterMs?: number | undefined;
  /** True where the server itself asked to come back later: costs no budget. Default false. */
  readonly free?: boolean;
}

/** The arguments of {@link retry}. @internal */
export interface RetryOptions<T> {
  readonly deadline: Deadline;
  readonly budget: RetryBudget;
  /** One attempt; `failures` counts the failed ones before it. */
  readonly attempt: (failures: number) => Promise<T>;
  /** Says how to go on after a failure, or undefined to give up with that failure. */
  readonly decide: (error: unknown, failures: number) => RetryDecision | undefined;
}

/**
 * Attempts until one succeeds or `decide` gives up.
 *
 * @param options - see {@link RetryOptions}
 * @returns what the successful attempt returned
 * @throws the last failure; the deadline's reason, with the last failure in its text; a copy of the failure with a remedy
 * when the server asks for a longer pause than there is time
 * @internal
 */
export async function retry<T>(options: RetryOptions<T>): Promise<T> {
  const { deadline, budget } = options;
  let last: unknown;
  for (let failures = 0; ;) {
    try {
      const value = await options.attempt(failures);
      budget.succeeded();
      return value;
    } catch (error) {
      if (deadline.signal.aborted) throw timeIsUp(deadline.signal, last, failures);
      failures += 1;
      last = error;
      const decision = options.decide(error, failures);
      if (decision === undefined) throw noteAttempts(error, failures);
      const pauseMs = pauseBeforeRetryMs(failures, decision.retryAfterMs);
      failIfTooLong(error, decision.retryAfterMs, deadline);
      if (decision.free !== true && !budget.take()) throw noteAttempts(error, failures);
      try {
        await deadline.clock.sleep(pauseMs, deadline.signal);
      } catch {
        throw timeIsUp(deadline.signal, last, failures);
      }
    }
  }
}

/** The end of the operation, with the failure that was about to be tried again: it says more than that the time is up. */
function timeIsUp(signal: AbortSignal, last: unknown, failures: number): unknown {
  const reason = abortReason(signal);
  if (!(reason instanceof CodedError) || !(last instanceof CodedError)) return reason;
  const { code, message, details, remedy } = reason;
  return new CodedError(code, `${message}; ${last.message} (tried ${failures} times)`, {
    cause: last,
    details,
    ...(remedy === undefined ? {} : { remedy }),
  });
}

/**
 * Fails at once where the server asks for a longer pause than the operation has left.
 *
 * @param error - the failure that carried the wish
 * @param retryAfterMs - the pause the server asked for, milliseconds; undefined: none
 * @param deadline - the operation's bound
 * @throws the failure, its message extended by both figures
 * @internal
 */
export function failIfTooLong(error: unknown, retryAfterMs: number | undefined, deadline: Deadline): void {
  if (retryAfterMs === undefined || retryAfterMs < deadline.remainingMs()) return;
  const asked = `the server asked to wait ${Math.ceil(retryAfterMs / 1000)} s (Retry-After), but only ${Math.floor(deadline.remainingMs() / 1000)} s of this operation are left`;
  if (!(error instanceof CodedError)) throw error;
  throw new CodedError(error.code, `${error.message}; ${asked}`, {
    cause: error,
    details: { ...error.details, retryAfterMs },
    remedy: "try again later, or raise timeoutSeconds above that",
  });
}
