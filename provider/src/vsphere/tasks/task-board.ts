// SPDX-License-Identifier: Apache-2.0
// One poller for many waits: while several tasks of a vCenter are awaited, one list request answers for all of them, so
// that the request rate does not grow with their number. A vCenter that refuses the list gets single requests, for good.

import { abortReason } from "../../core/clock";
import type { Clock } from "../../core/clock";
import { abortable, withDeadline } from "../../core/deadline";
import type { Deadline } from "../../core/deadline";
import type { VsphereApi } from "../api";
import { RequestError } from "../errors/request-error";
import { isOutage } from "../errors/retry-table";
import { waitForTask } from "./task-wait";
import type { TaskEnd, TaskWaitOptions } from "./task-wait";
import { getTask, listTasks } from "./tasks";
import type { TaskInfo } from "./tasks";

/** A list may match so many tasks at most. Source: cis/tasks list, 8.0.2 description (documented). */
const MAX_TASKS_PER_LIST = 1000;
/** A list that has not answered by then is ill: the tasks are asked one by one, milliseconds. */
const LIST_TIMEOUT_MS = 5_000;
/** So many ill lists in a row, and it is not asked any more. */
const MAX_ILL_LISTS = 2;

interface PendingLook {
  readonly taskId: string;
  readonly dueMs: number;
  readonly deadline: Deadline;
  readonly resolve: (info: TaskInfo | Promise<TaskInfo>) => void;
  readonly reject: (error: unknown) => void;
}

/** Waits for the tasks of one vCenter. @internal */
export class TaskBoard {
  readonly #api: VsphereApi;
  readonly #clock: Clock;
  readonly #pending = new Set<PendingLook>();
  readonly #followed = new Set<string>();
  #cancelTimer: (() => void) | undefined;
  #listing = false;
  #listRefused = false;
  #illLists = 0;

  constructor(api: VsphereApi, clock: Clock) {
    this.#api = api;
    this.#clock = clock;
  }

  /**
   * Waits until a task has ended.
   *
   * @param options - task id, deadline, when it was accepted, whom to tell of progress
   * @returns how it ended
   * @throws as {@link waitForTask}
   */
  wait(options: Omit<TaskWaitOptions, "look">): Promise<TaskEnd> {
    const { taskId, deadline } = options;
    this.#followed.add(taskId);
    return waitForTask({ ...options, look: (afterMs) => this.#look(taskId, afterMs, deadline) });
  }

  /**
   * Whether a task was waited for in this process: then it is not that of a request whose answer was just lost.
   *
   * @param taskId - as the server wrote it
   */
  hasFollowed(taskId: string): boolean {
    return this.#followed.has(taskId);
  }

  #look(taskId: string, afterMs: number, deadline: Deadline): Promise<TaskInfo> {
    return new Promise((resolve, reject) => {
      const { signal } = deadline;
      const abort = (): void => {
        settle();
        reject(abortReason(signal));
      };
      const settle = (): void => {
        this.#pending.delete(look);
        signal.removeEventListener("abort", abort);
        if (this.#pending.size === 0) {
          this.#cancelTimer?.();
          this.#cancelTimer = undefined;
        }
      };
      const look: PendingLook = {
        taskId,
        deadline,
        dueMs: this.#clock.nowMs() + afterMs,
        resolve: (info) => {
          settle();
          resolve(info);
        },
        reject: (error) => {
          settle();
          // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- passed on as it was thrown
          reject(error);
        },
      };
      if (signal.aborted) {
        abort();
        return;
      }
      signal.addEventListener("abort", abort, { once: true });
      this.#pending.add(look);
      this.#schedule();
    });
  }

  #schedule(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    if (this.#listing || this.#pending.size === 0) return;
    const dueMs = Math.min(...[...this.#pending].map((look) => look.dueMs));
    this.#cancelTimer = this.#clock.after(Math.max(0, dueMs - this.#clock.nowMs()), () => {
      this.#cancelTimer = undefined;
      void this.#lookNow();
    });
  }

  async #lookNow(): Promise<void> {
    const waiting = [...this.#pending];
    if (waiting.length === 0) return;
    if (this.#listRefused || waiting.length === 1) {
      const nowMs = this.#clock.nowMs();
      // A timer may fire a fraction of a millisecond early.
      for (const look of waiting) if (look.dueMs - nowMs < 1) this.#lookAlone(look);
      this.#schedule();
      return;
    }
    this.#listing = true;
    for (let from = 0; from < waiting.length; from += MAX_TASKS_PER_LIST) {
      await this.#lookTogether(waiting.slice(from, from + MAX_TASKS_PER_LIST));
    }
    this.#listing = false;
    // Those that were answered ask again right away: one timer then serves them all.
    setImmediate(() => {
      this.#schedule();
    });
  }

  #lookAlone(look: PendingLook): void {
    look.resolve(abortable(getTask(this.#api, look.taskId, look.deadline), look.deadline.signal));
  }

  async #lookTogether(looks: readonly PendingLook[]): Promise<void> {
    try {
      const taskIds = [...new Set(looks.map((look) => look.taskId))];
      const tasks = await withDeadline({ clock: this.#clock, timeoutMs: LIST_TIMEOUT_MS }, (deadline) =>
        listTasks(this.#api, { tasks: taskIds }, deadline),
      );
      this.#illLists = 0;
      for (const look of looks) {
        const info = tasks.get(look.taskId);
        // Absent from the list is not yet gone: the task itself is asked.
        if (info === undefined) this.#lookAlone(look);
        else look.resolve(info);
      }
    } catch (error) {
      if (concernsAll(error)) {
        for (const look of looks) look.reject(error);
        return;
      }
      this.#illLists += 1;
      this.#listRefused = listIsRefused(error) || this.#illLists >= MAX_ILL_LISTS;
      for (const look of looks) this.#lookAlone(look);
    }
  }
}

/** What single requests would meet as well: no connection, no session, too many requests. */
function concernsAll(error: unknown): boolean {
  if (isOutage(error)) return true;
  if (!(error instanceof RequestError)) return false;
  return error.code === "ERR_AUTHENTICATION" || error.request.httpStatus === 429;
}

/** A refusal is an answer that will be the same the next time; everything else may pass. */
function listIsRefused(error: unknown): boolean {
  if (!(error instanceof RequestError)) return true;
  const { fate, httpStatus = 0 } = error.request;
  return fate === "answered" && (httpStatus < 429 || httpStatus === 500 || httpStatus === 501);
}
