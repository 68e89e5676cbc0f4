// SPDX-License-Identifier: Apache-2.0
// Finds the parts of a long secret in a text, in whatever form it came back: base64 (wrapped, escaped for JSON, URLs or
// HTML, part of something larger), hex (`30:82`, `0x30, 0x82`, `\x30\x82`) or a list of decimal bytes.

/** This many characters of a long secret in a row count as the secret. */
export const SECRET_WINDOW = 16;
/** Keys are found from 12 on: text beside a key can make an escape of its first or last characters (`\` before `t`). */
const KEY_WINDOW = 12;

/** Every run of characters that may not be shown: 16 of a password, 12 of a key in base64 and in lower-case hex. */
export interface SecretWindows {
  readonly texts: Set<string>;
  readonly base64: Set<string>;
  readonly hex: Set<string>;
}

/** A text without what may be between the characters of a secret, and the position that each character came from. */
interface Folded {
  readonly text: string;
  readonly from: readonly number[];
  readonly to: readonly number[];
}

/** One character that was escaped, perhaps more than once: its code is in the group. */
const ESCAPED = /%(?:25){0,4}([0-9a-f]{2})|&#(\d{1,3});|&#x([0-9a-f]{1,4});|\\+u00([0-9a-f]{2})|\\+x([0-9a-f]{2})/iy;
const NAMED = /&(plus|sol|equals|newline|tab);|\\+([rnt/])/iy;
const NAMED_CHARACTERS: Readonly<Record<string, string>> = { plus: "+", sol: "/", equals: "=", "/": "/" };
const HEX_PREFIX = /0x|\\+x|%/iy;
/** Between the digits of hex that was formatted: blanks, colons, commas, quotes, dashes. */
const BETWEEN_HEX = /[\s:,;"'[\](){}-]/;
const DECIMAL_BYTES = /(?<!\d)-?\d{1,3}(?:[\s,;]+-?\d{1,3}){5,}(?!\d)/g;

export function addText(windows: SecretWindows, text: string): void {
  if (text.length >= SECRET_WINDOW) addRuns(windows.texts, foldBase64(text).text, SECRET_WINDOW);
}

export function addBytes(windows: SecretWindows, bytes: Buffer): void {
  // Base64 takes three bytes at a time: its text depends on where the secret begins within something larger.
  for (const skip of [0, 1, 2]) addRuns(windows.base64, bytes.subarray(skip).toString("base64"), KEY_WINDOW);
  addRuns(windows.hex, bytes.toString("hex"), KEY_WINDOW);
}

/** Replaces every part of a password that is 16 characters or longer, and of a key that is 12. */
export function redactForms(text: string, windows: SecretWindows, placeholder: string): string {
  if (text.length < SECRET_WINDOW) return text;
  const { texts, base64, hex } = windows;
  const ofTexts = redactFolded(text, foldBase64, texts, SECRET_WINDOW, placeholder);
  const ofBase64 = redactFolded(ofTexts, foldBase64, base64, KEY_WINDOW, placeholder);
  return redactFolded(ofBase64, foldHex, hex, KEY_WINDOW, placeholder).replace(DECIMAL_BYTES, (list) =>
    holdsRun(hexOfDecimals(list), hex) ? placeholder : list,
  );
}

function addRuns(runs: Set<string>, form: string, size: number): void {
  for (let i = 0; i + size <= form.length; i += 1) runs.add(form.slice(i, i + size));
}

function foldBase64(text: string): Folded {
  return fold(text, (at) => {
    const escaped = matchAt(ESCAPED, text, at);
    if (escaped) {
      const [, percent, decimal, hex, unicode, byte] = escaped;
      const code = decimal === undefined ? parseInt(percent ?? hex ?? unicode ?? byte ?? "", 16) : Number(decimal);
      const character = String.fromCharCode(code);
      // `%CD` or `%4B`: nobody escapes these in base64, so it is a stray `%` before the secret's own characters.
      const isStray = (percent ?? byte) !== undefined && !/[+/=\s_-]/.test(character);
      return isStray
        ? { length: 1, character: text.charAt(at) }
        : { length: escaped[0].length, character: kept(character) };
    }
    const named = matchAt(NAMED, text, at);
    if (!named) return { length: 1, character: kept(text.charAt(at)) };
    return { length: named[0].length, character: NAMED_CHARACTERS[(named[1] ?? named[2] ?? "").toLowerCase()] ?? "" };
  });
}

/** White space and colons are dropped; the alphabet of base64url becomes that of base64. */
function kept(character: string): string {
  if (character === "-") return "+";
  if (character === "_") return "/";
  return /[\s:]/.test(character) ? "" : character;
}

function foldHex(text: string): Folded {
  return fold(text, (at) => {
    const prefix = matchAt(HEX_PREFIX, text, at);
    if (prefix) return { length: prefix[0].length, character: "" };
    const character = text.charAt(at);
    return { length: 1, character: BETWEEN_HEX.test(character) ? "" : character.toLowerCase() };
  });
}

function fold(text: string, next: (at: number) => { length: number; character: string }): Folded {
  const from: number[] = [];
  const to: number[] = [];
  let folded = "";
  for (let at = 0; at < text.length;) {
    const { length, character } = next(at);
    if (character !== "") {
      // Some lower-case letters are two characters long; they are in no secret's form.
      folded += character.length === 1 ? character : "?";
      from.push(at);
      to.push(at + length);
    }
    at += length;
  }
  return { text: folded, from, to };
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function redactFolded(
  text: string,
  foldText: (text: string) => Folded,
  runs: ReadonlySet<string>,
  size: number,
  placeholder: string,
): string {
  if (runs.size === 0) return text;
  const folded = foldText(text);
  let clean = "";
  let copiedTo = 0;
  for (let i = 0; i + size <= folded.text.length;) {
    if (!runs.has(folded.text.slice(i, i + size))) {
      i += 1;
      continue;
    }
    let end = i + size;
    while (end < folded.text.length && runs.has(folded.text.slice(end - size + 1, end + 1))) end += 1;
    clean += text.slice(copiedTo, folded.from[i]) + placeholder;
    copiedTo = folded.to[end - 1] ?? text.length;
    i = end;
  }
  return clean + text.slice(copiedTo);
}

function hexOfDecimals(list: string): string {
  // Java and C# print signed bytes: -126 is 0x82.
  return Buffer.from(list.split(/[\s,;]+/).map(Number)).toString("hex");
}

function holdsRun(form: string, runs: ReadonlySet<string>): boolean {
  for (let i = 0; i + KEY_WINDOW <= form.length; i += 1) if (runs.has(form.slice(i, i + KEY_WINDOW))) return true;
  return false;
}
