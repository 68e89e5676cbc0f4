// SPDX-License-Identifier: Apache-2.0
// Text that came from elsewhere, made safe to print: no control character, no ANSI escape, no bidirectional override
// reaches a terminal or a log.

/** C0, DEL, C1, zero-width and bidirectional marks, line and paragraph separator, byte order mark, lone surrogates. */
const UNPRINTABLE =
  /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/**
 * Makes every unprintable character of a foreign text visible and bounds its length.
 *
 * @param text - text from the server, a file or the user
 * @param maxLength - characters kept at most; default 500
 * @returns the text with `\u001b`-style escapes, and `…` where it was cut
 * @internal
 */
export function visible(text: string, maxLength = 500): string {
  const cut = text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
  return cut.replace(UNPRINTABLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
