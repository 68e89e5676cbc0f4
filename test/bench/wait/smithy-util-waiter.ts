// SPDX-License-Identifier: Apache-2.0
// The waiter of AWS's clients, with its default delays: at random between 2 s and 2 s × 2^n, 120 s at most.

import { checkExceptions, createWaiter, waiterServiceDefaults, WaiterState } from "@smithy/util-waiter";
import type { Waiter } from "./waiter";

/** Far beyond the longest task, since it cuts the last delay. */
const MAX_WAIT_SECONDS = 600;

/** @smithy/util-waiter with its defaults. */
export const smithyUtilWaiter: Waiter = {
  name: "@smithy/util-waiter",
  wait: async ({ look }) => {
    const ended = await createWaiter(
      { client: look, maxWaitTime: MAX_WAIT_SECONDS, ...waiterServiceDefaults },
      undefined,
      async (client) => ({ state: (await client()) === "SUCCEEDED" ? WaiterState.SUCCESS : WaiterState.RETRY }),
    );
    checkExceptions(ended);
  },
};
