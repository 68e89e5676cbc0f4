// SPDX-License-Identifier: Apache-2.0
// Time for everything that waits: monotonic, abortable, replaceable in tests. Never Date.now(): the system clock may jump
// in the middle of a wait. Time in which the machine was suspended counts.

import { uptime } from "node:os";
import { performance } from "node:perf_hooks";

/** A source of time. Tests have their own. */
export interface Clock {
  /** Monotonic milliseconds since an arbitrary start. */
  nowMs(): number;
  /** Milliseconds since 1970 by the system clock: for certificate dates only. */
  wallMs(): number;
  /** Resolves after `ms`, or rejects at once with the signal's reason; leaves no timer and no listener behind. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Calls `then` once after `ms`; the result cancels it. */
  after(ms: number, then: () => void): () => void;
}

/** What a clock is made from. @internal */
export interface TimeSources {
  /** Milliseconds; stands still while the machine is suspended (Linux: CLOCK_MONOTONIC). */
  readonly awakeMs: () => number;
  /** Milliseconds since the machine was started, suspended or not; exact to 10 ms. */
  readonly uptimeMs: () => number;
  /** `setTimeout`, whose timers stand still with `awakeMs`; the result cancels it. */
  readonly timer: (ms: number, then: () => void) => () => void;
}

/** A timer checks this often whether the machine was suspended, milliseconds. */
const TICK_MS = 1_000;
/** Less is the coarseness of the uptime. */
const MIN_SUSPENSION_MS = 1_000;

/** The clock of a machine that may be suspended. @internal */
export function makeClock({ awakeMs, uptimeMs, timer }: TimeSources): Clock {
  const aheadMs = (): number => uptimeMs() - awakeMs();
  const aheadAtStartMs = aheadMs();
  let suspendedMs = 0;
  const noticeSuspension = (): void => {
    const gainedMs = aheadMs() - aheadAtStartMs;
    if (gainedMs - suspendedMs >= MIN_SUSPENSION_MS) suspendedMs = gainedMs;
  };
  const clock: Clock = {
    nowMs: () => awakeMs() + suspendedMs,
    wallMs: () => Date.now(),
    after(ms, then) {
      noticeSuspension();
      const dueMs = clock.nowMs() + ms;
      let cancel: () => void;
      const wait = (leftMs: number): void => {
        cancel = timer(Math.min(Math.max(0, leftMs), TICK_MS), () => {
          if (leftMs <= TICK_MS) {
            then();
            return;
          }
          noticeSuspension();
          wait(dueMs - clock.nowMs());
        });
      };
      wait(ms);
      return () => {
        cancel();
      };
    },
    sleep(ms, signal) {
      return new Promise((resolve, reject) => {
        const abort = (): void => {
          cancel();
          reject(abortReason(signal));
        };
        const cancel = clock.after(ms, () => {
          signal.removeEventListener("abort", abort);
          resolve();
        });
        if (signal.aborted) abort();
        else signal.addEventListener("abort", abort, { once: true });
      });
    },
  };
  return clock;
}

/** The real clock. */
export const systemClock: Clock = makeClock({
  awakeMs: () => performance.now(),
  uptimeMs: uptimeIsKnown() ? () => uptime() * 1000 : () => performance.now(),
  timer: (ms, then) => {
    const timeout = setTimeout(then, ms);
    return () => {
      clearTimeout(timeout);
    };
  },
});

/** False if the system hides it: then a suspension is not seen. */
function uptimeIsKnown(): boolean {
  try {
    return uptime() > 0;
  } catch {
    return false;
  }
}

/** The reason why a signal was aborted, always an Error. */
export function abortReason(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error("aborted");
}
