// SPDX-License-Identifier: Apache-2.0
// Finds the parts of a long secret in a text, in whatever form it came back: base64 (wrapped, escaped for JSON, URLs or
// HTML, part of something larger), hex (`30:82`, `0x30, 0x82`, `\x30\x82`) or a list of decimal bytes.

/** This many characters of a long secret in a row count as the secret. */
export const SECRET_WINDOW = 16;

/** Every run of 16 characters that a secret has in base64 or as itself, and in lower-case hex. */
export interface SecretWindows {
  readonly base64: Set<string>;
  readonly hex: Set<string>;
}

/** A text without what may be between the characters of a secret, and the position that each character came from. */
interface Folded {
  readonly text: string;
  readonly from: readonly number[];
  readonly to: readonly number[];
}

/** One character that was escaped: its code is in the group. */
const ESCAPED = /%([0-9a-f]{2})|&#(\d{1,3});|&#x([0-9a-f]{1,4});|\\+u00([0-9a-f]{2})|\\+x([0-9a-f]{2})/iy;
const NAMED = /&(plus|sol|equals|newline|tab);|\\+([rnt/])/iy;
const NAMED_CHARACTERS: Readonly<Record<string, string>> = { plus: "+", sol: "/", equals: "=", "/": "/" };
const HEX_PREFIX = /0x|\\+x|%/iy;
/** Between the digits of hex that was formatted: blanks, colons, commas, quotes, dashes. */
const BETWEEN_HEX = /[\s:,;"'[\](){}-]/;
const DECIMAL_BYTES = /(?<![\d.])-?\d{1,3}(?:[\s,;]+-?\d{1,3}){7,}(?![\d.])/g;

export function addText(windows: SecretWindows, text: string): void {
  if (text.length >= SECRET_WINDOW) addRuns(windows.base64, foldBase64(text).text);
}

export function addBytes(windows: SecretWindows, bytes: Buffer): void {
  // Base64 takes three bytes at a time: its text depends on where the secret begins within something larger.
  for (const skip of [0, 1, 2]) addRuns(windows.base64, bytes.subarray(skip).toString("base64"));
  addRuns(windows.hex, bytes.toString("hex"));
}

/** Replaces every part of a secret that is 16 characters or longer. */
export function redactForms(text: string, windows: SecretWindows, placeholder: string): string {
  if (text.length < SECRET_WINDOW || windows.base64.size === 0) return text;
  const clean = redactFolded(text, foldBase64(text), windows.base64, placeholder);
  if (windows.hex.size === 0) return clean;
  return redactFolded(clean, foldHex(clean), windows.hex, placeholder).replace(DECIMAL_BYTES, (list) =>
    holdsRun(hexOfDecimals(list), windows.hex) ? placeholder : list,
  );
}

function addRuns(runs: Set<string>, form: string): void {
  for (let i = 0; i + SECRET_WINDOW <= form.length; i += 1) runs.add(form.slice(i, i + SECRET_WINDOW));
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

function redactFolded(text: string, folded: Folded, runs: ReadonlySet<string>, placeholder: string): string {
  let clean = "";
  let copiedTo = 0;
  for (let i = 0; i + SECRET_WINDOW <= folded.text.length;) {
    if (!runs.has(folded.text.slice(i, i + SECRET_WINDOW))) {
      i += 1;
      continue;
    }
    let end = i + SECRET_WINDOW;
    while (end < folded.text.length && runs.has(folded.text.slice(end - SECRET_WINDOW + 1, end + 1))) end += 1;
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
  for (let i = 0; i + SECRET_WINDOW <= form.length; i += 1) if (runs.has(form.slice(i, i + SECRET_WINDOW))) return true;
  return false;
}
