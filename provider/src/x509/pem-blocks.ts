// SPDX-License-Identifier: Apache-2.0
// Finds the PEM blocks of a text, line by line, and decodes their base64 (RFC 7468, its strict grammar but for white
// space at either end of a line). Which blocks are wanted is decided elsewhere. No error here quotes the text.

import type { PemKind } from "./pem-refusal";
import { encryptedKeyRefusal, pemRefusal } from "./pem-refusal";

/** One block as it stands in the text. @internal */
export interface PemBlock {
  /** The text between `BEGIN ` and the dashes: unchecked input, not to be printed. */
  readonly label: string;
  /** The lines between BEGIN and END, trimmed. */
  readonly bodyLines: readonly string[];
  /** Whether something other than white space stands between the block before (or the start) and this one. */
  readonly textBefore: boolean;
}

/** The blocks of a text in their order. @internal */
export interface PemBlocks {
  readonly blocks: readonly PemBlock[];
  /** Whether something other than white space stands after the last block. */
  readonly textAfter: boolean;
}

const BOUNDARY = /^-----(BEGIN|END) ([A-Za-z0-9 ._/]{1,64})-----$/;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const RESTORE_LINES =
  'keep the file\'s line ends as they are: read it with `fs.readFileSync(path, "utf8")`, or `pulumi config set --secret name < FILE`';

/**
 * Splits a text into its PEM blocks.
 *
 * @param text - any text that contains `-----BEGIN`
 * @param expected - what is asked for: for the messages only
 * @returns the blocks, at least one
 * @throws `ERR_PEM_INVALID` where a boundary line is damaged, missing or does not fit its partner
 * @internal
 */
export function splitPemBlocks(text: string, expected: PemKind): PemBlocks {
  const blocks: PemBlock[] = [];
  let open: { label: string; bodyLines: string[]; textBefore: boolean } | undefined;
  let textOutside = false;
  for (const rawLine of text.split(/\r\n|\n|\r/)) {
    const line = trimBlanks(rawLine);
    const boundary = BOUNDARY.exec(line);
    if (!boundary) {
      if (line.includes("-----BEGIN") || line.includes("-----END")) throw damagedBoundary(line, expected);
      if (open) open.bodyLines.push(line);
      else if (line !== "") textOutside = true;
      continue;
    }
    const label = boundary[2] ?? "";
    if (boundary[1] === "BEGIN") {
      if (open) throw cutBlock(expected, "has a BEGIN line inside another block");
      open = { label, bodyLines: [], textBefore: textOutside };
      textOutside = false;
    } else {
      if (open?.label !== label) throw cutBlock(expected, "has an END line that fits no BEGIN line");
      blocks.push(open);
      open = undefined;
    }
  }
  if (open) throw cutBlock(expected, "has no END line: the text is cut off");
  return { blocks, textAfter: textOutside };
}

/**
 * Decodes the base64 of one block.
 *
 * @param block - a block of {@link splitPemBlocks}
 * @param expected - what is asked for: for the messages only
 * @returns the bytes, at least one
 * @throws `ERR_PEM_INVALID` where it has headers, is empty, encrypted, or not base64
 * @internal
 */
export function decodePemBody(block: PemBlock, expected: PemKind): Buffer {
  if (block.bodyLines.some((line) => line.includes(":"))) {
    if (block.bodyLines.some((line) => /^Proc-Type:.{0,16}ENCRYPTED/i.test(line))) throw encryptedKeyRefusal(expected);
    throw pemRefusal(expected, "has RFC 1421 headers inside the block", "remove the lines with a colon");
  }
  const base64 = block.bodyLines.join("");
  if (base64 === "") throw pemRefusal(expected, "is an empty PEM block", "give the whole file");
  const bytes = BASE64.test(base64) ? Buffer.from(base64, "base64") : undefined;
  // The comparison also refuses a wrong length and stray bits after the last byte: one DER has one canonical base64.
  if (bytes?.toString("base64") !== base64) {
    throw pemRefusal(expected, "is damaged: what stands between BEGIN and END is not base64", "copy the file again");
  }
  return bytes;
}

function trimBlanks(line: string): string {
  // Not trim(): it would also eat a byte order mark, and no regular expression here may walk back over long blanks.
  let start = 0;
  let end = line.length;
  while (start < end && isBlank(line.charCodeAt(start))) start += 1;
  while (end > start && isBlank(line.charCodeAt(end - 1))) end -= 1;
  return line.slice(start, end);
}

function isBlank(charCode: number): boolean {
  return charCode === 0x20 || charCode === 0x09;
}

function damagedBoundary(line: string, expected: PemKind): Error {
  if (line.includes("\\n")) {
    return pemRefusal(expected, "has the two characters \\ and n where line ends belong", RESTORE_LINES);
  }
  if (line.includes("-----BEGIN") && line.includes("-----END")) {
    return pemRefusal(expected, "has lost its line ends: BEGIN and END stand in one line", RESTORE_LINES);
  }
  return pemRefusal(
    expected,
    "has a damaged BEGIN or END line",
    "give the block as it was written, with those lines alone",
  );
}

function cutBlock(expected: PemKind, problem: string): Error {
  return pemRefusal(expected, problem, "give one whole block, from its BEGIN line to its END line");
}
