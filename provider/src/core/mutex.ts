// SPDX-License-Identifier: Apache-2.0
// One at a time per key: two operations of this process on the same key provider never overlap.

import { abortable } from "./deadline";

/** Runs operations with the same key one after the other. */
export class KeyedMutex {
  readonly #tails = new Map<string, Promise<void>>();

  /** Runs `operation` when every earlier one with the same key has ended. The signal ends the wait, not the operation. */
  async run<T>(key: string, signal: AbortSignal, operation: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(key) ?? Promise.resolve();
    let finish!: () => void;
    const own = new Promise<void>((resolve) => (finish = resolve));
    const tail = before.then(() => own);
    this.#tails.set(key, tail);
    // Only when all of the queue has ended: a waiter that gives up still leaves the first one running.
    void tail.then(() => {
      if (this.#tails.get(key) === tail) this.#tails.delete(key);
    });
    try {
      await abortable(before, signal);
      return await operation();
    } finally {
      finish();
    }
  }
}
