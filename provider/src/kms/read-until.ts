// SPDX-License-Identifier: Apache-2.0
// Reading until the server shows what is wanted, or the time for it is up.

import { isCodedError } from "../core/coded-error";
import type { CodedError } from "../core/coded-error";
import { withDeadline } from "../core/deadline";
import { poll } from "../core/poll";
import { judgeRepeatedRead } from "../vsphere/errors/retry-table";
import type { Operation } from "./operation";

/** How such a wait ended. @internal */
export type ReadUntil<T> =
  | { readonly shown: true; readonly live: T }
  /** The time is up. `read` is false if no read has succeeded; `live` is undefined then, and if nothing is there. */
  | { readonly shown: false; readonly read: boolean; readonly live: T | undefined; readonly cause: CodedError };

/** What is waited for. @internal */
export interface ReadUntilOptions<T> {
  /** Reads once; undefined if nothing is there. Each call gets a deadline of its own. */
  readonly read: (operation: Operation) => Promise<T | undefined>;
  readonly isWanted: (live: T | undefined) => boolean;
  /** Milliseconds, cut to what the operation has left. */
  readonly allowanceMs: number;
}

/**
 * Reads on the schedule until what is wanted shows. An outage that ends in time costs only time.
 *
 * @throws what made reading impossible, or the end of the process
 * @internal
 */
export async function readUntil<T>(operation: Operation, options: ReadUntilOptions<T>): Promise<ReadUntil<T>> {
  const { clock } = operation.deadline;
  let live: T | undefined;
  let read = false;
  try {
    return await withDeadline({ clock, timeoutMs: options.allowanceMs, within: operation.deadline }, (deadline) =>
      poll<ReadUntil<T>>({
        deadline,
        lookFirst: true,
        look: async () => {
          live = await options.read({ ...operation, deadline });
          read = true;
          return options.isWanted(live)
            ? { state: "done", value: { shown: true, live: live as T } }
            : { state: "pending" };
        },
        mayPass: judgeRepeatedRead,
      }),
    );
  } catch (error) {
    if (!isCodedError(error, "ERR_OPERATION_TIMEOUT", "ERR_TASK_TIMEOUT")) throw error;
    return { shown: false, read, live, cause: error };
  }
}
