// SPDX-License-Identifier: Apache-2.0
// Makes text from elsewhere safe to print: no control character, ANSI escape or bidirectional override reaches a
// terminal or a log.

/** C0, DEL, C1, zero-width and bidirectional marks, line and paragraph separator, byte order mark, lone surrogates. */
const UNPRINTABLE =
  /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Escapes every unprintable character as `\u001b`, and cuts the text after `maxLength` characters with `…`. */
export function visible(text: string, maxLength = 500): string {
  const cut = text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
  return cut.replace(UNPRINTABLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
