// SPDX-License-Identifier: Apache-2.0
// Time that passes only when nothing else can happen: an hour of waiting costs microseconds, and every run is repeatable.

interface Timer {
  readonly dueMs: number;
  readonly order: number;
  readonly then: () => void;
}

/** So many turns of the event loop without a timer mean that something takes real time: a module that is loaded. */
const MAX_FREE_TURNS = 50;
/** So many milliseconds of it mean that the work hangs. */
const MAX_IDLE_MS = 3_000;

/** A clock in the shape that the provider waits by. */
export class VirtualClock {
  #nowMs = 0;
  #wallOffsetMs: number;
  #order = 0;
  readonly #timers = new Set<Timer>();

  /** @param bornMs - milliseconds since 1970 by the system clock when it starts */
  constructor(bornMs: number) {
    this.#wallOffsetMs = bornMs;
  }

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
   * @param cutShort - what ends the run before the work's end, by rejecting
   * @returns what it returns
   * @throws what it throws, or an Error where it waits for nothing
   */
  async run<T>(work: Promise<T>, cutShort?: Promise<never>): Promise<T> {
    let ended = false;
    const both = cutShort === undefined ? work : Promise.race([work, cutShort]);
    both.then(
      () => (ended = true),
      () => (ended = true),
    );
    for (let idle = 0; !(await settled(() => ended));) {
      if (this.#next() === undefined) {
        idle += 1;
        if (idle > MAX_FREE_TURNS) await new Promise((resolve) => setTimeout(resolve, 1));
        if (idle > MAX_FREE_TURNS + MAX_IDLE_MS) throw new Error("the work waits, but for no timer");
      } else {
        idle = 0;
        await this.#fire();
      }
    }
    return both;
  }

  /** The process that had set the timers was killed: what it still meant to do is never done. */
  async buryProcess(): Promise<void> {
    await settled(() => false);
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
