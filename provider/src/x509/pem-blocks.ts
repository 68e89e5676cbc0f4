// SPDX-License-Identifier: Apache-2.0
// Finds the PEM blocks of a text, line by line, and decodes their base64 (RFC 7468). Text around the blocks (comments,
// "Bag Attributes", openssl's -text) is passed over. No error here quotes the text.

import type { PemKind } from "./pem-refusal";
import { pemRefusal } from "./pem-refusal";

/** One block as it is in the text. */
export interface PemBlock {
  /** The text between `BEGIN ` and the dashes: unchecked input, not to be printed. */
  readonly label: string;
  /** The lines between BEGIN and END, trimmed. */
  readonly bodyLines: readonly string[];
}

/** How the block of each kind begins. */
export const BEGIN_LINES: Readonly<Record<PemKind, RegExp>> = {
  certificate: /-----BEGIN (?:X509 )?CERTIFICATE-----/,
  "private key": /-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----/,
  "signing request": /-----BEGIN (?:NEW )?CERTIFICATE REQUEST-----/,
};

const BOUNDARY = /^-----(BEGIN|END) ([A-Za-z0-9 ._/#]{1,64})-----$/;
const BOUNDARY_IN_LINE = /(-----(?:BEGIN|END) [A-Za-z0-9 ._/#]{1,64}-----)/;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** Throws `ERR_PEM_INVALID` if a BEGIN or END line is damaged, missing, or does not fit its partner. */
export function splitPemBlocks(text: string, expected: PemKind): readonly PemBlock[] {
  const blocks: PemBlock[] = [];
  let open: { label: string; bodyLines: string[] } | undefined;
  for (const line of text.split(/\r\n|\n|\r/).flatMap(partsOf)) {
    const boundary = BOUNDARY.exec(line);
    if (!boundary) {
      if (line.includes("-----BEGIN") || line.includes("-----END")) throw damagedBoundary(expected);
      open?.bodyLines.push(line);
      continue;
    }
    const label = boundary[2] ?? "";
    if (boundary[1] === "BEGIN") {
      if (open) throw cutBlock(expected, "has a BEGIN line inside another block");
      open = { label, bodyLines: [] };
    } else {
      if (open?.label !== label) throw cutBlock(expected, "has an END line that fits no BEGIN line");
      blocks.push(open);
      open = undefined;
    }
  }
  if (open) throw cutBlock(expected, "has no END line: the text is cut off");
  return blocks;
}

/** Whether a key is encrypted as OpenSSL did before PKCS#8: by headers inside the block (RFC 1421). */
export function hasEncryptionHeader({ bodyLines }: PemBlock): boolean {
  return bodyLines.some((line) => /^Proc-Type:.{0,16}ENCRYPTED/i.test(line));
}

/** The bytes of one block. Throws `ERR_PEM_INVALID` if it has headers, is empty, or is not base64. */
export function decodePemBody({ bodyLines }: Pick<PemBlock, "bodyLines">, expected: PemKind): Buffer {
  if (bodyLines.some((line) => line.includes(":"))) {
    throw pemRefusal(expected, "has RFC 1421 headers inside the block", "remove the lines with a colon");
  }
  // In one line, the line ends have become blanks.
  const base64 = bodyLines.join("").replace(/[ \t]+/g, "");
  if (base64 === "") throw pemRefusal(expected, "is an empty PEM block", "give the whole file");
  const bytes = BASE64.test(base64) ? Buffer.from(base64, "base64") : undefined;
  // The comparison also refuses a wrong length and stray bits after the last byte: one DER has one canonical base64.
  if (bytes?.toString("base64") !== base64) {
    throw pemRefusal(expected, "is damaged: the text between BEGIN and END is not base64", "copy the file again");
  }
  return bytes;
}

/** A line as it is; or its parts, if BEGIN or END is not alone in it, because line ends were lost or quotes put around. */
function partsOf(rawLine: string): string[] {
  const line = trimBlanks(rawLine);
  if (!line.includes("-----BEGIN") && !line.includes("-----END")) return [line];
  return line
    .split(BOUNDARY_IN_LINE)
    .map(trimBlanks)
    .filter((part) => part !== "");
}

function trimBlanks(line: string): string {
  // Not trim(): no regular expression here may walk back over long blanks.
  let start = 0;
  let end = line.length;
  while (start < end && isBlank(line.charCodeAt(start))) start += 1;
  while (end > start && isBlank(line.charCodeAt(end - 1))) end -= 1;
  return line.slice(start, end);
}

function isBlank(charCode: number): boolean {
  return charCode === 0x20 || charCode === 0x09;
}

function damagedBoundary(expected: PemKind): Error {
  return pemRefusal(expected, "has a damaged BEGIN or END line", "give the block as it was written");
}

function cutBlock(expected: PemKind, problem: string): Error {
  return pemRefusal(expected, problem, "give one whole block, from its BEGIN line to its END line");
}
