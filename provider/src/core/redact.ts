// SPDX-License-Identifier: Apache-2.0
// Takes the secrets of one operation out of any text, wherever a server, a library or we ourselves may have put them.
// A key counts as shown when 16 characters of it in a row are: in base64 however it is aligned and wrapped, or as hex.

import { visible } from "./visible";

/** So many characters of a long secret in a row count as the secret. @internal */
export const SECRET_WINDOW = 16;
/** Shorter secrets would blank out innocent words. */
const MIN_SECRET_LENGTH = 4;
const PLACEHOLDER = "[redacted]";
/** Up to its end, or, where that was cut off, as long as it could be a key with its line breaks and their escapes. */
const PEM_PRIVATE_KEY =
  /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----(?:[\s\S]*?-----END [A-Z0-9 ]*PRIVATE KEY-----|[\w+/=\s\\:,-]*)/g;
/** What stands between the characters of a secret that was wrapped, escaped or written as `AB:CD`. */
const BETWEEN = /\\+(?:[rnt]|u00(?:0[9ad]|20))|[\s:]/y;

/** Knows the secrets of one operation and removes them from texts. @internal */
export class Redactor {
  readonly #pems = new Set<string>();
  readonly #texts = new Set<string>();
  /** Made when a text is first looked at, and kept: 3 ms for an RSA key of 2048 bits. Most keys never need it. */
  #windows: Set<string> | undefined;

  /**
   * Adds a private key.
   *
   * @param pem - the key as PEM; headers are no secret, everything within is
   */
  addPem(pem: string): void {
    if (this.#pems.has(pem)) return;
    this.#pems.add(pem);
    this.#windows = undefined;
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
      // Messages lose the dot at their end, and control characters, before they come here.
      text.replace(/[.\s]+$/, ""),
      visible(text, text.length),
      JSON.stringify(text).slice(1, -1),
      encodeURIComponent(text),
      Buffer.from(text).toString("base64"),
      Buffer.from(text).toString("hex"),
    ];
    if (user !== undefined) forms.push(Buffer.from(`${user}:${text}`).toString("base64"));
    for (const form of forms) if (form.length >= MIN_SECRET_LENGTH) this.#texts.add(form);
    this.#windows = undefined;
  }

  /**
   * Removes every secret from a text.
   *
   * @param text - anything that is about to be shown or stored
   * @returns the text with `[redacted]` in place of each secret
   */
  redact(text: string): string {
    let clean = text.replace(PEM_PRIVATE_KEY, PLACEHOLDER);
    for (const secret of [...this.#texts].sort((a, b) => b.length - a.length)) {
      clean = clean.split(secret).join(PLACEHOLDER);
    }
    if (clean.includes("…")) clean = this.#redactCut(clean);
    this.#windows ??= this.#makeWindows();
    return this.#windows.size === 0 ? clean : redactWindows(clean, this.#windows);
  }

  /** The beginning of a secret at the place where a long text was cut. */
  #redactCut(text: string): string {
    let clean = text;
    for (const secret of this.#texts) {
      for (let length = Math.min(secret.length, SECRET_WINDOW); length >= MIN_SECRET_LENGTH; length -= 1) {
        clean = clean.split(`${secret.slice(0, length)}…`).join(`${PLACEHOLDER}…`);
      }
    }
    return clean;
  }

  #makeWindows(): Set<string> {
    const windows = new Set<string>();
    const add = (form: string): void => {
      for (let i = 0; i + SECRET_WINDOW <= form.length; i += 1) windows.add(form.slice(i, i + SECRET_WINDOW));
    };
    for (const text of this.#texts) if (text.length >= SECRET_WINDOW) add(bare(text).text);
    for (const pem of this.#pems) {
      const base64 = pem.replace(/-----[A-Z0-9 ]+-----/g, "").replace(/\s+/g, "");
      for (const bytes of [Buffer.from(base64, "base64"), Buffer.from(pem.trim())]) {
        // Base64 takes three bytes at a time: where the key begins within something larger decides what it looks like.
        for (const skip of [0, 1, 2]) add(bytes.subarray(skip).toString("base64"));
        const hex = bytes.toString("hex");
        add(hex);
        add(hex.toUpperCase());
      }
    }
    return windows;
  }
}

/** A text without what may stand between the characters of a secret, and where each of its characters came from. */
function bare(text: string): { readonly text: string; readonly from: readonly number[] } {
  const from: number[] = [];
  let kept = "";
  for (let i = 0; i < text.length;) {
    BETWEEN.lastIndex = i;
    const between = BETWEEN.exec(text)?.[0];
    if (between !== undefined) {
      i += between.length;
      continue;
    }
    const character = text.charAt(i);
    // The alphabet of base64url is folded into that of base64.
    kept += character === "-" ? "+" : character === "_" ? "/" : character;
    from.push(i);
    i += 1;
  }
  return { text: kept, from };
}

function redactWindows(text: string, windows: ReadonlySet<string>): string {
  const { text: kept, from } = bare(text);
  let clean = "";
  let copiedTo = 0;
  for (let i = 0; i + SECRET_WINDOW <= kept.length;) {
    if (!windows.has(kept.slice(i, i + SECRET_WINDOW))) {
      i += 1;
      continue;
    }
    let end = i + SECRET_WINDOW;
    while (end < kept.length && windows.has(kept.slice(end - SECRET_WINDOW + 1, end + 1))) end += 1;
    clean += text.slice(copiedTo, from[i]) + PLACEHOLDER;
    copiedTo = (from[end - 1] ?? text.length) + 1;
    i = end;
  }
  return clean + text.slice(copiedTo);
}
