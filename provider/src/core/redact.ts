// SPDX-License-Identifier: Apache-2.0
// Takes the secrets of one operation out of any text, wherever a server, a library or we ourselves may have put them.
// A key counts as shown when 16 characters of it in a row are: in base64, as hex, as its PEM lines.

/** So many characters of a long secret in a row count as the secret. @internal */
export const SECRET_WINDOW = 16;
/** Shorter secrets would blank out innocent words. */
const MIN_SECRET_LENGTH = 4;
const PLACEHOLDER = "[redacted]";
/** Up to its end, or, where that was cut off, as long as it could be a key with its line breaks and their escapes. */
const PEM_PRIVATE_KEY =
  /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----(?:[\s\S]*?-----END [A-Z0-9 ]*PRIVATE KEY-----|[\w+/=\s\\:,-]*)/g;

/** Knows the secrets of one operation and removes them from texts. @internal */
export class Redactor {
  readonly #windows = new Set<string>();
  readonly #whole = new Set<string>();

  /**
   * Adds a private key.
   *
   * @param pem - the key as PEM; headers are no secret, its base64, hex and lines are
   */
  addPem(pem: string): void {
    const base64 = pem.replace(/-----[A-Z0-9 ]+-----/g, "").replace(/\s+/g, "");
    const hex = Buffer.from(base64, "base64").toString("hex");
    this.#addWindows(base64);
    this.#addWindows(hex);
    this.#addWindows(hex.toUpperCase());
    this.#addWindows(pem.replace(/-----[A-Z0-9 ]+-----/g, "").trim());
  }

  /**
   * Adds a password or a session id, and the forms in which it travels.
   *
   * @param text - the secret itself
   * @param user - where given, `base64(user:text)` of HTTP Basic is a secret too
   */
  addText(text: string, user?: string): void {
    const forms = [
      text,
      JSON.stringify(text).slice(1, -1),
      encodeURIComponent(text),
      Buffer.from(text).toString("base64"),
    ];
    if (user !== undefined) forms.push(Buffer.from(`${user}:${text}`).toString("base64"));
    for (const form of forms) {
      if (form.length >= MIN_SECRET_LENGTH) this.#whole.add(form);
      if (form.length >= SECRET_WINDOW) this.#addWindows(form);
    }
  }

  /**
   * Removes every secret from a text.
   *
   * @param text - anything that is about to be shown or stored
   * @returns the text with `[redacted]` in place of each secret
   */
  redact(text: string): string {
    let clean = text.replace(PEM_PRIVATE_KEY, PLACEHOLDER);
    for (const secret of [...this.#whole].sort((a, b) => b.length - a.length)) {
      clean = clean.split(secret).join(PLACEHOLDER);
    }
    return this.#windows.size === 0 ? clean : this.#redactWindows(clean);
  }

  #addWindows(secret: string): void {
    for (let i = 0; i + SECRET_WINDOW <= secret.length; i += 1) this.#windows.add(secret.slice(i, i + SECRET_WINDOW));
  }

  #redactWindows(text: string): string {
    let clean = "";
    let copiedTo = 0;
    for (let i = 0; i + SECRET_WINDOW <= text.length;) {
      if (!this.#windows.has(text.slice(i, i + SECRET_WINDOW))) {
        i += 1;
        continue;
      }
      let end = i + SECRET_WINDOW;
      while (end < text.length && this.#windows.has(text.slice(end - SECRET_WINDOW + 1, end + 1))) end += 1;
      clean += text.slice(copiedTo, i) + PLACEHOLDER;
      copiedTo = end;
      i = end;
    }
    return clean + text.slice(copiedTo);
  }
}
