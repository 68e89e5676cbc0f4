// SPDX-License-Identifier: Apache-2.0
// The measured waits, one line for each waiter and length of task.

import { spreadOf } from "../spread";
import type { Spread } from "../spread";
import type { MeasuredWait } from "./measure-waits";

/** One waiter's samples around one length of task. */
export interface WaitSummary {
  readonly name: string;
  /** The middle that the lengths lie around, seconds. */
  readonly lengthSeconds: number;
  readonly samples: number;
  readonly lagMs: Spread;
  /** GETs of a wait. */
  readonly looks: Spread;
}

/**
 * Sums waits up.
 *
 * @param waits - what was measured
 * @param names - the waiters, in the order to print them
 * @param lengthsSeconds - the lengths of task, in the order to print them
 * @returns all of one length together
 */
export function summarize(
  waits: readonly MeasuredWait[],
  names: readonly string[],
  lengthsSeconds: readonly number[],
): WaitSummary[] {
  return lengthsSeconds.flatMap((lengthSeconds) =>
    names.map((name) => {
      const own = waits.filter((wait) => wait.waiter.name === name && wait.lengthSeconds === lengthSeconds);
      return {
        name,
        lengthSeconds,
        samples: own.length,
        lagMs: spreadOf(own.map(({ lagMs }) => lagMs)),
        looks: spreadOf(own.map(({ looks }) => looks)),
      };
    }),
  );
}
