// SPDX-License-Identifier: Apache-2.0
// What became of a write whose answer was lost. Only a read proves it; only an answered list without an open task, twice
// with a pause between, says that it was not applied.

import { poll } from "../core/poll";
import type { Look } from "../core/poll";
import { judgeRepeatedRead } from "../vsphere/errors/retry-table";
import { findTasks, mayBeOfService, QUIET_MS } from "./find-task";
import type { FoundTask, TaskSearch } from "./find-task";
import type { Operation } from "./operation";
import type { Proof, Write } from "./write";

/** How a look can end. `follow`: a task that is surely the write's. @internal */
export type Outcome<T> = Proof<T> | { readonly follow: string } | "not-applied";

/** What is looked for. @internal */
export interface OutcomeSearch<T> {
  readonly write: Pick<Write<T>, "read" | "isApplied" | "service" | "operationName" | "earlierTaskIds">;
  /** `clock.nowMs()` when the write was sent. */
  readonly sentMs: number;
  /** False: it was accepted, or may wait in the server, so it is looked for until the deadline. */
  readonly mayConclude: boolean;
  /** The write's task, if its id is known: no other one is followed. */
  readonly taskId?: string | undefined;
}

/** The list is asked for once in this time, the server on the schedule. */
const LIST_GAP_MS = 1_900;
/** How exactly we know the server's clock if it sends a `Date`, milliseconds. */
const CLOCK_SLACK_MS = 2_000;

/**
 * Looks until the outcome is known. Reads on the schedule if the write was accepted, about once a second otherwise.
 *
 * @throws the end of the operation's time, or what made looking impossible
 * @internal
 */
export async function lookForOutcome<T>(operation: Operation, search: OutcomeSearch<T>): Promise<Outcome<T>> {
  const { deadline } = operation;
  const { write, mayConclude } = search;
  const nowMs = deadline.clock.nowMs();
  let quietSinceMs: number | undefined;
  let tasks: TaskSearch | undefined;
  let listedMs = -Infinity;
  return poll<Outcome<T>>({
    deadline,
    lookFirst: true,
    // The schedule has its longest gap, 1 s, for what began 10 s ago.
    beganMs: mayConclude ? nowMs - 10_000 : nowMs,
    look: async (): Promise<Look<Outcome<T>>> => {
      const lookMs = deadline.clock.nowMs();
      if (lookMs - listedMs >= LIST_GAP_MS) {
        tasks = await findTasks(operation, "all");
        listedMs = lookMs;
        const own = ownTask(operation, search, tasks);
        if (own !== undefined) return { state: "done", value: { follow: own.taskId } };
      }
      const live = await write.read(operation);
      if (write.isApplied(live)) return { state: "done", value: { live: live as T, taskId: undefined } };
      if (!isQuiet(tasks)) quietSinceMs = undefined;
      else if (quietSinceMs === undefined) quietSinceMs = lookMs;
      else if (mayConclude && listedMs === lookMs && lookMs - quietSinceMs >= QUIET_MS - 100) {
        return { state: "done", value: "not-applied" };
      }
      return { state: "pending" };
    },
    mayPass: judgeRepeatedRead,
  });
}

/** The list was answered, and names no task that may still run. */
function isQuiet(tasks: TaskSearch | undefined): boolean {
  return tasks?.known === true && tasks.tasks.every(({ isOpen }) => !isOpen);
}

/**
 * The newest task that is surely this write's: by its target's name, begun since the write was sent, and open or SUCCEEDED.
 * One that has FAILED already may belong to a run that ended seconds ago: the clocks are exact to a second or two only. An
 * open one that began before is waited for, but proves nothing.
 */
function ownTask<T>(operation: Operation, search: OutcomeSearch<T>, tasks: TaskSearch): FoundTask | undefined {
  if (!tasks.known || search.taskId !== undefined) return undefined;
  const { write } = search;
  const { startedTasks } = operation.connection;
  const sinceMs = byServersClock(operation, search.sentMs);
  const own = tasks.tasks.filter(
    (task) =>
      task.ownership === "ours" &&
      mayBeOfService(task.info, write.service) &&
      write.operationName.test(task.info.operation) &&
      !write.earlierTaskIds.includes(task.taskId) &&
      !startedTasks.has(task.taskId) &&
      hasBegunSince(task, sinceMs),
  );
  own.sort((a, b) => Number(b.isOpen) - Number(a.isOpen) || (b.info.startedMs ?? 0) - (a.info.startedMs ?? 0));
  return own[0];
}

/** An open task gets the benefit of the doubt if it has not begun, or nobody knows the server's clock. */
function hasBegunSince({ info: { startedMs, status }, isOpen }: FoundTask, sinceMs: number | undefined): boolean {
  if (startedMs === undefined || sinceMs === undefined) return isOpen;
  return startedMs >= sinceMs && (isOpen || status === "SUCCEEDED");
}

/** Both clocks as they are now: the system's may have jumped since the write was sent. Undefined without a `Date`. */
function byServersClock({ connection, deadline: { clock } }: Operation, sentMs: number): number | undefined {
  const aheadMs = connection.api.serverAheadMs();
  if (aheadMs === undefined) return undefined;
  return clock.wallMs() - (clock.nowMs() - sentMs) + aheadMs - CLOCK_SLACK_MS;
}
