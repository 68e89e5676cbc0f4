// SPDX-License-Identifier: Apache-2.0
// Ours: the task board that `create` and `update` wait with, one for each task as if it were the only one.

import { systemClock } from "../../../provider/src/core/clock";
import { TaskBoard } from "../../../provider/src/vsphere/tasks/task-board";
import type { Waiter } from "./waiter";

/** The provider's own wait: 100 ms, then 10 % of the time elapsed, 1 s at most. */
export const ours: Waiter = {
  name: "ours",
  wait: async ({ taskId, api, deadline }) => {
    const { end } = await new TaskBoard(api, systemClock).wait({ taskId, deadline });
    if (end !== "succeeded") throw new Error(`${taskId} ended as ${end}`);
  },
};
