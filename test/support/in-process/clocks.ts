// SPDX-License-Identifier: Apache-2.0
// Clocks to inject into a provider: one that only moves when everything waits, one that runs fast, and one that tells a
// test of every sleep. All are monotonic; none touches the real clock of the process.

import type { Clock } from "../../../provider/src/core/clock";
import { abortReason, systemClock } from "../../../provider/src/core/clock";

interface Timer {
  readonly atMs: number;
  readonly then: () => void;
}

/** Real time in which something may come that is no timer of the clock, such as a module that is loaded, milliseconds. */
const LOADING_MS = 2_000;

/** A clock that stands still until {@link VirtualClock.run} moves it to the next timer. For providers without sockets. */
export class VirtualClock implements Clock {
  readonly #timers = new Set<Timer>();
  readonly #startedWallMs = Date.now();
  #nowMs = 0;

  nowMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return this.#startedWallMs + this.#nowMs;
  }

  after(ms: number, then: () => void): () => void {
    const timer = { atMs: this.#nowMs + Math.max(0, ms), then };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        cancel();
        reject(abortReason(signal));
      };
      const cancel = this.after(ms, () => {
        signal.removeEventListener("abort", abort);
        resolve();
      });
      if (signal.aborted) abort();
      else signal.addEventListener("abort", abort, { once: true });
    });
  }

  /** Moves time on until the work has ended. @throws Error when the work waits for nothing */
  async run<T>(work: Promise<T>): Promise<T> {
    const state = { ended: false };
    const end = (): void => {
      state.ended = true;
    };
    work.then(end, end);
    let giveUpMs = systemClock.nowMs() + LOADING_MS;
    for (;;) {
      // Everything that can go on without time passing goes on first.
      for (let turn = 0; turn < 6; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      if (state.ended) return work;
      const next = [...this.#timers].reduce<Timer | undefined>(
        (first, timer) => (first === undefined || timer.atMs < first.atMs ? timer : first),
        undefined,
      );
      if (next === undefined) {
        if (systemClock.nowMs() > giveUpMs) throw new Error("everything waits, and for no timer");
        continue;
      }
      giveUpMs = systemClock.nowMs() + LOADING_MS;
      this.#timers.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.then();
    }
  }
}

/**
 * A clock on which everything takes a fraction of its time.
 *
 * @param factor - 20: thirty of its seconds pass in one and a half
 */
export function fastClock(factor: number): Clock {
  return {
    nowMs: () => systemClock.nowMs() * factor,
    wallMs: () => systemClock.wallMs(),
    after: (ms, then) => systemClock.after(ms / factor, then),
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
