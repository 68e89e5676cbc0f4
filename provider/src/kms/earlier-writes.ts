// SPDX-License-Identifier: Apache-2.0
// Before its first write to a vCenter a process lists the service's open tasks once: a run that was killed may have left a
// task that still runs. A second write must not run beside it, nor be overwritten by it. The same holds for a write of this
// process whose operation gave up: a key provider has a certificate and a signing request, each with a time of its own.

import { isCodedError } from "../core/coded-error";
import { abortable, withDeadline } from "../core/deadline";
import type { VCenterConnection } from "../vsphere/connection";
import { candidates, findTasks } from "./find-task";
import type { Ownership } from "./find-task";
import { listServiceTasks } from "./list-service-tasks";
import type { ListedTasks } from "./list-service-tasks";
import type { Operation } from "./operation";

/** A task that names only the cluster is probably another key provider's: it is waited for this long, milliseconds. */
const UNCLEAR_ALLOWANCE_MS = 30_000;
/** After a failed wait the list is asked so often, milliseconds. */
const RECHECK_MS = 1_000;

/** One list for each connection, shared by all operations that begin meanwhile. */
const lists = new WeakMap<VCenterConnection, Promise<ListedTasks>>();

/**
 * Waits for the tasks of earlier runs, and of operations that gave up, that may still change this key provider. If vCenter
 * does not list tasks, only those are known whose ids were in our 202 answers.
 *
 * @throws the end of the operation's time; nothing was sent then
 * @internal
 */
export async function waitForEarlierWrites(operation: Operation): Promise<void> {
  const { connection, target } = operation;
  const { startedTasks } = connection;
  for (const taskId of startedTasks.openOn(target)) {
    await waitFor(operation, taskId, "ours");
    startedTasks.ended(taskId);
  }
  const listed = await listOnce(operation);
  if (!listed.known) return;
  const open = candidates(listed.tasks, operation).filter(({ isOpen }) => isOpen);
  // What names only the cluster is most likely the write whose id this process has lost.
  const hasLost = startedTasks.hasLost(target);
  for (const { taskId, ownership } of open) await waitFor(operation, taskId, hasLost ? "ours" : ownership);
}

/** A write of this process may still run, and its task id is unknown: the next write lists again. @internal */
export function noteLostWrite({ connection, target }: Operation): void {
  connection.startedTasks.lost(target);
  lists.delete(connection);
}

async function listOnce(operation: Operation): Promise<ListedTasks> {
  const { connection, deadline } = operation;
  const shared = lists.get(connection);
  if (shared !== undefined) {
    try {
      return await abortable(shared, deadline.signal);
    } catch {
      deadline.signal.throwIfAborted();
      // The operation that began the list has ended before it did. Another one may have begun the next list already.
      forget(connection, shared);
      return listOnce(operation);
    }
  }
  const own = listServiceTasks(operation, "open", true);
  lists.set(connection, own);
  const listed = await own;
  // A list that failed for the moment is asked for again by the next operation.
  if (!listed.known && !listed.isRefused) forget(connection, own);
  return listed;
}

function forget(connection: VCenterConnection, list: Promise<ListedTasks>): void {
  if (lists.get(connection) === list) lists.delete(connection);
}

async function waitFor(operation: Operation, taskId: string, ownership: Ownership): Promise<void> {
  const { deadline, onStep } = operation;
  onStep(`waiting for task ${taskId}, which was running before`);
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
