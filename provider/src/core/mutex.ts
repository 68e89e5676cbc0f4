// SPDX-License-Identifier: Apache-2.0
// One at a time per key: two operations of this process on the same key provider never overlap.

import { abortable } from "./deadline";

/** Runs operations with the same key one after the other. @internal */
export class KeyedMutex {
  readonly #tails = new Map<string, Promise<void>>();

  /**
   * Runs `operation` when every earlier one with the same key has ended.
   *
   * @param key - what must not be worked on twice at once
   * @param signal - ends the wait for the turn
   * @param operation - what to run
   * @returns what the operation returns
   * @throws the signal's reason, or what the operation throws
   */
  async run<T>(key: string, signal: AbortSignal, operation: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(key) ?? Promise.resolve();
    let finish!: () => void;
    const own = new Promise<void>((resolve) => (finish = resolve));
    const tail = before.then(() => own);
    this.#tails.set(key, tail);
    try {
      await abortable(before, signal);
      return await operation();
    } finally {
      finish();
      if (this.#tails.get(key) === tail) this.#tails.delete(key);
    }
  }
}
