// SPDX-License-Identifier: Apache-2.0
// A task as tests see it: what happened and when, without what the simulator keeps for itself.

import type { TaskOperation } from "./operation";
import type { Task } from "./task-store";
import { currentStep } from "./task-store";

/** A task as tests see it. Times are monotonic milliseconds, comparable with `performance.now()` of the same process. */
export interface TaskSummary {
  readonly id: string;
  readonly requestedBy: TaskOperation;
  readonly operation: string;
  readonly cluster: string;
  readonly keyProvider: string | undefined;
  readonly status: string;
  readonly createdAtMs: number;
  readonly startedAtMs: number | undefined;
  readonly endedAtMs: number | undefined;
  /** When the write became visible; undefined when it has not (yet). */
  readonly effectAtMs: number | undefined;
  /** Number of polls that saw the task. */
  readonly polls: number;
}

/** A task's summary at this moment. The caller has settled the store. */
export function summarizeTask(task: Task): TaskSummary {
  return {
    id: task.id,
    requestedBy: task.requestedBy,
    operation: task.operation,
    cluster: task.cluster,
    keyProvider: task.keyProvider,
    status: currentStep(task).status,
    createdAtMs: task.createdAtMs,
    startedAtMs: task.startedAtMs,
    endedAtMs: task.endedAtMs,
    effectAtMs: task.effectAtMs,
    polls: task.polls,
  };
}
