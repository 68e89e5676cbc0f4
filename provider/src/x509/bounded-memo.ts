// SPDX-License-Identifier: Apache-2.0
// Remembers the last results of a pure function of one text. What fails is not remembered. Never for secrets: the text
// is the key of the map.

/** A memo that forgets the oldest entry when it is full. */
export class BoundedMemo<T> {
  readonly #entries = new Map<string, T>();
  readonly #maxEntries: number;

  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries;
  }

  /** The result for `text`, the same object each time; computed if it is not known. */
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
}
