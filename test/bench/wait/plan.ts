// SPDX-License-Identifier: Apache-2.0
// Which waits are measured: for each length of task some samples around it, the same for every waiter, in an order that
// gives nobody the quiet or the busy part of the run.

import type { Waiter } from "./waiter";
import { WAITERS } from "./waiters";

/** Samples around one length of task. */
export interface LengthPlan {
  /** The middle, seconds. */
  readonly lengthSeconds: number;
  readonly samples: number;
}

/** A full run: four minutes. */
export const FULL: readonly LengthPlan[] = [
  { lengthSeconds: 0.2, samples: 40 },
  { lengthSeconds: 1, samples: 40 },
  { lengthSeconds: 5, samples: 40 },
  { lengthSeconds: 30, samples: 48 },
];

/** A short run. */
export const QUICK: readonly LengthPlan[] = [
  { lengthSeconds: 0.2, samples: 5 },
  { lengthSeconds: 1, samples: 5 },
  { lengthSeconds: 5, samples: 3 },
];

/** One wait to be measured. */
export interface PlannedWait {
  readonly waiter: Waiter;
  /** The middle that the length lies around, seconds. */
  readonly lengthSeconds: number;
  /** The task's own length, milliseconds. */
  readonly taskMs: number;
}

/** A task's length differs from the middle by this share at most: no schedule can be tuned to it. */
const JITTER = 0.2;
const SEED = 20_250_601;

/**
 * The waits of a run, in the order in which they begin.
 *
 * @param lengths - {@link FULL} or {@link QUICK}
 */
export function plannedWaits(lengths: readonly LengthPlan[]): PlannedWait[] {
  const random = seededRandom(SEED);
  const waits: PlannedWait[] = [];
  for (const { lengthSeconds, samples } of lengths) {
    for (let sample = 0; sample < samples; sample += 1) {
      // One of each equal part of the range: with so few samples, pure chance would favour somebody.
      const place = (sample + random()) / samples;
      const taskMs = lengthSeconds * 1000 * (1 - JITTER + 2 * JITTER * place);
      for (const waiter of WAITERS) waits.push({ waiter, lengthSeconds, taskMs });
    }
  }
  return waits
    .map((wait) => ({ wait, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ wait }) => wait);
}

/** Source: mulberry32, Tommy Ettinger, public domain. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
