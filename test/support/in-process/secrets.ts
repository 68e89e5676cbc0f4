// SPDX-License-Identifier: Apache-2.0
// Looks for secrets in texts by its own means, independently of the redaction that it checks: whole passwords and tokens,
// and every 16 characters in a row of a private key.

const WINDOW = 16;

/** Collects secrets and texts; finds the ones in the others. */
export class SecretWatch {
  readonly #whole = new Map<string, string>();
  readonly #windows = new Set<string>();
  readonly #harmless = new Set<string>();
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
    addWindows(this.#windows, privateKeyPem);
    addWindows(this.#harmless, certificatePem);
  }

  /** A text that somebody may read. @param where - for the message */
  addReadable(where: string, text: string): void {
    this.#texts.push({ where, text });
  }

  /** Where secrets stand in texts; empty when nowhere. */
  leaks(): string[] {
    const found: string[] = [];
    for (const { where, text } of this.#texts) {
      for (const [secret, name] of this.#whole) if (text.includes(secret)) found.push(`${name} in ${where}`);
      for (let i = 0; i + WINDOW <= text.length; i += 1) {
        const window = text.slice(i, i + WINDOW);
        if (!this.#windows.has(window) || this.#harmless.has(window)) continue;
        found.push(`private key in ${where}, after "${text.slice(Math.max(0, i - 40), i)}"`);
        break;
      }
    }
    return found;
  }
}

function addWindows(windows: Set<string>, pem: string): void {
  const base64 = pem.replace(/-----[^-]+-----/g, "").replace(/\s+/g, "");
  const hex = Buffer.from(base64, "base64").toString("hex");
  const forms = [base64, hex, hex.toUpperCase(), pem.replace(/-----[^-]+-----/g, "").trim()];
  for (const form of forms) {
    for (let i = 0; i + WINDOW <= form.length; i += 1) windows.add(form.slice(i, i + WINDOW));
  }
}
