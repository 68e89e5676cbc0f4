// SPDX-License-Identifier: Apache-2.0
// Tells a path from a text that was given in its place: a key, a certificate, a password. Such a text would be stored in
// clear and printed, so it is refused without being repeated.

import { CodedError } from "../core/coded-error";
import type { ErrorCode } from "../core/coded-error";

/** Longer than any path without a dot, bytes; a key of 2048 bits has 1600. */
const MIN_ENCODED_LENGTH = 200;

/** `48, 130, 4`, signed or hexadecimal, with or without brackets. */
const LIST_OF_BYTES = /^[[({]?(?:\s*(?:0x[0-9a-f]{1,2}|-?\d{1,3})\b[\s,;]?){16}/i;

/** Throws if a setting that names a file holds the file's content instead; does not repeat the value. @internal */
export function assertPath(value: string, setting: string, textSetting: string, code: ErrorCode): void {
  const what = contentInPlaceOfPath(value);
  if (what === undefined) return;
  throw new CodedError(code, `${setting} is not a path: it holds ${what}`, {
    remedy: `give the path in ${setting}; for the text use ${textSetting}`,
  });
}

/** What a value is if it is no path, for an error text. @internal */
export function contentInPlaceOfPath(value: string): string | undefined {
  if (value.includes("-----BEGIN")) return "the text of a PEM block";
  // One line end at the end comes from a file or a command; more lines are no path.
  if (/[\r\n]/.test(value.replace(/\r?\n$/, ""))) return "several lines of text";
  if (/[\0\ufffd]/.test(value)) return "binary data";
  const text = value.trim();
  if (/^data:[^,]{0,200},/i.test(text)) return "a data URI";
  if (/^[{[]/.test(text) && /[}\]]$/.test(text)) return "a JSON document";
  if (LIST_OF_BYTES.test(text)) return "a list of bytes";
  const hex = text.replace(/^0x|\\x|[:\s]/gi, "");
  if (/^(?:[0-9a-f]{2})+$/i.test(hex) && (hex.length >= MIN_ENCODED_LENGTH || isDer(Buffer.from(hex, "hex")))) {
    return "hexadecimal data";
  }
  const base64 = text.replace(/\s/g, "");
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(base64)) return undefined;
  if (base64.length >= MIN_ENCODED_LENGTH && !isLongPath(base64)) return "base64 data";
  const bytes = Buffer.from(base64, "base64");
  return isDer(bytes) || bytes.includes("-----BEGIN") ? "base64 data" : undefined;
}

/** Whether the bytes are one DER sequence from start to end: keys and certificates are. */
function isDer(bytes: Buffer): boolean {
  if (bytes.length < 40 || bytes[0] !== 0x30) return false;
  const first = bytes[1] ?? 0;
  if (first < 0x80) return bytes.length === 2 + first;
  const lengthBytes = first & 0x7f;
  return lengthBytes >= 1 && lengthBytes <= 3 && bytes.length === 2 + lengthBytes + bytes.readUIntBE(2, lengthBytes);
}

/** A path of that length has a slash at its start and in every stretch of it; base64 has one in 64 characters. */
function isLongPath(text: string): boolean {
  return text.startsWith("/") && !text.includes("+") && text.split("/").every((part) => part.length <= 40);
}
