// SPDX-License-Identifier: Apache-2.0
// A write on a key provider, as data: what is sent, how it is proved, and what a proof is.

import type { CodedError } from "../core/coded-error";
import type { Accepted } from "../vsphere/tasks/start-task";
import type { Operation } from "./operation";

/** What is written, and how it is proved. @internal */
export interface Write<T> {
  /** E.g. `certificate`, for messages. */
  readonly noun: string;
  readonly send: () => Promise<Accepted>;
  /** Reads what the server holds; undefined if nothing is there. */
  readonly read: (operation: Operation) => Promise<T | undefined>;
  /** Whether a read shows that the write took effect. */
  readonly isApplied: (live: T | undefined) => boolean;
  /** What to check if vCenter refuses an argument of it. */
  readonly checkArguments: string;
  /** The service that its task is of. */
  readonly service: string;
  /** Names of operations that its task most likely has. */
  readonly operationName: RegExp;
  /** Tasks of earlier runs, as the state names them: none of them is this write's. */
  readonly earlierTaskIds: readonly string[];
  /** The error for a server that shows something else although the task SUCCEEDED. `said` is what vCenter said. */
  readonly mismatch: (live: T | undefined, said: string, taskId: string | undefined) => CodedError;
}

/** A write that was proved. @internal */
export interface Proof<T> {
  /** As the server holds it. */
  readonly live: T;
  /** The task that did it; undefined if none could be followed. */
  readonly taskId: string | undefined;
}
