// SPDX-License-Identifier: Apache-2.0
// What a restart does to a simulated vCenter.

import type { TaskStore } from "./task-store";

/** What a restart of the vCenter does. */
export interface RestartOptions {
  /** Whether task ids are still known afterwards. Default `forget`. */
  readonly tasks?: "keep" | "forget";
  /** What happens to writes whose tasks had not ended: visible at once, or never. Default: kept tasks go on, others are dropped. */
  readonly pendingWrites?: "apply" | "drop";
  /** Default `forget`. */
  readonly sessions?: "keep" | "forget";
  /** Milliseconds during which connections are refused. Default 0. */
  readonly downMs?: number;
}

/** Ends what runs, and forgets what is to be forgotten. */
export function interrupt(tasks: TaskStore, options: RestartOptions): void {
  for (const task of tasks.all().filter((each) => each.endedAtMs === undefined || each.change !== undefined)) {
    if (options.pendingWrites === "apply") tasks.succeed(task);
    else if (options.pendingWrites === "drop") tasks.fail(task, RESTARTED);
  }
  if (options.tasks !== "keep") tasks.forget();
}

/** `error` of a task that a restart cut short. */
const RESTARTED = {
  error_type: "ERROR",
  messages: [
    { id: "com.vmware.vcenter.restarted", default_message: "The task was interrupted by a restart.", args: [] },
  ],
};
