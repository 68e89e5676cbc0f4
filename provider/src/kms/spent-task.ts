// SPDX-License-Identifier: Apache-2.0
// Waiting for a task whose end proves nothing: of an earlier run, or one that may be of somebody else. A read decides.

import { isCodedError } from "../core/coded-error";
import type { Operation } from "./operation";
import { Unfinished } from "./unfinished";

/**
 * Asks after a task until it is spent.
 *
 * @param operation - connection, target, deadline, whom to tell
 * @param taskId - the task
 * @returns when it is spent: SUCCEEDED, FAILED, vanished, or in a state nobody knows. What it has done, a read tells
 * @throws {@link Unfinished} where it still runs at the deadline, or could not be asked
 * @internal
 */
export async function waitUntilSpent(operation: Operation, taskId: string): Promise<void> {
  try {
    await operation.connection.tasks.wait({
      taskId,
      deadline: operation.deadline,
      lookFirst: true,
      onProgress: operation.onProgress,
    });
  } catch (error) {
    // A status that is none of vSphere's would be met again each time: no task that can be followed.
    if (isCodedError(error, "ERR_TASK_STATUS_UNKNOWN")) return;
    throw new Unfinished(error, { taskId });
  }
}
