// SPDX-License-Identifier: Apache-2.0
// Before its first write to a vCenter a process lists the service's open tasks once: a run that was killed may have left a
// task that still runs. A second write must not run beside it, nor be overwritten by it.

import { isCodedError } from "../core/coded-error";
import { abortable, withDeadline } from "../core/deadline";
import type { VCenterConnection } from "../vsphere/connection";
import { candidates, findTasks, listServiceTasks } from "./find-task";
import type { FoundTask, ListedTasks } from "./find-task";
import type { Operation } from "./operation";

/** A task that names only the cluster is probably another key provider's: it is waited for this long, milliseconds. */
const UNCLEAR_ALLOWANCE_MS = 30_000;
/** After a failed wait the list is asked so often, milliseconds. */
const RECHECK_MS = 1_000;

/** One list for each connection, shared by all operations that begin meanwhile. */
const lists = new WeakMap<VCenterConnection, Promise<ListedTasks>>();

/**
 * Waits for the tasks of earlier runs that may still change this key provider. If vCenter does not list tasks, nothing is
 * known, and nothing is waited for.
 *
 * @throws the end of the operation's time; nothing was sent then
 * @internal
 */
export async function waitForEarlierWrites(operation: Operation): Promise<void> {
  const listed = await listOnce(operation);
  if (!listed.known) return;
  for (const task of candidates(listed.tasks, operation)) if (task.isOpen) await waitFor(operation, task);
}

async function listOnce(operation: Operation): Promise<ListedTasks> {
  const { connection, deadline } = operation;
  const shared = lists.get(connection);
  if (shared !== undefined) {
    try {
      return await abortable(shared, deadline.signal);
    } catch {
      deadline.signal.throwIfAborted();
      // The operation that began the list has ended before it did.
      lists.delete(connection);
      return listOnce(operation);
    }
  }
  const own = listServiceTasks(operation, "open", true);
  lists.set(connection, own);
  const listed = await own;
  // A list that failed for the moment is asked for again by the next operation.
  if (!listed.known && !listed.isRefused) lists.delete(connection);
  return listed;
}

async function waitFor(operation: Operation, { taskId, ownership }: FoundTask): Promise<void> {
  const { deadline, onStep } = operation;
  onStep(`waiting for task ${taskId}, which was running before this run`);
  const isOurs = ownership === "ours";
  const timeoutMs = isOurs ? deadline.remainingMs() : UNCLEAR_ALLOWANCE_MS;
  try {
    await withDeadline({ clock: deadline.clock, timeoutMs, within: deadline }, (bounded) =>
      untilEnded({ ...operation, deadline: bounded }, taskId),
    );
  } catch (error) {
    deadline.signal.throwIfAborted();
    if (isOurs && isCodedError(error, "ERR_TASK_TIMEOUT", "ERR_OPERATION_TIMEOUT")) throw error;
    // How it ends does not matter here.
  }
}

/** A look that fails says nothing about the task: then the list tells whether it still runs. */
async function untilEnded(operation: Operation, taskId: string): Promise<void> {
  const { connection, deadline, onProgress } = operation;
  for (;;) {
    try {
      await connection.tasks.wait({ taskId, deadline, lookFirst: true, onProgress });
      return;
    } catch (error) {
      if (deadline.signal.aborted) throw error;
      // That would be met again each time.
      if (isCodedError(error, "ERR_TASK_STATUS_UNKNOWN")) return;
    }
    const listed = await findTasks(operation, "open");
    if (!listed.known || !listed.tasks.some((task) => task.taskId === taskId)) return;
    await deadline.clock.sleep(RECHECK_MS, deadline.signal);
  }
}
