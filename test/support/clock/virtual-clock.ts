// SPDX-License-Identifier: Apache-2.0
// Time that passes only when nothing else can happen: an hour of waiting costs microseconds. For code without sockets.

import type { Clock } from "../../../provider/src/core/clock";
import { abortReason, systemClock } from "../../../provider/src/core/clock";

interface Timer {
  readonly dueMs: number;
  readonly then: () => void;
}

/** Turns of the event loop that let everything run that is ready: promises, `setImmediate` and `import()`. */
const READY_TURNS = 2;
/** Turns without a timer before {@link VirtualClock.run} yields to the operating system: a module is being loaded. */
const FREE_TURNS = 50;
/** Real time without a timer after which the work hangs, ms. */
const MAX_IDLE_MS = 3_000;

/** A clock that a test moves. */
export class VirtualClock implements Clock {
  /** In the order in which they were set. */
  readonly #timers = new Set<Timer>();
  #nowMs = 0;
  #wallOffsetMs: number;

  /** @param startWallMs - milliseconds since 1970 at the start */
  constructor(startWallMs: number = Date.UTC(2026, 0, 1)) {
    this.#wallOffsetMs = startWallMs;
  }

  /** Timers that have neither fired nor been cancelled. */
  get timers(): number {
    return this.#timers.size;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return this.#nowMs + this.#wallOffsetMs;
  }

  after(ms: number, then: () => void): () => void {
    const timer = { dueMs: this.#nowMs + Math.max(0, ms), then };
    this.#timers.add(timer);
    return () => {
      this.#timers.delete(timer);
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

  /** The time of day jumps; monotonic time does not. */
  jumpWall(ms: number): void {
    this.#wallOffsetMs += ms;
  }

  /** Moves time forward; everything that a timer sets off runs before the next timer fires. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    await settle();
    for (let next = this.#next(); next !== undefined && next.dueMs <= untilMs; next = this.#next()) {
      await this.#fire(next);
    }
    this.#nowMs = untilMs;
    await settle();
  }

  /**
   * Moves time from timer to timer until the work has ended.
   *
   * @param cutShort - ends the run before the work has ended, by rejecting
   * @throws Error if the work waits, but for no timer
   */
  async run<T>(work: Promise<T>, cutShort?: Promise<never>): Promise<T> {
    const first = cutShort === undefined ? work : Promise.race([work, cutShort]);
    let ended = false;
    const end = (): void => {
      ended = true;
    };
    first.then(end, end);
    const hasEnded = (): boolean => ended;
    let idle = 0;
    let idleSinceMs = 0;
    for (;;) {
      await settle(hasEnded);
      if (hasEnded()) return first;
      const next = this.#next();
      if (next !== undefined) {
        idle = 0;
        await this.#fire(next, hasEnded);
        continue;
      }
      if (idle === 0) idleSinceMs = systemClock.nowMs();
      idle += 1;
      if (idle > FREE_TURNS) await new Promise((resolve) => setTimeout(resolve, 1));
      if (systemClock.nowMs() - idleSinceMs > MAX_IDLE_MS) throw new Error("the work waits, but for no timer");
    }
  }

  /** The process that had set the timers was killed: they never fire. */
  async buryProcess(): Promise<void> {
    await settle();
    this.#timers.clear();
  }

  #next(): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) if (first === undefined || timer.dueMs < first.dueMs) first = timer;
    return first;
  }

  async #fire(timer: Timer, hasEnded?: () => boolean): Promise<void> {
    this.#timers.delete(timer);
    this.#nowMs = Math.max(this.#nowMs, timer.dueMs);
    timer.then();
    await settle(hasEnded);
  }
}

/** Lets everything run that is ready. */
async function settle(hasEnded: () => boolean = () => false): Promise<void> {
  for (let turn = 0; turn < READY_TURNS && !hasEnded(); turn += 1) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}
