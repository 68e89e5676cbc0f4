// SPDX-License-Identifier: Apache-2.0
// Writes that overlap: one began on a key provider while the task of another on the same key provider still ran. A client
// that must never write twice has none. Seen from inside the server, whatever the clients were told.

import { isWrite } from "./operation";
import { currentStep } from "./task-store";
import type { Task } from "./task-store";
import type { TaskSummary } from "./task-summary";
import { summarizeTask } from "./task-summary";

/** Two writes on one key provider that ran at once. */
export interface WriteOverlap {
  readonly first: TaskSummary;
  /** Began before the first one had ended. */
  readonly second: TaskSummary;
}

/** Keeps the overlaps, also of tasks that a restart has forgotten. */
export class WriteOverlaps {
  #pairs: { readonly first: Task; readonly second: Task }[] = [];

  /** Notes which writes still run as a task begins. @param tasks every task, brought up to now */
  begin(begun: Task, tasks: readonly Task[]): void {
    if (!isWrite(begun.requestedBy)) return;
    for (const task of tasks) {
      const sameKeyProvider = task.cluster === begun.cluster && task.keyProvider === begun.keyProvider;
      if (task !== begun && sameKeyProvider && isWrite(task.requestedBy) && isRunning(task)) {
        this.#pairs.push({ first: task, second: begun });
      }
    }
  }

  /** In the order in which the second writes began. */
  all(): WriteOverlap[] {
    return this.#pairs.map(({ first, second }) => ({ first: summarizeTask(first), second: summarizeTask(second) }));
  }

  clear(): void {
    this.#pairs = [];
  }
}

/** A task that has vanished for good counts as long as its change is still to come. */
function isRunning(task: Task): boolean {
  if (task.endedAtMs !== undefined) return false;
  const goneForGood = currentStep(task).vanish === true && task.cursor.index === task.steps.length - 1;
  return !goneForGood || (task.change !== undefined && typeof task.due === "number");
}
