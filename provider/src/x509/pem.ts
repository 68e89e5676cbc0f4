// SPDX-License-Identifier: Apache-2.0
// From text to exactly one PEM block, strict for what a user gives and lenient for what a server sends back. Nothing
// here looks into the DER, and no error quotes the text.

import type { PemBlock } from "./pem-blocks";
import { decodePemBody, splitPemBlocks } from "./pem-blocks";
import type { PemKind } from "./pem-refusal";
import { isPrivateKeyLabel, pemRefusal, wrongBlockRefusal } from "./pem-refusal";

/** One decoded PEM block. @internal */
export interface ParsedPem {
  /** The label as it is written in `pem`, e.g. `RSA PRIVATE KEY`. */
  readonly label: string;
  /** The decoded bytes; that they are DER is not checked here. */
  readonly der: Buffer;
  /** The same bytes as canonical PEM (RFC 7468): base64 in 64 columns, LF, a final line end, nothing around it. */
  readonly pem: string;
}

/** Larger texts are refused unread. The largest sensible input (RSA 16384, a few hundred names) has some 20 KiB. */
const MAX_PEM_BYTES = 65_536;

const READABLE_LABELS: Readonly<Record<PemKind, readonly string[]>> = {
  certificate: ["CERTIFICATE", "X509 CERTIFICATE"],
  "private key": ["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY"],
};

/**
 * Reads the one PEM block that a user gave.
 *
 * Accepted beyond canonical PEM: any line ends, any line length, white space around lines; for a certificate, text
 * before the block (as `openssl x509 -text` writes it); for a key, an `EC PARAMETERS` block before it (as
 * `openssl ecparam -genkey` writes it), which is dropped.
 *
 * @param text - the PEM text, at most 64 KiB
 * @param expected - the kind of block that is wanted
 * @returns label, bytes and canonical PEM
 * @throws `ERR_PEM_INVALID` for anything else; the message says what was given and what to give instead
 * @internal
 */
export function parseSinglePem(text: string, expected: PemKind): ParsedPem {
  assertArmoured(text, expected);
  const { blocks, textAfter } = splitPemBlocks(text, expected);
  const [block, ...others] = wantedBlocks(blocks, expected);
  if (!block) throw wrongBlockRefusal(expected, blocks[0]?.label ?? "");
  if (others.length > 0) throw severalBlocks(expected, others.length + 1);
  if (expected === "private key" && blocks.some((each) => each.textBefore)) {
    throw pemRefusal(expected, "has text before the block", "convert it with `openssl pkey -in FILE -out FILE.pem`");
  }
  if (textAfter) {
    throw pemRefusal(expected, "has text after the END line", "remove everything after the END line");
  }
  const label = expected === "certificate" ? "CERTIFICATE" : block.label;
  const der = decodePemBody(block, expected);
  return { label, der, pem: toPem(label, der) };
}

/**
 * Reads the first certificate of what a server sent: any line ends or none, text around it, a chain (the leaf comes
 * first), no final line end.
 *
 * @param text - text that holds at least one `CERTIFICATE` block, at most 64 KiB
 * @returns label, bytes and canonical PEM of the first one
 * @throws `ERR_PEM_INVALID` where there is none, or it is not base64
 * @internal
 */
export function parseFirstCertificate(text: string): ParsedPem {
  const kind = "certificate";
  const source = typeof text === "string" && text.length <= MAX_PEM_BYTES ? text : "";
  const begin = /-----BEGIN (?:X509 )?CERTIFICATE-----/.exec(source);
  const bodyStart = begin ? begin.index + begin[0].length : 0;
  const bodyEnd = source.indexOf("-----END", bodyStart);
  if (!begin || bodyEnd < 0) {
    throw pemRefusal(kind, "is missing: the text holds no whole CERTIFICATE block", "read it again");
  }
  const bodyLines = source.slice(bodyStart, bodyEnd).split(/\s+/);
  const der = decodePemBody({ label: "CERTIFICATE", bodyLines, textBefore: false }, kind);
  return { label: "CERTIFICATE", der, pem: toPem("CERTIFICATE", der) };
}

