// SPDX-License-Identifier: Apache-2.0
// What a set of samples says in a few numbers.

/** Mean and quantiles of samples, in their unit. */
export interface Spread {
  readonly mean: number;
  readonly median: number;
  /** 95 % of the samples are no larger. */
  readonly p95: number;
  readonly max: number;
}

/**
 * Sums samples up. Quantiles are samples themselves (nearest rank), not interpolated.
 *
 * @param samples - at least one
 */
export function spreadOf(samples: readonly number[]): Spread {
  const sorted = [...samples].sort((a, b) => a - b);
  const rank = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
  return {
    mean: sorted.reduce((sum, sample) => sum + sample, 0) / sorted.length,
    median: rank(0.5),
    p95: rank(0.95),
    max: rank(1),
  };
}
