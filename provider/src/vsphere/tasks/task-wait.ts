// SPDX-License-Identifier: Apache-2.0
// The wait for one task: looks on the schedule until the task is SUCCEEDED or FAILED, or vCenter has forgotten it. A
// failed look is not a failed task, an outage is waited out until the deadline, and BLOCKED is waited for like RUNNING.

import { CodedError, isCodedError, RUNNING_COMMAND } from "../../core/coded-error";
import type { Deadline } from "../../core/deadline";
import { poll } from "../../core/poll";
import type { Look, PollOptions } from "../../core/poll";
import type { RetryDecision } from "../../core/retry";
import { remedyFor } from "../errors/remedies";
import type { RefusedOperation } from "../errors/remedies";
import { describeFault, RequestError } from "../errors/request-error";
import { judgeRead } from "../errors/retry-table";
import type { TaskInfo } from "./tasks";

/** Stands for the status of a task that was never seen. */
const NOT_SEEN = "not seen yet";
/** A task that vCenter does not know is asked for again for this long: it may not be registered yet, milliseconds. @internal */
export const UNKNOWN_TASK_PATIENCE_MS = 3_000;

/** How a wait can end if the fate of the task is known. @internal */
export type TaskEnd =
  | { readonly end: "succeeded"; readonly info: TaskInfo }
  | { readonly end: "failed"; readonly info: TaskInfo; readonly error: CodedError }
  /** vCenter does not know the task any more. */
  | { readonly end: "vanished"; readonly error: CodedError };

/** What is waited for. @internal */
export interface TaskWaitOptions extends Pick<PollOptions<TaskEnd>, "firstGapMs" | "lookFirst"> {
  readonly taskId: string;
  readonly deadline: Deadline;
  /** `clock.nowMs()` when the 202 arrived; default now. */
  readonly acceptedMs?: number;
  /** What the task's operation needs besides `System.View`; named if it FAILED for lack of it. */
  readonly privilege?: string;
  /** What to check if it FAILED because vCenter refuses an argument. */
  readonly checkArguments?: string;
  /** Called after every poll of a task that has not ended. */
  readonly onProgress?: (info: TaskInfo, elapsedMs: number) => void;
}