/**
 * Writes bytes as canonical PEM.
 *
 * @param label - the label, e.g. `CERTIFICATE`
 * @param der - the bytes
 * @returns base64 in 64 columns between BEGIN and END, LF line ends, one at the end
 * @internal
 */
export function toPem(label: string, der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}

function wantedBlocks(blocks: readonly PemBlock[], expected: PemKind): readonly PemBlock[] {
  // EC PARAMETERS repeat what the key holds; anywhere else than right before an EC key they are a stray block.
  const relevant = blocks.filter((block, position) => {
    const next = blocks[position + 1]?.label;
    return !(expected === "private key" && block.label === "EC PARAMETERS" && next === "EC PRIVATE KEY");
  });
  // A key beside a certificate is the mistake that matters most: the certificate is stored in clear.
  const stray =
    (expected === "certificate" && relevant.find((block) => isPrivateKeyLabel(block.label))) ||
    relevant.find((block) => !READABLE_LABELS[expected].includes(block.label));
  if (!stray) return relevant;
  if (relevant.length === 1) throw wrongBlockRefusal(expected, stray.label);
  const both = isPrivateKeyLabel(stray.label) ? "also holds a private key" : "holds other PEM blocks as well";
  const remedy = wrongBlockRefusal(expected, stray.label).remedy ?? "";
  throw pemRefusal(expected, both, isPrivateKeyLabel(stray.label) ? remedy : "give one block alone", stray.label);
}

function severalBlocks(expected: PemKind, count: number): Error {
  return expected === "certificate"
    ? pemRefusal(expected, `is a chain of ${count} certificates`, "give only the leaf certificate")
    : pemRefusal(expected, `is ${count} keys in one text`, "give only the key of the certificate");
}

function assertArmoured(text: unknown, expected: PemKind): asserts text is string {
  if (typeof text !== "string") throw pemRefusal(expected, "is not a text", "give the PEM text as a string");
  if (text.length > MAX_PEM_BYTES || Buffer.byteLength(text) > MAX_PEM_BYTES) {
    throw pemRefusal(expected, "is larger than 64 KiB", "give one PEM block alone");
  }
  if (/^\s*$/.test(text)) throw pemRefusal(expected, "is empty", "give the PEM text, from BEGIN to END");
  if (text.includes("-\0-\0-\0")) throw pemRefusal(expected, "is UTF-16 text", "save the file as UTF-8");
  if (/^(?:\ufeff|\u00ef\u00bb\u00bf)/.test(text)) {
    throw pemRefusal(expected, "starts with a byte order mark (BOM)", "save the file as UTF-8 without BOM");
  }
  if (text.includes("-----BEGIN")) {
    if (!text.includes("\0")) return;
    throw pemRefusal(expected, "contains NUL bytes", "give the file as it was written, PEM is plain text");
  }
  const tool = expected === "certificate" ? "x509" : "pkey";
  // A file that was read as text: what is not UTF-8 becomes U+FFFD.
  if (/[\u0000-\u0008\u000e-\u001f\u007f-\u009f\ufffd]/.test(text)) {
    const convert = `openssl ${tool} -inform DER -in FILE -out FILE.pem`;
    throw pemRefusal(expected, "is binary, DER by the look of it, not PEM", `convert it with \`${convert}\``);
  }
  // DER starts with 0x30, which base64 writes as M.
  if (/^\s*M[A-Za-z0-9+/=\s]{63,}$/.test(text)) {
    const convert = `base64 -d FILE | openssl ${tool} -inform DER -out FILE.pem`;
    throw pemRefusal(expected, "is base64 without BEGIN and END lines", `convert it with \`${convert}\``);
  }
  throw pemRefusal(expected, "is not PEM: it has no BEGIN line", "give the text of the file, not its path or name");
}
