// SPDX-License-Identifier: Apache-2.0
// Time for everything that waits: monotonic, abortable, replaceable in tests. Never Date.now(): the system clock may jump
// in the middle of a wait.

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

/** Node turns a longer timer into 1 ms. Source: Node.js timers documentation, setTimeout. */
const MAX_TIMER_MS = 2_147_483_647;

/** The real clock. */
export const systemClock: Clock = {
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
  after(ms, then) {
    const timer = setTimeout(then, Math.min(Math.max(0, ms), MAX_TIMER_MS));
    return () => {
      clearTimeout(timer);
    };
  },
  sleep(ms, signal) {
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        cancel();
        reject(abortReason(signal));
      };
      const cancel = systemClock.after(ms, () => {
        signal.removeEventListener("abort", abort);
        resolve();
      });
      if (signal.aborted) abort();
      else signal.addEventListener("abort", abort, { once: true });
    });
  },
};

/** The reason why a signal was aborted, always an Error. */
export function abortReason(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error("aborted");
}
