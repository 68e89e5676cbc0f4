// SPDX-License-Identifier: Apache-2.0
// Takes secrets out of any text, wherever a server, a library or our own code put them.

import type { SecretWindows } from "./secret-forms";
import { addBytes, addText, redactForms, SECRET_WINDOW } from "./secret-forms";
import { visible } from "./visible";

/** Shorter secrets would blank out innocent words. */
const MIN_SECRET_LENGTH = 4;
/** Below it a secret counts only as a word of its own: the password `pass` is not in `password`. */
const MIN_PART_LENGTH = 8;
const PLACEHOLDER = "[redacted]";
const BEGIN = "-----BEGIN [A-Z0-9 ]{0,32}PRIVATE KEY-----";
const END = "-----END [A-Z0-9 ]{0,32}PRIVATE KEY-----";
/** What an escape or a line end between two lines of base64 looks like. */
const BREAK = String.raw`(?:\s|\\+(?:[rnt]|u00(?:0[9ad]|20))|%0[9ad]|&#\w{1,4};)`;
const HEADERS = String.raw`(?:(?:Proc-Type|DEK-Info): ?[\w,-]{1,80}${BREAK}+)*`;
const LINE = "(?:[A-Za-z0-9+/=_-]|%2[bf]|%3d){16,}";
/** A whole block with text that could be a key, or what is left of one that was cut. A bare mention is neither. */
const PEM_PRIVATE_KEY = new RegExp(
  `${BEGIN}(?:(?=(?:(?!-----)[\\s\\S])*?${LINE})(?:(?!-----BEGIN)[\\s\\S])*?${END}|${BREAK}*${HEADERS}(?:${LINE}${BREAK}*)+)`,
  "gi",
);

/** Knows the secrets of one operation, or of one way to a vCenter, and removes them from texts. */
export class Redactor {
  readonly #pems = new Set<string>();
  /** Passwords and tokens, in all their forms. */
  readonly #texts = new Set<string>();
  /** Made for the first text, and kept: 3 ms for an RSA key of 2048 bits. Most keys never need it. */
  #windows: SecretWindows | undefined;
  #patterns: readonly RegExp[] | undefined;

  /** Adds a private key: everything between its BEGIN and END lines. */
  addPem(pem: string): void {
    if (this.#pems.has(pem)) return;
    this.#pems.add(pem);
    this.#windows = undefined;
  }

  /** Adds a password or a session id, and the forms in which it travels; with `user`, that of HTTP Basic too. */
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
    const known = this.#texts.size;
    for (const form of forms) if (form.length >= MIN_SECRET_LENGTH) this.#texts.add(form);
    if (this.#texts.size === known) return;
    this.#windows = undefined;
    this.#patterns = undefined;
  }

  /** Puts `[redacted]` in place of each secret. */
  redact(text: string): string {
    let clean = text.includes("PRIVATE KEY") ? text.replace(PEM_PRIVATE_KEY, PLACEHOLDER) : text;
    this.#patterns ??= [...this.#texts].sort((a, b) => b.length - a.length).map(patternOf);
    for (const pattern of this.#patterns) clean = clean.replace(pattern, PLACEHOLDER);
    if (clean.includes("…")) clean = this.#redactCut(clean);
    this.#windows ??= this.#makeWindows();
    return redactForms(clean, this.#windows, PLACEHOLDER);
  }

  /** The beginning of a secret at the place where a long text was cut. */
  #redactCut(text: string): string {
    let clean = text;
    for (const secret of this.#texts) {
      for (let length = Math.min(secret.length, SECRET_WINDOW); length >= MIN_SECRET_LENGTH; length -= 1) {
        clean = clean.replace(patternOf(`${secret.slice(0, length)}…`), `${PLACEHOLDER}…`);
      }
    }
    return clean;
  }

  #makeWindows(): SecretWindows {
    const windows: SecretWindows = { texts: new Set(), base64: new Set(), hex: new Set() };
    for (const text of this.#texts) addText(windows, text);
    for (const pem of this.#pems) {
      const base64 = pem.replace(/-----[A-Z0-9 ]+-----/g, "").replace(/\s+/g, "");
      for (const bytes of [Buffer.from(base64, "base64"), Buffer.from(pem.trim())]) addBytes(windows, bytes);
    }
    return windows;
  }
}

function patternOf(secret: string): RegExp {
  const literal = secret.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  if (secret.length >= MIN_PART_LENGTH) return new RegExp(literal, "g");
  const word = /[\p{L}\p{N}_]/u;
  const before = word.test(secret.charAt(0)) ? "(?<![\\p{L}\\p{N}_])" : "";
  const after = word.test(secret.slice(-1)) ? "(?![\\p{L}\\p{N}_])" : "";
  return new RegExp(`${before}${literal}${after}`, "gu");
}