/** How the task is polled. @internal */
export interface TaskLooks {
  readonly look: () => Promise<TaskInfo>;
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/**
 * Waits until a task has ended.
 *
 * @throws CodedError `ERR_TASK_TIMEOUT`, `ERR_TASK_STATUS_UNKNOWN`, `ERR_ABORTED`, or whatever made looking
 * impossible: in all of them the task may still run
 * @internal
 */
export async function waitForTask(options: TaskWaitOptions, looks: TaskLooks): Promise<TaskEnd> {
  const { taskId, deadline, onProgress } = options;
  const { clock } = deadline;
  const beganMs = options.acceptedMs ?? clock.nowMs();
  const seen: Seen = { lastStatus: NOT_SEEN, observed: {}, unknownSinceMs: undefined };
  try {
    return await poll<TaskEnd>({
      deadline,
      beganMs,
      lookFirst: options.lookFirst,
      firstGapMs: options.firstGapMs,
      ...(looks.pause === undefined ? {} : { pause: looks.pause }),
      look: async () => {
        const info = await lookAt(looks, seen, clock.nowMs());
        if (info === undefined) return { state: "pending" };
        if (info instanceof CodedError) return { state: "done", value: { end: "vanished", error: info } };
        seen.lastStatus = typeof info.status === "string" ? info.status : info.status.unknown;
        seen.observed[seen.lastStatus] = (seen.observed[seen.lastStatus] ?? 0) + 1;
        const found = classify(info, options);
        if (found.state === "pending") onProgress?.(info, clock.nowMs() - beganMs);
        return found;
      },
      mayPass,
    });
  } catch (error) {
    throw explainEnd(error, taskId, deadline, seen);
  }
}

interface Seen {
  lastStatus: string;
  readonly observed: Record<string, number>;
  /** When vCenter first said that it does not know the task, with no other answer since. */
  unknownSinceMs: number | undefined;
}

/** The task; undefined while it may not be registered yet; the error if vCenter has forgotten it. */
async function lookAt({ look }: TaskLooks, seen: Seen, nowMs: number): Promise<TaskInfo | CodedError | undefined> {
  try {
    const info = await look();
    seen.unknownSinceMs = undefined;
    return info;
  } catch (error) {
    if (!isCodedError(error, "ERR_TASK_NOT_FOUND")) throw error;
    seen.unknownSinceMs ??= nowMs;
    return nowMs - seen.unknownSinceMs >= UNKNOWN_TASK_PATIENCE_MS ? error : undefined;
  }
}

/** Nobody answers for tasks: vCenter's services start, or something in front of them answers. */
function mayPass(error: unknown, failures: number): RetryDecision | undefined {
  return isCodedError(error, "ERR_ENDPOINT_ABSENT") ? { free: true } : judgeRead(error, failures);
}

function classify(info: TaskInfo, options: TaskWaitOptions): Look<TaskEnd> {
  const { status } = info;
  const { taskId } = options;
  if (typeof status !== "string") return { state: "failed", error: statusUnknown(taskId, status.unknown) };
  switch (status) {
    case "PENDING":
    case "RUNNING":
    case "BLOCKED":
      return { state: "pending" };
    case "SUCCEEDED":
      return { state: "done", value: { end: "succeeded", info } };
    case "FAILED":
      return { state: "done", value: { end: "failed", info, error: taskFailed(info, taskId, options) } };
  }
}

function statusUnknown(taskId: string, status: string): CodedError {
  return new CodedError("ERR_TASK_STATUS_UNKNOWN", `task ${taskId} has the unknown status "${status}"`, {
    details: { taskId, status },
    remedy: `check the task in vCenter; the next \`${RUNNING_COMMAND}\` asks for it again`,
  });
}

/** Why a FAILED task failed. @internal */
export function taskFailed(info: TaskInfo, taskId: string, operation: RefusedOperation): CodedError {
  const { fault } = info;
  const facts = [`task ${taskId}`, ...(info.operation === "" ? [] : [`operation ${info.operation}`])];
  return new CodedError("ERR_TASK_FAILED", `the task failed: ${describeFault(fault, facts)}`, {
    details: { taskId, errorType: fault.errorType, messages: fault.messages },
    remedy: remedyFor(fault.errorType, undefined, operation),
  });
}

function explainEnd(error: unknown, taskId: string, deadline: Deadline, seen: Seen): unknown {
  if (!isCodedError(error) || error.details.taskId !== undefined) return error;
  const { lastStatus, observed } = seen;
  const { timeoutMs } = deadline;
  const elapsedMs = Math.round(deadline.elapsedMs());
  const details = { taskId, lastStatus, elapsedMs, timeoutMs, observed };
  if (error.code === "ERR_OPERATION_TIMEOUT") {
    const last = lastStatus === NOT_SEEN ? NOT_SEEN : `last status ${lastStatus}`;
    return new CodedError(
      "ERR_TASK_TIMEOUT",
      `task ${taskId} did not end within ${timeoutMs / 1000} s (${last}, ${(elapsedMs / 1000).toFixed(1)} s elapsed)`,
      {
        cause: error,
        details: { ...error.details, ...details },
        remedy: `run \`${RUNNING_COMMAND}\` again, which waits for the same task; raise timeoutSeconds if it needs longer`,
      },
    );
  }
  const last = lastStatus === NOT_SEEN ? "was accepted and not seen yet" : `was last seen ${lastStatus}`;
  const extension = { suffix: `; task ${taskId} ${last}`, details };
  // The wait has counted its own failures: the caller must not count them again.
  return error instanceof RequestError
    ? error.extended({ ...extension, repeatsUsedUp: true })
    : error.extended(extension);
}
