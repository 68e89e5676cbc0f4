// SPDX-License-Identifier: Apache-2.0
// Time that passes only when nothing else can happen: an hour of waiting costs microseconds, and every run is repeatable.

interface Timer {
  readonly dueMs: number;
  readonly order: number;
  readonly then: () => void;
}

/** So many turns of the event loop without a timer mean that the work hangs. */
const MAX_IDLE_TURNS = 3_000;

/** A clock in the shape that the provider waits by. */
export class VirtualClock {
  #nowMs = 0;
  #wallOffsetMs = Date.now();
  #order = 0;
  readonly #timers = new Set<Timer>();

  readonly nowMs = (): number => this.#nowMs;
  readonly wallMs = (): number => this.#nowMs + this.#wallOffsetMs;

  readonly after = (ms: number, then: () => void): (() => void) => {
    const timer = { dueMs: this.#nowMs + Math.max(0, ms), order: (this.#order += 1), then };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  };

  readonly sleep = (ms: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      const abort = (): void => {
        cancel();
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- the reason as it is
        reject(signal.reason);
      };
      const cancel = this.after(ms, () => {
        signal.removeEventListener("abort", abort);
        resolve();
      });
      if (signal.aborted) abort();
      else signal.addEventListener("abort", abort, { once: true });
    });

  /** The system clock jumps; monotonic time does not. */
  jumpWall(ms: number): void {
    this.#wallOffsetMs += ms;
  }

  /** Lets time pass while nothing runs. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    while (this.#next() !== undefined && (this.#next()?.dueMs ?? 0) <= untilMs) await this.#fire();
    this.#nowMs = untilMs;
  }

  /**
   * Runs work to its end, letting time pass whenever it waits.
   *
   * @param work - what to run
   * @returns what it returns
   * @throws what it throws, or an Error where it waits for nothing
   */
  async run<T>(work: Promise<T>): Promise<T> {
    let ended = false;
    work.then(
      () => (ended = true),
      () => (ended = true),
    );
    for (let idle = 0; !(await settled(() => ended));) {
      if (this.#next() === undefined) {
        idle += 1;
        // A module that is loaded for the first time takes real time.
        await new Promise((resolve) => setTimeout(resolve, 1));
        if (idle > MAX_IDLE_TURNS) throw new Error("the work waits, but for no timer");
      } else {
        idle = 0;
        await this.#fire();
      }
    }
    return work;
  }

  /** The process that had set them was killed. */
  forgetTimers(): void {
    this.#timers.clear();
  }

  /** Timers that are still set. */
  pending(): number {
    return this.#timers.size;
  }

  #next(): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (next === undefined || timer.dueMs < next.dueMs || (timer.dueMs === next.dueMs && timer.order < next.order)) {
        next = timer;
      }
    }
    return next;
  }

  async #fire(): Promise<void> {
    const timer = this.#next();
    if (timer === undefined) return;
    this.#timers.delete(timer);
    this.#nowMs = Math.max(this.#nowMs, timer.dueMs);
    timer.then();
    await settled(() => false);
  }
}

/** Lets everything run that can run now: microtasks, and the two turns that setImmediate and import() take. */
async function settled(ended: () => boolean): Promise<boolean> {
  for (let turn = 0; turn < 2 && !ended(); turn += 1) await new Promise((resolve) => setImmediate(resolve));
  return ended();
}
