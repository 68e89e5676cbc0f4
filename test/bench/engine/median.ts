// SPDX-License-Identifier: Apache-2.0
// The middle of several measurements, and numbers as tables show them.

/**
 * The median.
 *
 * @param values - in any order
 * @returns the middle one, or the mean of the two in the middle; NaN where there is none
 */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

/**
 * Rounds for a table.
 *
 * @param value - a number; one that is none gives an en dash
 * @param digits - decimals, default 0
 */
export function rounded(value: number, digits = 0): number | string {
  return Number.isFinite(value) ? Number(value.toFixed(digits)) : "–";
}
