// SPDX-License-Identifier: Apache-2.0
// What a server sent, as it may be printed: no secret, no control character, and no line of its own.

import { visible } from "../core/visible";
import type { ReadingSession } from "../process/reading-session";

/** One line. @internal */
export function cleanLine(session: ReadingSession, text: string): string {
  const clean = session.redact(text);
  return visible(clean, clean.length);
}

/** JSON whose texts hold no secret. @internal */
export function cleanJson(session: ReadingSession, value: unknown): string {
  return printableJson(value, (_name, part: unknown) => (typeof part === "string" ? session.redact(part) : part));
}

/** JSON whose characters can all be printed; whoever parses it gets the same value. @internal */
export function printableJson(value: unknown, replacer?: (name: string, part: unknown) => unknown): string {
  const lines = JSON.stringify(value, replacer, 2).split("\n");
  return lines.map((line) => `${visible(line, line.length)}\n`).join("");
}
