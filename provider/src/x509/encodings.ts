// SPDX-License-Identifier: Apache-2.0
// Turns what a user gave into PEM text or DER bytes, whatever it went through: byte order marks, UTF-16, trailing NUL or
// Ctrl-Z, base64 around all of it. No error here quotes the input, which may be a private key.

import { isUtf8 } from "node:buffer";
import { jsonRefusal } from "./json-document";
import type { PemKind } from "./pem-refusal";
import { pemRefusal } from "./pem-refusal";

/** Text with PEM blocks, or bytes that should be DER. */
export type DecodedInput = { readonly text: string } | { readonly der: Buffer; readonly isBase64: boolean };

/** Larger inputs are refused unread. The largest sensible one (RSA 16384, a few hundred names) has some 20 KiB. */
export const MAX_INPUT_BYTES = 65_536;
const LIMIT = `larger than the limit of ${MAX_INPUT_BYTES / 1024} KiB`;
/** Shorter text without a BEGIN line is a path or a name, never a certificate or key in base64. */
const MIN_BASE64_LENGTH = 64;
const BEGIN = "-----BEGIN";

/** Decodes a file (bytes) or the text of an input. Throws `ERR_PEM_INVALID` if it can be neither PEM nor DER. */
export function decodeInput(input: string | Buffer, expected: PemKind): DecodedInput {
  if (typeof input !== "string" && !Buffer.isBuffer(input)) {
    throw pemRefusal(expected, "is not a text", "give the PEM text as a string");
  }
  if (input.length > MAX_INPUT_BYTES || Buffer.byteLength(input) > MAX_INPUT_BYTES) {
    throw pemRefusal(expected, `is ${LIMIT}`, TOO_LARGE[expected]);
  }
  const text = typeof input === "string" ? cleanText(input) : textOf(input);
  if (text === undefined) return { der: input as Buffer, isBase64: false };
  const refusal = jsonRefusal(text, expected);
  if (refusal !== undefined) throw refusal;
  if (text.includes(BEGIN)) return { text: withLineEnds(text) };
  const isFile = typeof input !== "string";
  const bytes = bytesOfBase64(text);
  if (bytes === undefined) throw refusalOf(text, expected, isFile);
  const inner = textOf(bytes);
  if (inner === undefined) return { der: bytes, isBase64: true };
  if (inner.includes(BEGIN)) return { text: withLineEnds(inner) };
  throw refusalOf(inner, expected, isFile);
}

/** Puts back the line ends that a variable or an `.env` file has escaped; base64 has no backslash. */
function withLineEnds(text: string): string {
  return text.replace(/(?:\\{1,4}r)?\\{1,4}n/g, "\n");
}

/** The text in a file; undefined if it is binary. */
function textOf(bytes: Buffer): string | undefined {
  const utf16 = utf16Of(bytes);
  if (utf16 !== undefined) return cleanText(utf16);
  const isText = isUtf8(bytes) && !isBinary(bytes.toString("utf8"));
  // A comment in a Windows code page does not make PEM binary.
  if (isText || bytes.includes(BEGIN)) return cleanText(bytes.toString(isText ? "utf8" : "latin1"));
  return undefined;
}

function utf16Of(bytes: Buffer): string | undefined {
  const [first, second, third, fourth] = bytes;
  const isLittle = (first === 0xff && second === 0xfe) || (second === 0 && fourth === 0 && first !== 0);
  const isBig = (first === 0xfe && second === 0xff) || (first === 0 && third === 0 && second !== 0);
  if (bytes.length < 4 || (!isLittle && !isBig)) return undefined;
  const whole = Buffer.from(bytes.subarray(0, bytes.length & ~1));
  return (isBig ? whole.swap16() : whole).toString("utf16le");
}

function cleanText(text: string): string {
  const utf16 = text.includes("-\0-\0-\0");
  const plain = utf16 ? text.replace(/[\0\ufffd]/g, "") : text;
  return withoutTail(plain.replace(/^(?:\ufeff|\u00ef\u00bb\u00bf)/, ""));
}

/** Drops NUL and Ctrl-Z at the end, which old tools append. */
function withoutTail(text: string): string {
  let end = text.length;
  while (end > 0 && /[\0\u001a\s]/.test(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

function isBinary(text: string): boolean {
  return /[\u0000-\u0008\u000e-\u0019\u001b-\u001f\u007f-\u009f\ufffd]/.test(withoutTail(text));
}

function bytesOfBase64(text: string): Buffer | undefined {
  const compact = text.replace(/\s+/g, "");
  if (compact.length < MIN_BASE64_LENGTH || !/^[A-Za-z0-9+/]+={0,2}$/.test(compact)) return undefined;
  const bytes = Buffer.from(compact, "base64");
  return bytes.toString("base64") === compact ? bytes : undefined;
}

function refusalOf(text: string, expected: PemKind, isFile: boolean): Error {
  if (text === "") return pemRefusal(expected, "is empty", "give the PEM text, from BEGIN to END");
  if (isBinary(text)) {
    return pemRefusal(expected, "is a binary file that was read as text", `give ${BINARY[expected]}`);
  }
  if (/^<(?:!doctype|html)/i.test(text)) return pemRefusal(expected, "is an HTML page", "download the file itself");
  const remedy = isFile ? "check that it is the right file: PEM, DER or PKCS#12" : `give ${WITHOUT_BEGIN[expected]}`;
  return pemRefusal(expected, "is not PEM: it has no BEGIN line", remedy);
}

const BINARY: Readonly<Record<PemKind, string>> = {
  certificate: "its path as `certificateFile`",
  "private key": "its path as `privateKeyFile`",
  "signing request": "the request as PEM",
};
const WITHOUT_BEGIN: Readonly<Record<PemKind, string>> = {
  certificate: "the text of the file, or its path as `certificateFile`",
  "private key": "the text of the file, or its path as `privateKeyFile`",
  "signing request": "the text of the request, from BEGIN to END",
};
const TOO_LARGE: Readonly<Record<PemKind, string>> = {
  certificate: "give the client's certificate alone; if it is that large by itself, have it issued with fewer names",
  "private key": "give the private key alone",
  "signing request": "give the signing request alone",
};
