// SPDX-License-Identifier: Apache-2.0
// The task of a write, from its id to the proof: it is waited for, and what it wrote is read back. From here on the write is
// accepted: whatever fails but the task itself leaves it unfinished.

import type { CodedError } from "../core/coded-error";
import { RUNNING_COMMAND } from "../core/coded-error";
import { MANAGE_PRIVILEGE } from "../vsphere/kms/key-provider";
import type { Operation } from "./operation";
import { readUntil } from "./read-until";
import { Unfinished } from "./unfinished";
import type { Proof, Write } from "./write";

/** After SUCCEEDED the server is read again for this long: a replica may lag, milliseconds. @internal */
export const LAG_ALLOWANCE_MS = 30_000;

/** vCenter does not know the task any more. @internal */
export interface Vanished {
  readonly vanished: CodedError;
}

/**
 * Follows a task to its end. `acceptedMs` is when vCenter accepted the write, in the clock's milliseconds; without it the
 * task is older, and is asked for at once.
 *
 * @throws CodedError if the task FAILED; {@link Unfinished} with its id if its end or its result is not known in time
 * @internal
 */
export async function followTask<T>(
  operation: Operation,
  write: Write<T>,
  taskId: string,
  acceptedMs?: number,
): Promise<Proof<T> | Vanished> {
  const { connection, target, deadline, onProgress } = operation;
  connection.startedTasks.add(taskId, target);
  const { checkArguments } = write;
  const wait = { taskId, deadline, onProgress, privilege: MANAGE_PRIVILEGE, checkArguments };
  const ended = await orUnfinished(taskId, () =>
    connection.tasks.wait(acceptedMs === undefined ? { ...wait, lookFirst: true } : { ...wait, acceptedMs }),
  );
  connection.startedTasks.ended(taskId);
  switch (ended.end) {
    case "succeeded":
      return prove(operation, write, taskId);
    case "failed":
      throw ended.error;
    case "vanished":
      return { vanished: ended.error };
  }
}

/** Reads until what was written shows, for 30 s at most. */
async function prove<T>(operation: Operation, write: Write<T>, taskId: string): Promise<Proof<T>> {
  const { read, isApplied, mismatch, noun } = write;
  operation.onStep(`reading the ${noun} back`);
  const said = `task ${taskId} SUCCEEDED`;
  const options = { read, isWanted: isApplied, allowanceMs: LAG_ALLOWANCE_MS };
  const ended = await orUnfinished(taskId, () => readUntil(operation, options));
  if (ended.shown) return { live: ended.live, taskId };
  const { live, cause } = ended;
  if (ended.read) throw new Unfinished(mismatch(live, said, taskId), { live, settled: true });
  const remedy = `run \`${RUNNING_COMMAND}\` again, which reads the server first; check the load of vCenter`;
  const prefix = `${said}, but it could not be read back in time: `;
  throw new Unfinished(cause.extended({ prefix, details: { taskId }, remedy }), { taskId });
}

async function orUnfinished<R>(taskId: string, work: () => Promise<R>): Promise<R> {
  try {
    return await work();
  } catch (error) {
    throw new Unfinished(error, { taskId });
  }
}
