// SPDX-License-Identifier: Apache-2.0
// One poller for many waits: while several tasks of a vCenter are awaited, one list request answers for all of them, so
// that the request rate does not grow with their number. If vCenter rejects the list call, we switch to single requests
// permanently.

import { abortReason } from "../../core/clock";
import type { Clock } from "../../core/clock";
import { withDeadline } from "../../core/deadline";
import type { VsphereApi } from "../api";
import { RequestError } from "../errors/request-error";
import { isOutage } from "../errors/retry-table";
import { waitForTask } from "./task-wait";
import type { TaskEnd, TaskWaitOptions } from "./task-wait";
import { getTask, listTasks } from "./tasks";
import type { TaskInfo } from "./tasks";

/** A list matches at most this many tasks. Source: cis/tasks list, 8.0.2 description (documented). */
const MAX_TASKS_PER_LIST = 1000;
/** If a list has not answered by then, the tasks are asked for one by one, milliseconds. */
const LIST_TIMEOUT_MS = 5_000;
/** After this many failing lists in a row, the list is not asked for any more. */
const MAX_FAILING_LISTS = 2;

/** One wait. */
interface Waiter {
  readonly taskId: string;
  /** What a list has said since the last look. */
  answer: { readonly info: TaskInfo } | { readonly error: unknown } | undefined;
}

/** A waiter in its pause. */
interface Pause {
  readonly waiter: Waiter;
  readonly dueMs: number;
  readonly end: () => void;
}

/** Waits for the tasks of one vCenter. @internal */
export class TaskBoard {
  readonly #api: VsphereApi;
  readonly #clock: Clock;
  readonly #pauses = new Set<Pause>();
  #cancelTimer: (() => void) | undefined;
  /** Set while a list is under way; aborted when nobody waits any more. */
  #listing: AbortController | undefined;
  #listRefused = false;
  #failingLists = 0;

  constructor(api: VsphereApi, clock: Clock) {
    this.#api = api;
    this.#clock = clock;
  }

  /** Waits until a task has ended; throws as {@link waitForTask}. */
  wait(options: TaskWaitOptions): Promise<TaskEnd> {
    const waiter: Waiter = { taskId: options.taskId, answer: undefined };
    return waitForTask(options, {
      pause: (ms, signal) => this.#pause(waiter, ms, signal),
      look: () => this.#look(waiter, options),
    });
  }

  async #look(waiter: Waiter, { taskId, deadline }: TaskWaitOptions): Promise<TaskInfo> {
    const { answer } = waiter;
    waiter.answer = undefined;
    if (answer !== undefined) {
      if ("info" in answer) return answer.info;
      throw answer.error;
    }
    const info = await getTask(this.#api, taskId, deadline);
    // Single requests work while lists fail: it is the list that this vCenter does not serve.
    if (this.#failingLists >= MAX_FAILING_LISTS) this.#listRefused = true;
    return info;
  }

  /** Ends after `ms`, or earlier when a list for another waiter has answered for this one. */
  #pause(waiter: Waiter, ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        this.#pauses.delete(pause);
        signal.removeEventListener("abort", abort);
        if (this.#pauses.size > 0) return;
        this.#stopTimer();
        // A list that outlives its operations would outlive their session, too, and log in anew.
        this.#listing?.abort(new Error("nobody waits for the list any more"));
      };
      const abort = (): void => {
        settle();
        reject(abortReason(signal));
      };
      const pause: Pause = {
        waiter,
        dueMs: this.#clock.nowMs() + ms,
        end: () => {
          settle();
          resolve();
        },
      };
      if (signal.aborted) {
        reject(abortReason(signal));
        return;
      }
      signal.addEventListener("abort", abort, { once: true });
      this.#pauses.add(pause);
      this.#schedule();
    });
  }

  #stopTimer(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  #schedule(): void {
    this.#stopTimer();
    if (this.#listing !== undefined || this.#pauses.size === 0) return;
    const dueMs = Math.min(...[...this.#pauses].map((pause) => pause.dueMs));
    this.#cancelTimer = this.#clock.after(Math.max(0, dueMs - this.#clock.nowMs()), () => {
      this.#cancelTimer = undefined;
      void this.#onDue();
    });
  }

  async #onDue(): Promise<void> {
    const pauses = [...this.#pauses];
    if (pauses.length > 1 && !this.#listRefused) {
      const { signal } = (this.#listing = new AbortController());
      for (let from = 0; from < pauses.length && !signal.aborted; from += MAX_TASKS_PER_LIST) {
        await this.#list(pauses.slice(from, from + MAX_TASKS_PER_LIST), signal);
      }
      this.#listing = undefined;
    } else {
      const nowMs = this.#clock.nowMs();
      // A timer may fire a fraction of a millisecond early.
      for (const pause of pauses) if (pause.dueMs - nowMs < 1) pause.end();
    }
    // Those that were answered pause again right away: one timer then serves them all.
    setImmediate(() => {
      this.#schedule();
    });
  }

  /** One list for all; whoever gets no answer from it asks for its own task. Never throws. */
  async #list(pauses: readonly Pause[], signal: AbortSignal): Promise<void> {
    const taskIds = [...new Set(pauses.map(({ waiter }) => waiter.taskId))];
    try {
      const bounds = { clock: this.#clock, timeoutMs: LIST_TIMEOUT_MS, parent: signal };
      const tasks = await withDeadline(bounds, (deadline) => listTasks(this.#api, { tasks: taskIds }, deadline));
      this.#failingLists = 0;
      for (const { waiter } of pauses) {
        const info = tasks.get(waiter.taskId);
        if (info !== undefined) waiter.answer = { info };
      }
    } catch (error) {
      if (signal.aborted) return;
      this.#failingLists += 1;
      if (listIsRefused(error)) this.#listRefused = true;
      // What single requests would meet as well goes to all waiters; in an outage one of them tries.
      const untold = meetsAll(error) ? 0 : isOutage(error) ? 1 : pauses.length;
      for (const { waiter } of pauses.slice(untold)) waiter.answer = { error };
    }
    for (const pause of pauses) pause.end();
  }
}

/** What single requests would meet as well: no connection, no session, too many requests. */
function meetsAll(error: unknown): boolean {
  if (!(error instanceof RequestError)) return false;
  return error.code === "ERR_AUTHENTICATION" || error.code === "ERR_CONNECT" || error.request.httpStatus === 429;
}

/** A refusal will be the same the next time; everything else may pass. */
function listIsRefused(error: unknown): boolean {
  if (!(error instanceof RequestError)) return true;
  const { fate, httpStatus = 0 } = error.request;
  return fate === "answered" && !isOutage(error) && (httpStatus < 429 || httpStatus === 500 || httpStatus === 501);
}
