// SPDX-License-Identifier: Apache-2.0
// Which resource of the program manages which part of a key provider: two resources must not undo each other's work.

/** What a resource manages of a key provider. A CSR and the certificate signed from it are one flow, and no conflict. @internal */
export type Slot = "certificate" | "csr";

/** The claims of one process. @internal */
export class Claims {
  readonly #owners = new Map<string, string>();

  /** Claims a slot; returns the URN of another resource that has claimed it before. Without a URN nothing is claimed. */
  claim(slot: Slot, targetKey: string, urn: string | undefined): string | undefined {
    if (urn === undefined) return undefined;
    const key = JSON.stringify([slot, targetKey]);
    const owner = this.#owners.get(key);
    if (owner === undefined) this.#owners.set(key, urn);
    return owner === urn ? undefined : owner;
  }
}
