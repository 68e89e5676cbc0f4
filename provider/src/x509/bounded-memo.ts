// SPDX-License-Identifier: Apache-2.0
// Remembers the last results of a pure function of one text. What fails is not remembered. Never for secrets: the text
// is the key of the map.

const MAX_ENTRIES = 256;

/** A memo that forgets the oldest entry when it is full. */
export class BoundedMemo<T> {
  readonly #entries = new Map<string, T>();

  /** The result for `text`, the same object each time; computed if it is not known. */
  get(text: string, compute: () => T): T {
    const known = this.#entries.get(text);
    if (known !== undefined) return known;
    const result = compute();
    if (this.#entries.size >= MAX_ENTRIES) {
      const oldest = this.#entries.keys().next().value;
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
    this.#entries.set(text, result);
    return result;
  }
}
