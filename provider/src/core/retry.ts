// SPDX-License-Identifier: Apache-2.0
// Repeating what failed: full-jitter back-off, bounded by the deadline, and a budget that all operations of the process
// share, so that many resources do not overload a vCenter that is in trouble.

import { abortReason } from "./clock";
import type { Deadline } from "./deadline";
import { CodedError } from "./coded-error";

/** The first back-off is drawn from 0 to this, milliseconds; it doubles with each failure. @internal */
export const BACKOFF_BASE_MS = 100;
/** No back-off is longer, milliseconds. @internal */
export const BACKOFF_CAP_MS = 5_000;

/**
 * Full-jitter back-off in [0, min(cap, base × 2^(failures − 1))), for a random number in [0, 1).
 *
 * @see AWS Architecture Blog, "Exponential Backoff And Jitter" (full jitter)
 * @internal
 */
export function backoffMs(failures: number, random: number): number {
  return random * Math.min(BACKOFF_CAP_MS, BACKOFF_BASE_MS * 2 ** Math.min(failures - 1, 16));
}

/** The pause before the next attempt: never below the back-off, since `Retry-After: 0` must not make a hot loop. @internal */
export function pauseBeforeRetryMs(failures: number, retryAfterMs: number | undefined): number {
  return Math.max(retryAfterMs ?? 0, backoffMs(failures, Math.random()));
}

/**
 * Tokens that all retries of a process share: 20 at most, 5 a retry, 1 back for each call that vCenter answers as it should.
 * Without tokens a retry waits longer; it is never refused, because the operation may still have time.
 *
 * @internal
 */
export class RetryBudget {
  static readonly CAPACITY: number = 20;
  static readonly RETRY_COST: number = 5;
  #tokens: number = RetryBudget.CAPACITY;

  /** Takes the price of one retry. Returns what the retry must wait besides its back-off, milliseconds. */
  take(random: number = Math.random()): number {
    if (this.#tokens < RetryBudget.RETRY_COST) return (1 + random) * BACKOFF_CAP_MS * 0.2;
    this.#tokens -= RetryBudget.RETRY_COST;
    return 0;
  }

  /** Gives one token back: vCenter answered a call as it should. */
  succeeded(): void {
    this.#tokens = Math.min(RetryBudget.CAPACITY, this.#tokens + 1);
  }
}

/** How to go on after a failed attempt. @internal */
export interface RetryDecision {
  /** The pause that the server asked for, milliseconds; default: the back-off. */
  readonly retryAfterMs?: number | undefined;
  /** True: costs no budget, because the server itself asked to come back later, or cannot be reached. Default false. */
  readonly free?: boolean;
}

/** The arguments of {@link retry}. @internal */
export interface RetryOptions<T> {
  readonly deadline: Deadline;
  readonly budget: RetryBudget;
  readonly attempt: () => Promise<T>;
  /** Says how to go on after a failure; undefined gives up with that failure. `failures` counts this one. */
  readonly decide: (error: unknown, failures: number) => RetryDecision | undefined;
}

/**
 * Attempts until one succeeds or `decide` gives up.
 *
 * @throws the last failure with the number of attempts; the deadline's reason, with the last failure in its text; the
 * failure with a remedy if the server asks for a longer pause than there is time
 * @internal
 */
export async function retry<T>(options: RetryOptions<T>): Promise<T> {
  const { deadline, budget } = options;
  let last: unknown;
  for (let failures = 0; ;) {
    try {
      return await options.attempt();
    } catch (error) {
      // What was under way when the time was up says itself what it was.
      if (deadline.signal.aborted) throw last === undefined ? error : timeIsUp(deadline.signal, last, failures);
      failures += 1;
      last = error;
      const decision = options.decide(error, failures);
      if (decision === undefined) throw withAttempts(error, failures);
      failIfTooLong(error, decision.retryAfterMs, deadline);
      const spacingMs = decision.free === true ? 0 : budget.take();
      try {
        await deadline.clock.sleep(spacingMs + pauseBeforeRetryMs(failures, decision.retryAfterMs), deadline.signal);
      } catch {
        throw timeIsUp(deadline.signal, last, failures);
      }
    }
  }
}

/** Adds the number of attempts to a failure that is given up, unless it is 1 or known already. @internal */
export function withAttempts(error: unknown, attempts: number): unknown {
  if (!(error instanceof CodedError) || attempts < 2 || error.attempts !== undefined) return error;
  return error.extended({ suffix: ` (${tried(attempts)})`, attempts });
}

/** E.g. `tried 3 times`. @internal */
export function tried(attempts: number): string {
  return attempts === 1 ? "tried once" : `tried ${attempts} times`;
}

/** The end of the operation, with the failure that was about to be tried again: it says more than that the time is up. */
function timeIsUp(signal: AbortSignal, last: unknown, failures: number): unknown {
  const reason = abortReason(signal);
  if (!(reason instanceof CodedError) || !(last instanceof CodedError)) return reason;
  return reason.extended({ suffix: `; ${last.message} (${tried(failures)})`, cause: last, attempts: failures });
}

/**
 * Fails at once if the server asks for a longer pause than the operation has left.
 *
 * @throws the failure, its message extended by both figures
 * @internal
 */
export function failIfTooLong(error: unknown, retryAfterMs: number | undefined, deadline: Deadline): void {
  if (retryAfterMs === undefined || retryAfterMs < deadline.remainingMs()) return;
  if (!(error instanceof CodedError)) throw error;
  const asked = Math.ceil(retryAfterMs / 1000);
  const left = Math.floor(deadline.remainingMs() / 1000);
  throw error.extended({
    suffix: `; the server asked to wait ${asked} s (Retry-After), but only ${left} s of this operation are left`,
    details: { retryAfterMs },
    remedy: "try again later, or raise timeoutSeconds above that",
  });
}
