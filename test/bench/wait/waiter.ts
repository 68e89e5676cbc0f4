// SPDX-License-Identifier: Apache-2.0
// What is compared: a way to wait for a task. All look at the task through the same HTTP client, so that they differ in
// nothing but when they look.

import type { Deadline } from "../../../provider/src/core/deadline";
import type { VsphereApi } from "../../../provider/src/vsphere/api";

/** One wait. */
export interface TaskToAwait {
  readonly taskId: string;
  /** The provider's HTTP client and session; each waiter has its own. */
  readonly api: VsphereApi;
  readonly deadline: Deadline;
  /** One GET of the task; resolves to its status. */
  readonly look: () => Promise<string>;
}

/** A way to wait. */
export interface Waiter {
  /** In tables and pictures. */
  readonly name: string;
  /** Resolves when the waiter says that the task has SUCCEEDED. */
  readonly wait: (task: TaskToAwait) => Promise<void>;
}
