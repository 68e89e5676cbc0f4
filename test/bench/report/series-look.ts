// SPDX-License-Identifier: Apache-2.0
// Colour, mark and line of each series: apart for colour-blind eyes and in grey, ours in front.

/** How one series is drawn. */
export interface SeriesLook {
  readonly colour: string;
  readonly symbol: string;
  readonly symbolPx: number;
  readonly dash: "solid" | number[];
  /** True for ours: a thicker line, on top. */
  readonly highlighted: boolean;
}

/** Source: Okabe and Ito, "Color Universal Design" (2008), without the yellow, which is lost on white. */
const OURS = "#d55e00";
const OTHERS = ["#0072b2", "#009e73", "#cc79a7", "#56b4e9", "#000000", "#e69f00", "#7f7f7f"] as const;
const SYMBOLS = ["rect", "triangle", "diamond", "emptyCircle", "emptyRect", "emptyTriangle", "emptyDiamond"] as const;
const DASHES: readonly ("solid" | number[])[] = ["solid", [8, 4], [2, 4], [10, 4, 2, 4], [12, 6], [5, 5], [1, 5]];

/**
 * Gives every series its look. Whose name begins with `ours` is highlighted.
 *
 * @param names - names of the series, in their order
 * @returns a look for each
 */
export function looksOf(names: readonly string[]): SeriesLook[] {
  let others = 0;
  return names.map((name) => {
    if (/^ours\b/i.test(name))
      return { colour: OURS, symbol: "circle", symbolPx: 12, dash: "solid", highlighted: true };
    const number = others++;
    return {
      colour: at(OTHERS, number),
      symbol: at(SYMBOLS, number),
      // The later of two that coincide still shows around the earlier.
      symbolPx: 9 + Math.min(number, 6),
      dash: at(DASHES, number),
      highlighted: false,
    };
  });
}

function at<T>(values: readonly T[], number: number): T {
  const value = values[number % values.length];
  if (value === undefined) throw new Error("no values to choose from");
  return value;
}
