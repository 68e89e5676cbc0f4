// SPDX-License-Identifier: Apache-2.0
// User and password as they come from files and variables: what editors and shells add is removed, and what cannot be a
// password is refused before it is sent. A wrong password counts towards the lockout of the account.

import { CodedError } from "../core/coded-error";

/** C0 except tab, DEL, C1: no keyboard writes them into a password. */
const CONTROL = /[\u0000-\u0008\u000e-\u001f\u007f-\u009f]/;

/**
 * Reads a password from the bytes of a file: UTF-8 with or without BOM, or UTF-16 with one. Line ends at its end are
 * removed.
 *
 * @param what - `password`, or what else is read in the same way, for messages
 * @throws CodedError `ERR_CONFIG_INVALID`; says what was found, not what the password is
 * @internal
 */
export function passwordFromBytes(bytes: Buffer, source: string, what = "password"): string {
  return passwordFromText(decode(bytes, source, what), source, what);
}

/** The same from a text, e.g. a variable. @internal */
export function passwordFromText(text: string, source: string, what = "password"): string {
  const password = withoutLineEnds(text);
  if (password.trim() === "") throw unusable(source, "is empty", what);
  assertOneLine(password, source, what);
  return password;
}

/** Reads a user name: as a password, and without blanks around it. @internal */
export function userFromText(text: string, source: string): string {
  const user = withoutLineEnds(text).trim();
  assertOneLine(user, source, "user name");
  return user;
}

function decode(bytes: Buffer, source: string, what: string): string {
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? "utf-16le" : isUtf16Be(bytes) ? "utf-16be" : "utf-8";
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw unusable(source, `is not ${encoding === "utf-8" ? "UTF-8" : "UTF-16"} text`, what);
  }
}

function isUtf16Be(bytes: Buffer): boolean {
  return bytes[0] === 0xfe && bytes[1] === 0xff;
}

function withoutLineEnds(text: string): string {
  let end = text.length;
  while (end > 0 && (text[end - 1] === "\n" || text[end - 1] === "\r")) end -= 1;
  return text.slice(text.startsWith("\ufeff") ? 1 : 0, end);
}

function assertOneLine(text: string, source: string, what: string): void {
  if (text.includes("\0")) throw unusable(source, "holds NUL characters, as UTF-16 text does", what);
  if (text.includes("\ufffd")) throw unusable(source, "holds U+FFFD, the mark of bytes that are not UTF-8", what);
  if (text.includes("\ufeff")) throw unusable(source, "holds a byte order mark (BOM) inside", what);
  if (/[\r\n\u2028\u2029]/.test(text)) throw unusable(source, "holds several lines", what);
  if (CONTROL.test(text)) throw unusable(source, "holds control characters", what);
}

function unusable(source: string, found: string, what: string): CodedError {
  return new CodedError("ERR_CONFIG_INVALID", `${source} cannot be a ${what}: it ${found}`, {
    remedy: `save the ${what} alone, as UTF-8 in one line; nothing was sent`,
  });
}
