// SPDX-License-Identifier: Apache-2.0
// Who gets a socket: a write may take seconds, so some sockets are kept for reads, and one for looks at tasks and for
// the session. Whoever waits here was not sent.

import { abortReason } from "../../core/clock";

/** What a request is to those that wait behind it. @internal */
export type Lane =
  /** Changes something on the hosts; may take long. */
  | "write"
  /** Begins a task that reads. */
  | "read"
  /** Asks for tasks, or is about the session: quick, and others wait for its answer. */
  | "look";

/** In the order in which a free socket is given away. */
const LANES: readonly Lane[] = ["look", "read", "write"];
/** Sockets to one vCenter at most: its endpoint serves 300 threads for everybody. @internal */
export const MAX_CONNECTIONS = 6;
const MAX_WRITES = 4;
const MAX_WRITES_AND_READS = 5;
/** However many looks there are, writes go on. */
const MAX_LOOKS = 5;

interface Waiting {
  readonly lane: Lane;
  readonly start: () => void;
}

/** Gives turns to requests. @internal */
export class Lanes {
  readonly #running: Record<Lane, number> = { write: 0, read: 0, look: 0 };
  /** In the order of their coming. */
  readonly #waiting = new Set<Waiting>();

  /** Waits for a turn; what it returns ends the turn. Rejects with the signal's reason. */
  async enter(lane: Lane, signal: AbortSignal): Promise<() => void> {
    if (signal.aborted) throw abortReason(signal);
    if (!this.#isFree(lane)) await this.#wait(lane, signal);
    else this.#running[lane] += 1;
    return () => {
      this.#running[lane] -= 1;
      this.#startNext();
    };
  }

  #isFree(lane: Lane): boolean {
    const { write, read, look } = this.#running;
    if (write + read + look >= MAX_CONNECTIONS) return false;
    if (lane === "look") return look < MAX_LOOKS;
    return write + read < MAX_WRITES_AND_READS && (lane === "read" || write < MAX_WRITES);
  }

  #wait(lane: Lane, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        this.#waiting.delete(waiting);
        reject(abortReason(signal));
      };
      const waiting: Waiting = {
        lane,
        start: () => {
          signal.removeEventListener("abort", abort);
          this.#waiting.delete(waiting);
          this.#running[lane] += 1;
          resolve();
        },
      };
      this.#waiting.add(waiting);
      signal.addEventListener("abort", abort, { once: true });
    });
  }

  #startNext(): void {
    for (const lane of LANES) {
      for (const waiting of this.#waiting) if (waiting.lane === lane && this.#isFree(lane)) waiting.start();
    }
  }
}
