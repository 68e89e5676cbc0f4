// SPDX-License-Identifier: Apache-2.0
// Time for unit tests: it stands still until a test moves it, so that five minutes of waiting take a millisecond. It
// counts its timers, so that a test sees what was left behind.

import type { Clock } from "../../../provider/src/core/clock";
import { abortReason } from "../../../provider/src/core/clock";

/** A clock that a test moves. */
export class VirtualClock implements Clock {
  readonly #timers = new Map<number, { readonly dueMs: number; readonly then: () => void }>();
  #nowMs = 0;
  #made = 0;
  readonly #startWallMs: number;

  /** @param startWallMs - milliseconds since 1970 at the start. */
  constructor(startWallMs: number = Date.UTC(2026, 0, 1)) {
    this.#startWallMs = startWallMs;
  }

  /** Timers that have neither fired nor been cancelled. */
  get timers(): number {
    return this.#timers.size;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return this.#startWallMs + this.#nowMs;
  }

  after(ms: number, then: () => void): () => void {
    const number = ++this.#made;
    this.#timers.set(number, { dueMs: this.#nowMs + Math.max(0, ms), then });
    return () => {
      this.#timers.delete(number);
    };
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

  /**
   * Moves time forward, firing timers in their order; everything they set off runs before the next one fires.
   *
   * @param ms - how far
   */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    await settle();
    for (;;) {
      const next = this.#next();
      if (next === undefined || next.dueMs > untilMs) break;
      await this.#fire(next);
    }
    this.#nowMs = untilMs;
    await settle();
  }

  /**
   * Moves time from timer to timer until the work has ended.
   *
   * @param work - what waits on this clock
   * @returns what it resolves to
   * @throws what it rejects with; Error where it waits for something that is no timer
   */
  async run<T>(work: Promise<T>): Promise<T> {
    const state = { ended: false };
    const end = (): void => {
      state.ended = true;
    };
    work.then(end, end);
    for (let idle = 0; ;) {
      await settle();
      if (state.ended) return work;
      const next = this.#next();
      if (next !== undefined) {
        idle = 0;
        await this.#fire(next);
      } else if (++idle > 1_000) {
        throw new Error("nothing is left to wait for, and the work has not ended");
      }
    }
  }

  #next(): { readonly number: number; readonly dueMs: number } | undefined {
    let first: { readonly number: number; readonly dueMs: number } | undefined;
    for (const [number, { dueMs }] of this.#timers) {
      if (first === undefined || dueMs < first.dueMs) first = { number, dueMs };
    }
    return first;
  }

  async #fire({ number, dueMs }: { readonly number: number; readonly dueMs: number }): Promise<void> {
    const timer = this.#timers.get(number);
    this.#timers.delete(number);
    this.#nowMs = Math.max(this.#nowMs, dueMs);
    timer?.then();
    await settle();
  }
}

/** Lets everything that is ready run: promises, and what they put off with setImmediate. */
async function settle(): Promise<void> {
  for (let i = 0; i < 2; i += 1) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}
