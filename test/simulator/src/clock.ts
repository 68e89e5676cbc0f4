// SPDX-License-Identifier: Apache-2.0
// The simulator's two clocks: a monotonic one that tasks and sessions run on, and a wall clock, which a test may set wrong
// and which only ever shows in texts (Date header, start_time). Nothing else in the simulator asks the system for the time.

/** Time as the simulated vCenter sees it. */
export class Clock {
  #offsetMs = 0;

  /** Monotonic milliseconds, comparable with `performance.now()` of the same process. */
  nowMs(): number {
    return performance.now();
  }

  /** Shifts only what the server *says* the time is. @param offsetMs milliseconds, positive: the server's clock is fast. */
  setOffsetMs(offsetMs: number): void {
    this.#offsetMs = offsetMs;
  }

  /** A monotonic instant as the server's wall-clock date. @param atMs monotonic milliseconds, default now. */
  date(atMs: number = this.nowMs()): Date {
    return new Date(performance.timeOrigin + atMs + this.#offsetMs);
  }

  /** A monotonic instant as ISO 8601 UTC text, the form of every vAPI date-time. */
  iso(atMs: number): string {
    return this.date(atMs).toISOString();
  }

  /** A monotonic instant as milliseconds since 1970, which another process can read back with {@link fromEpochMs}. */
  toEpochMs(atMs: number): number {
    return performance.timeOrigin + atMs;
  }

  /** The inverse of {@link toEpochMs}, for a state file written by an earlier process. */
  fromEpochMs(epochMs: number): number {
    return epochMs - performance.timeOrigin;
  }
}
