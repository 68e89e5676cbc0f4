// SPDX-License-Identifier: Apache-2.0

// Draws lines of a terminal as an SVG that needs nothing else: no script, no font of ours.

const LINE_PX = 20;
const CHARACTER_PX = 8.4;
const MARGIN_PX = 20;

const colours: readonly (readonly [RegExp, string])[] = [
  [/^━/, "#79c0ff"],
  [/^ {4}\$/, "#f0f6fc"],
  [/✓/, "#7ee787"],
  [/✗|error:/, "#ff7b72"],
  [/^ [+~-] /, "#e3b341"],
];

const escaped = (text: string): string => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

/**
 * Returns the picture.
 *
 * @param lines - without escape sequences.
 * @param title - for readers who do not see it.
 */
export function svgOfTerminal(lines: readonly string[], title: string): string {
  const width = Math.ceil(Math.max(...lines.map((line) => line.length)) * CHARACTER_PX) + 2 * MARGIN_PX;
  const height = lines.length * LINE_PX + 2 * MARGIN_PX;
  const texts = lines.map((line, index) => {
    const colour = colours.find(([pattern]) => pattern.test(line))?.[1] ?? "#8b949e";
    const y = MARGIN_PX + (index + 1) * LINE_PX - 5;
    return `<text x="${String(MARGIN_PX)}" y="${String(y)}" fill="${colour}" xml:space="preserve">${escaped(line)}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${String(width)} ${String(height)}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="100%" height="100%" rx="8" fill="#0d1117"/>`,
    `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="14">`,
    ...texts,
    "</g>",
    "</svg>",
    "",
  ].join("\n");
}
