// SPDX-License-Identifier: Apache-2.0
// Looks for secrets in texts by its own means, independently of the redaction that it checks: whole passwords and tokens,
// and every 16 characters in a row of a private key.

import { piecesIn, piecesToFind } from "../secret-search";

/** Collects secrets and texts; finds the ones in the others. */
export class SecretWatch {
  readonly #whole = new Map<string, string>();
  readonly #keys = new Map<string, ReadonlySet<string>>();
  readonly #texts: { readonly where: string; readonly text: string }[] = [];

  /** A password or a token, in the forms in which it travels. */
  addText(name: string, secret: string, user?: string): void {
    for (const form of [secret, Buffer.from(secret).toString("base64"), encodeURIComponent(secret)]) {
      this.#whole.set(form, name);
    }
    if (user !== undefined) this.#whole.set(Buffer.from(`${user}:${secret}`).toString("base64"), `${name} (Basic)`);
  }

  /** A private key; what its certificate shows of it anyway (the public point of an EC key) is no secret. */
  addKey(privateKeyPem: string, certificatePem: string): void {
    if (!this.#keys.has(privateKeyPem)) this.#keys.set(privateKeyPem, piecesToFind(privateKeyPem, certificatePem));
  }

  /** A text that somebody may read. @param where - for the message */
  addReadable(where: string, text: string): void {
    this.#texts.push({ where, text });
  }

  /** Where secrets are in texts; empty if nowhere. */
  leaks(): string[] {
    const found: string[] = [];
    for (const { where, text } of this.#texts) {
      for (const [secret, name] of this.#whole) if (text.includes(secret)) found.push(`${name} in ${where}`);
      for (const pieces of this.#keys.values()) {
        if (piecesIn(pieces, text).size > 0) found.push(`a private key in ${where}`);
      }
    }
    return found;
  }
}
