// SPDX-License-Identifier: Apache-2.0
// Tasks whose end is known beforehand, to the fraction of a millisecond: what every lag is measured against.

import { monotonicMs } from "./monotonic";

interface ScriptedTask {
  readonly endsMs: number;
  looks: number;
}

/** The tasks of a scripted vCenter. */
export class TaskClock {
  readonly #tasks = new Map<string, ScriptedTask>();

  /**
   * Begins a task.
   *
   * @param lengthMs - how long it runs
   * @returns its id
   */
  begin(lengthMs: number): string {
    const taskId = `task-${this.#tasks.size + 1}:com.vmware.cis`;
    this.#tasks.set(taskId, { endsMs: monotonicMs() + lengthMs, looks: 0 });
    return taskId;
  }

  /**
   * What a request for the task is answered. Counts the look.
   *
   * @param taskId - as {@link begin} returned it
   * @returns the task as the wire shows it; undefined where there is none
   */
  look(taskId: string): object | undefined {
    const task = this.#tasks.get(taskId);
    if (task === undefined) return undefined;
    task.looks += 1;
    return { ...TASK, status: monotonicMs() >= task.endsMs ? "SUCCEEDED" : "RUNNING" };
  }

  /** When the task ends or ended, in milliseconds of {@link monotonicMs}. */
  endsMs(taskId: string): number {
    return this.#find(taskId).endsMs;
  }

  /** How often the task was looked at. */
  looks(taskId: string): number {
    return this.#find(taskId).looks;
  }

  #find(taskId: string): ScriptedTask {
    const task = this.#tasks.get(taskId);
    if (task === undefined) throw new Error(`no task ${taskId}`);
    return task;
  }
}

/** As large as a real one. Source: vSphere Automation API, cis/tasks, 8.0.2 description. */
const TASK = {
  cancelable: false,
  description: { id: "com.vmware.kms.update", default_message: "Update the client certificate", args: [] },
  service: "com.vmware.vcenter.trusted_infrastructure.trust_authority_clusters.kms.providers.client_certificate",
  operation: "update$task",
  progress: { total: 100, completed: 40, message: { id: "progress", default_message: "Updating hosts", args: [] } },
  start_time: "2026-01-01T00:00:00.000Z",
  user: "administrator@vsphere.local",
};
