// SPDX-License-Identifier: Apache-2.0
// The wait for one task: looks on the schedule until the task is SUCCEEDED or FAILED or gone. A failed look is not a
// failed task, an outage shorter than the deadline is survived, and BLOCKED is waited for like RUNNING.

import { CodedError, isCodedError } from "../../core/coded-error";
import type { Deadline } from "../../core/deadline";
import { poll } from "../../core/poll";
import type { Look } from "../../core/poll";
import { failIfTooLong, pauseBeforeRetryMs } from "../../core/retry";
import { describeFault, RequestError } from "../errors/request-error";
import { remedyFor } from "../errors/remedies";
import { isOutage, judgeRead, MAX_READ_FAILURES } from "../errors/retry-table";
import type { TaskInfo } from "./tasks";

/** Stands for the status of a task that was never looked at with success. */
const NOT_SEEN = "not seen yet";

/** How a wait can end while the fate of the task is known. @internal */
export type TaskEnd =
  | { readonly end: "succeeded"; readonly info: TaskInfo }
  | { readonly end: "failed"; readonly info: TaskInfo; readonly error: CodedError }
  /** vCenter does not know the task any more. */
  | { readonly end: "vanished"; readonly error: CodedError };

/** The arguments of {@link waitForTask}. @internal */
export interface TaskWaitOptions {
  readonly taskId: string;
  readonly deadline: Deadline;
  /** One look at the task, `afterMs` from now or earlier. */
  readonly look: (afterMs: number) => Promise<TaskInfo>;
  /** `clock.nowMs()` when the 202 arrived; default now. */
  readonly acceptedMs?: number;
  /** Milliseconds before the first look; default 100, as for every change. */
  readonly firstGapMs?: number;
  /** True: look at once (a task of an earlier run). Default false. */
  readonly lookFirst?: boolean;
  /** What the task's operation needs besides `System.View`; named where it FAILED for want of it. */
  readonly privilege?: string;
  /** Told after every look at a task that has not ended. */
  readonly onProgress?: (info: TaskInfo, elapsedMs: number) => void;
}

/**
 * Waits until a task has ended.
 *
 * @param options - see {@link TaskWaitOptions}
 * @returns how it ended
 * @throws CodedError `ERR_TASK_TIMEOUT`, `ERR_TASK_STATUS_UNKNOWN`, `ERR_ABORTED`, or whatever made looking
 * impossible: in all of them the task may still run
 * @internal
 */
export async function waitForTask(options: TaskWaitOptions): Promise<TaskEnd> {
  const { taskId, deadline } = options;
  const beganMs = options.acceptedMs ?? deadline.clock.nowMs();
  const observed: Record<string, number> = {};
  let lastStatus = NOT_SEEN;
  try {
    return await poll<TaskEnd>({
      deadline,
      beganMs,
      lookFirst: options.lookFirst ?? false,
      firstGapMs: options.firstGapMs,
      look: async (afterMs) => {
        const info = await options.look(afterMs);
        lastStatus = typeof info.status === "string" ? info.status : info.status.unknown;
        observed[lastStatus] = (observed[lastStatus] ?? 0) + 1;
        const seen = classify(info, options);
        if (!seen.final) options.onProgress?.(info, deadline.clock.nowMs() - beganMs);
        return seen;
      },
      onFailedLook: (error, failures) => afterFailedLook(error, failures, deadline),
    });
  } catch (error) {
    if (isCodedError(error, "ERR_TASK_NOT_FOUND")) return { end: "vanished", error };
    throw explainEnd(error, { taskId, deadline, lastStatus, observed });
  }
}

function classify(info: TaskInfo, { taskId, privilege }: TaskWaitOptions): Look<TaskEnd> {
  const { status } = info;
  if (typeof status !== "string") {
    throw new StatusUnknown(
      new CodedError(
        "ERR_TASK_STATUS_UNKNOWN",
        `task ${taskId} has the status "${status.unknown}", which is none of vSphere's`,
        {
          details: { taskId, status: status.unknown },
          remedy: "look at the task in vCenter; the next `pulumi up` looks at it again",
        },
      ),
    );
  }
  switch (status) {
    case "PENDING":
    case "RUNNING":
    case "BLOCKED":
      return { final: false };
    case "SUCCEEDED":
      return { final: true, value: { end: "succeeded", info } };
    case "FAILED":
      return { final: true, value: { end: "failed", info, error: taskFailed(info, taskId, privilege) } };
  }
}

function taskFailed(info: TaskInfo, taskId: string, privilege: string | undefined): CodedError {
  const operation = info.operation === "" ? [] : [`operation ${info.operation}`];
  return new CodedError(
    "ERR_TASK_FAILED",
    `the task failed: ${describeFault(info.fault, [`task ${taskId}`, ...operation])}`,
    {
      details: { taskId, errorType: info.fault.errorType, messages: info.fault.messages },
      remedy: remedyFor(info.fault.errorType, undefined, privilege),
    },
  );
}

/** Wraps what must end the wait at once, so that it is not taken for a failed look. */
class StatusUnknown extends Error {
  readonly error: CodedError;

  constructor(error: CodedError) {
    super(error.message);
    this.error = error;
  }
}

function afterFailedLook(error: unknown, failures: number, deadline: Deadline): number {
  if (error instanceof StatusUnknown) throw error.error;
  if (isCodedError(error, "ERR_RESPONSE_INVALID") && !(error instanceof RequestError)) {
    if (failures >= 2) throw error;
    return 0;
  }
  if (isCodedError(error, "ERR_ENDPOINT_ABSENT")) {
    // Nobody answers for tasks. Where that stays, the task cannot be followed any more: a read decides.
    if (failures >= MAX_READ_FAILURES) throw taskUnanswered(error);
    return pauseBeforeRetryMs(failures, undefined);
  }
  const decision = isOutage(error) ? {} : judgeRead(error, failures);
  if (decision === undefined) throw error;
  failIfTooLong(error, decision.retryAfterMs, deadline);
  return pauseBeforeRetryMs(failures, decision.retryAfterMs);
}

function taskUnanswered(cause: CodedError): CodedError {
  return new CodedError("ERR_TASK_NOT_FOUND", cause.message, { cause, details: cause.details });
}

function explainEnd(
  error: unknown,
  seen: { taskId: string; deadline: Deadline; lastStatus: string; observed: Record<string, number> },
): unknown {
  if (!isCodedError(error)) return error;
  const { taskId, deadline, lastStatus, observed } = seen;
  const elapsedMs = Math.round(deadline.elapsedMs());
  const facts = { ...error.details, taskId, lastStatus, elapsedMs, timeoutMs: deadline.timeoutMs, observed };
  if (error.code === "ERR_OPERATION_TIMEOUT") {
    return new CodedError(
      "ERR_TASK_TIMEOUT",
      `task ${taskId} did not end within ${deadline.timeoutMs / 1000} s (${lastStatus === NOT_SEEN ? NOT_SEEN : `last status ${lastStatus}`}, ${(elapsedMs / 1000).toFixed(1)} s elapsed)`,
      {
        cause: error,
        details: facts,
        remedy: "run `pulumi up` again, which waits for the same task; raise timeoutSeconds if it needs longer",
      },
    );
  }
  if (error.details["taskId"] !== undefined) return error;
  return new CodedError(
    error.code,
    `${error.message}; task ${taskId} ${lastStatus === NOT_SEEN ? "was accepted and not seen yet" : `was last seen ${lastStatus}`}`,
    {
      cause: error,
      details: facts,
      ...(error.remedy === undefined ? {} : { remedy: error.remedy }),
    },
  );
}
