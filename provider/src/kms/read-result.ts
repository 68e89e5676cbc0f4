// SPDX-License-Identifier: Apache-2.0
// Reading something of a key provider: a GET, whose task carries the result.

import { isCodedError } from "../core/coded-error";
import type { Deadline } from "../core/deadline";
import { retry } from "../core/retry";
import { describeFault, RequestError, saysEndpointAbsent } from "../vsphere/errors/request-error";
import { CHECK_IDS, remedyFor } from "../vsphere/errors/remedies";
import { judgeRead } from "../vsphere/errors/retry-table";
import { parseJson } from "../vsphere/http/json";
import { READ_PRIVILEGE } from "../vsphere/kms/key-provider";
import type { Accepted } from "../vsphere/tasks/start-task";
import type { TaskInfo } from "../vsphere/tasks/tasks";
import type { Reading } from "./operation";

/** A read changes nothing on the hosts, so its task is probably short: first look after this, milliseconds. *Assumed*. */
const FIRST_GAP_MS = 25;

/** What is read, and how. @internal */
export interface ResultRead<T> {
  /** E.g. `certificate`, for messages. */
  readonly noun: string;
  /** For messages; without query. */
  readonly path: string;
  readonly start: (deadline: Deadline) => Promise<Accepted>;
  /** True: a read that fails is not repeated. Default false. */
  readonly once?: boolean;
  /** Decodes the task's result; what it throws becomes `ERR_RESPONSE_INVALID`. */
  readonly decode: (result: unknown) => T;
}

/**
 * Reads what the server holds now: one GET and the looks at its task, both repeated as the retry table allows.
 *
 * @throws RequestError `ERR_KEY_PROVIDER_NOT_FOUND` only if vCenter says definitely that cluster, key provider or what is
 * read does not exist; `ERR_ENDPOINT_ABSENT`; others as VsphereApi.call; CodedError `ERR_TASK_TIMEOUT` and alike
 * @internal
 */
export function readResult<T>(reading: Reading, read: ResultRead<T>): Promise<T> {
  const { connection, deadline } = reading;
  return retry({
    deadline,
    budget: connection.budget,
    attempt: async () => {
      const result = await resultOf(reading, read);
      try {
        return read.decode(result);
      } catch (error) {
        throw unreadable(read, `the ${read.noun} that vCenter returned cannot be read`, error);
      }
    },
    decide: read.once === true ? () => undefined : judgeRead,
  });
}

/** What was read; undefined if it definitely does not exist. @internal */
export async function orUndefinedIfAbsent<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (isCodedError(error, "ERR_KEY_PROVIDER_NOT_FOUND")) return undefined;
    throw error;
  }
}

async function resultOf<T>(reading: Reading, read: ResultRead<T>): Promise<unknown> {
  const { connection, deadline } = reading;
  const accepted = await read.start(deadline);
  if (accepted.kind === "no-task-id") {
    // Some answer at once instead of by a task.
    if (accepted.body !== undefined && typeof accepted.body !== "string") return accepted.body;
    deadline.signal.throwIfAborted();
    throw unreadable(read, accepted.why);
  }
  const { taskId, acceptedMs } = accepted;
  if (reading.repeatsSecret(taskId)) throw unreadable(read, "the task id of the 202 answer is unusable");
  const ended = await connection.tasks.wait({ taskId, acceptedMs, deadline, firstGapMs: FIRST_GAP_MS });
  switch (ended.end) {
    case "succeeded":
      return parsed(ended.info.result);
    case "failed":
      throw readFailed(read, ended.info, taskId);
    case "vanished":
      throw unreadable(read, `vCenter forgot the task of the read (task ${taskId})`);
  }
}

/** A result that is JSON in a text is taken, too. */
function parsed(result: unknown): unknown {
  return typeof result === "string" ? parseJson(result) : result;
}

function readFailed<T>({ noun, path }: ResultRead<T>, { fault }: TaskInfo, taskId: string): RequestError {
  const absent = saysEndpointAbsent(fault);
  const gone = fault.errorType === "NOT_FOUND" && !absent;
  return new RequestError(
    absent ? "ERR_ENDPOINT_ABSENT" : gone ? "ERR_KEY_PROVIDER_NOT_FOUND" : "ERR_TASK_FAILED",
    `reading the ${noun} failed: ${describeFault(fault, [`GET ${path}`, `task ${taskId}`])}`,
    { method: "GET", path, fate: "answered", fault },
    {
      details: { taskId },
      remedy: gone
        ? CHECK_IDS
        : remedyFor(fault.errorType, undefined, { privilege: READ_PRIVILEGE, checkArguments: CHECK_IDS }),
    },
  );
}

function unreadable<T>({ path }: ResultRead<T>, why: string, cause?: unknown): RequestError {
  const facts = { method: "GET", path, fate: "answered" as const };
  return new RequestError("ERR_RESPONSE_INVALID", `${why} (GET ${path})`, facts, { cause });
}
