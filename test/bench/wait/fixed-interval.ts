// SPDX-License-Identifier: Apache-2.0
// The loop that everybody writes first, and that VMware's samples (1 s) and govmomi's vAPI task wait (10 s) are.

import type { Waiter } from "./waiter";

/**
 * A waiter that looks at once, and then after each interval.
 *
 * @param intervalSeconds - between an answer and the next look
 */
export function fixedInterval(intervalSeconds: number): Waiter {
  return {
    name: `fixed ${intervalSeconds} s`,
    wait: async ({ look }) => {
      while ((await look()) !== "SUCCEEDED") {
        await new Promise((resolve) => setTimeout(resolve, intervalSeconds * 1000));
      }
    },
  };
}
