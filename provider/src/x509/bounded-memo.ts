// SPDX-License-Identifier: Apache-2.0
// Remembers the last results of a pure function of one text. What fails is not remembered. Never for secrets: the text
// is the key of the map.

/** A memo that forgets the oldest entry when it is full. @internal */
export class BoundedMemo<T> {
  readonly #entries = new Map<string, T>();
  readonly #maxEntries: number;

  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries;
  }

  /**
   * @param text - what the result depends on, and nothing else
   * @param compute - makes the result where it is not known
   * @returns the result, the same object for the same text
   * @throws whatever `compute` throws
   */
  get(text: string, compute: () => T): T {
    const known = this.#entries.get(text);
    if (known !== undefined) return known;
    const result = compute();
    if (this.#entries.size >= this.#maxEntries) {
      for (const oldest of this.#entries.keys()) {
        this.#entries.delete(oldest);
        break;
      }
    }
    this.#entries.set(text, result);
    return result;
  }

  /**
   * @param text - what the result depends on
   * @returns the result where it is known
   */
  peek(text: string): T | undefined {
    return this.#entries.get(text);
  }
}
