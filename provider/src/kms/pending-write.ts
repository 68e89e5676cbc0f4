// SPDX-License-Identifier: Apache-2.0
// A write of an earlier run whose outcome is not known: asked about by the next update, and by a refresh.

import { isCodedError } from "../core/coded-error";
import { poll } from "../core/poll";
import { judgeRepeatedRead } from "../vsphere/errors/retry-table";
import { UNKNOWN_TASK_PATIENCE_MS } from "../vsphere/tasks/task-wait";
import { getTask } from "../vsphere/tasks/tasks";
import { findTasks, QUIET_MS } from "./find-task";
import { LAG_ALLOWANCE_MS } from "./follow-task";
import type { Operation } from "./operation";
import { readUntil } from "./read-until";
import { Unfinished } from "./unfinished";
import type { Proof, Write } from "./write";

/** What the state knows of such a write. @internal */
export interface PendingWrite {
  /** Undefined: accepted or perhaps accepted, and its id was lost. */
  readonly taskId: string | undefined;
}

/** How such a write ended. @internal */
export type Settled =
  /** Its task SUCCEEDED: the server shows it soon, or somebody has changed it since. */
  | "succeeded"
  /** Nothing of it is under way any more; a read tells what it has done. */
  | "ended"
  /** vCenter does not list tasks for this user, so nobody can tell whether it still runs. */
  | "unknown";

/**
 * Waits until nothing of the write is under way any more.
 *
 * @throws {@link Unfinished} if it still runs at the deadline, or could not be asked for
 * @internal
 */
export function settle(operation: Operation, { taskId }: PendingWrite): Promise<Settled> {
  return taskId === undefined ? settleLost(operation) : settleTask(operation, taskId);
}

/** What a read has shown instead of what was written. @internal */
export interface NotShown<T> {
  readonly live: T | undefined;
}

/**
 * Waits for the write, and reads what it has brought. If that is not it, nothing of it is under way any more, or nobody can
 * tell.
 *
 * @throws as {@link settle}
 * @internal
 */
export async function outcomeOf<T>(
  operation: Operation,
  write: PendingWrite,
  { read, isApplied }: Pick<Write<T>, "read" | "isApplied">,
): Promise<Proof<T> | NotShown<T>> {
  const readOnce = async (): Promise<Proof<T> | NotShown<T>> => {
    const live = await read(operation);
    return isApplied(live) ? { live: live as T, taskId: write.taskId } : { live };
  };
  if (write.taskId === undefined) {
    // If it shows, no task need be looked for.
    const shown = await readOnce();
    if ("taskId" in shown) return shown;
  }
  if ((await settle(operation, write)) === "ended") return readOnce();
  // The task SUCCEEDED, or nobody can tell: a replica may lag.
  const shown = await readUntil(operation, { read, isWanted: isApplied, allowanceMs: LAG_ALLOWANCE_MS });
  return shown.shown ? { live: shown.live, taskId: write.taskId } : { live: shown.live };
}

async function settleTask(operation: Operation, taskId: string): Promise<Settled> {
  const { connection, deadline, onProgress, onStep } = operation;
  onStep(`waiting for task ${taskId} of an earlier run`);
  try {
    const { end } = await connection.tasks.wait({ taskId, deadline, lookFirst: true, onProgress });
    return end === "succeeded" ? "succeeded" : "ended";
  } catch (error) {
    // An unknown status would be met again each time: no task that can be followed.
    if (isCodedError(error, "ERR_TASK_STATUS_UNKNOWN")) return "ended";
    throw new Unfinished(error, { taskId });
  }
}

async function settleLost(operation: Operation): Promise<Settled> {
  const { deadline, onStep } = operation;
  onStep("looking for the task of an earlier run");
  let quietSinceMs: number | undefined;
  try {
    return await poll<Settled>({
      deadline,
      lookFirst: true,
      // The schedule has its longest gap, 1 s, for what began 10 s ago.
      beganMs: deadline.clock.nowMs() - 10_000,
      look: async () => {
        const search = await findTasks(operation, "open");
        if (!search.known && search.isRefused) return { state: "done", value: "unknown" };
        const nowMs = deadline.clock.nowMs();
        const isQuiet = search.known && search.tasks.length === 0;
        quietSinceMs = isQuiet ? (quietSinceMs ?? nowMs) : undefined;
        const isEnded = quietSinceMs !== undefined && nowMs - quietSinceMs >= QUIET_MS - 100;
        return isEnded ? { state: "done", value: "ended" } : { state: "pending" };
      },
      mayPass: judgeRepeatedRead,
    });
  } catch (error) {
    throw new Unfinished(error);
  }
}

/** Asks whether the write may still be under way. Only a definite end says no. @internal */
export async function mayStillRun(operation: Operation, { taskId }: PendingWrite): Promise<boolean> {
  try {
    if (taskId !== undefined) return await isOpen(operation, taskId);
    const search = await findTasks(operation, "open");
    return !search.known || search.tasks.length > 0;
  } catch {
    return true;
  }
}

/** A task that vCenter does not know is asked for again for some seconds: a replica may be behind. */
async function isOpen({ connection, deadline }: Operation, taskId: string): Promise<boolean> {
  const { clock, signal } = deadline;
  // Most of a short time is left for the read that follows.
  const patienceMs = Math.min(UNKNOWN_TASK_PATIENCE_MS, deadline.remainingMs() / 3);
  const giveUpMs = clock.nowMs() + patienceMs;
  for (;;) {
    try {
      const { status } = await getTask(connection.api, taskId, deadline);
      return status !== "SUCCEEDED" && status !== "FAILED";
    } catch (error) {
      if (!isCodedError(error, "ERR_TASK_NOT_FOUND")) throw error;
      if (clock.nowMs() >= giveUpMs) return false;
    }
    await clock.sleep(patienceMs / 3, signal);
  }
}
