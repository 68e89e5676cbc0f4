// SPDX-License-Identifier: Apache-2.0
// A task as vSphere's `CisTaskInfo`: which fields are present in which status.
// Source: cis/tasks of VMware's 8.0.2 description (documented). Nothing here changes a task.

import type { Clock } from "./clock";
import { TASK_OPERATIONS } from "./operation";
import type { Task } from "./task-store";
import { currentStep } from "./task-store";
import { isTerminal, nextStepAtMs } from "./task-script";
import { targetOf } from "./task-target";
import { message } from "./vapi-errors";

const WITH_PROGRESS = ["RUNNING", "BLOCKED", "SUCCEEDED", "FAILED"];

/**
 * @param excludeResult true leaves `result` out, as the query parameter `exclude_result` does.
 * @returns the JSON value of `GET /api/cis/tasks/{task}`.
 */
export function taskInfo(task: Task, clock: Clock, excludeResult: boolean): Record<string, unknown> {
  const step = currentStep(task);
  const { status } = step;
  const { text } = TASK_OPERATIONS[task.requestedBy];
  const service = `${task.service}.${task.operation.replace("$task", "")}`;
  const target = targetOf(task);
  const info: Record<string, unknown> = {
    description: message(service, text),
    service: task.service,
    operation: task.operation,
    ...(target === undefined ? {} : { target }),
    status,
    cancelable: task.cancelable && !isTerminal(status),
    user: task.user,
  };
  if (WITH_PROGRESS.includes(status)) {
    info["progress"] = { total: 100, completed: completed(task, clock), message: message(`${service}.progress`, text) };
    info["start_time"] = clock.iso(task.startedAtMs ?? task.createdAtMs);
  }
  if (isTerminal(status)) info["end_time"] = clock.iso(task.endedAtMs ?? clock.nowMs());
  if (status === "SUCCEEDED" && task.result !== undefined) info["result"] = task.result;
  for (const [name, value] of Object.entries(step.fields ?? {})) {
    if (value === undefined) Reflect.deleteProperty(info, name);
    else info[name] = value;
  }
  if (excludeResult) delete info["result"];
  return info;
}

/** Percent done; only ever grows, as the description demands. */
function completed(task: Task, clock: Clock): number {
  const { status } = currentStep(task);
  let percent = 1;
  if (status === "SUCCEEDED") percent = 100;
  else if (status === "RUNNING") {
    const startedAtMs = task.startedAtMs ?? task.createdAtMs;
    const endsAtMs = nextStepAtMs(task.steps, task.cursor);
    const share = endsAtMs === undefined ? 0.5 : (clock.nowMs() - startedAtMs) / (endsAtMs - startedAtMs);
    percent = Math.max(1, Math.min(99, Math.floor(share * 100)));
  }
  task.completed = Math.max(task.completed, percent);
  return task.completed;
}
