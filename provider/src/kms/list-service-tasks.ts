// SPDX-License-Identifier: Apache-2.0
// The tasks of the two services, certificate and signing request, or why vCenter does not list them.

import { CodedError } from "../core/coded-error";
import { retry } from "../core/retry";
import type { VCenterConnection } from "../vsphere/connection";
import { RequestError, saysEndpointAbsent } from "../vsphere/errors/request-error";
import { isOutage, judgeRead } from "../vsphere/errors/retry-table";
import { CLIENT_CERTIFICATE_SERVICE } from "../vsphere/kms/client-certificate";
import { SIGNING_REQUEST_SERVICE } from "../vsphere/kms/signing-request";
import { listTasks } from "../vsphere/tasks/tasks";
import type { TaskInfo, TaskStatus } from "../vsphere/tasks/tasks";
import type { Operation } from "./operation";

/** vCenter does not say. @internal */
export interface UnlistedTasks {
  readonly known: false;
  /** True: asking again would not help. */
  readonly isRefused: boolean;
  readonly why: CodedError;
}

/** The tasks of both services by id. @internal */
export type ListedTasks = { readonly known: true; readonly tasks: ReadonlyMap<string, TaskInfo> } | UnlistedTasks;

/** A task of either may still change what a write depends on. @internal */
export const SERVICES: readonly string[] = [CLIENT_CERTIFICATE_SERVICE, SIGNING_REQUEST_SERVICE];
/** Only tasks that have not ended; a list of all may be too long for vCenter. */
const OPEN: readonly TaskStatus[] = ["PENDING", "RUNNING", "BLOCKED"];
/** A list that fails in another way than by an outage is asked for this often. */
const MAX_ATTEMPTS = 4;

/** Connections to a vCenter that lists one service at a time. */
const listsOneByOne = new WeakSet<VCenterConnection>();

/**
 * Lists the tasks of both services. Passing errors are tried again with a narrower filter, an outage for as long as there is time;
 * with `once`, nothing is tried again. A vCenter that refuses both at once is asked for each: the description wants all services
 * of a list to be of one task provider, and nobody documents which these are of.
 *
 * @throws the end of the operation's time
 * @internal
 */
export async function listServiceTasks(
  operation: Operation,
  search: "all" | "open",
  once = false,
): Promise<ListedTasks> {
  const { connection } = operation;
  if (!listsOneByOne.has(connection)) {
    const both = await list(operation, SERVICES, search, once);
    if (both.known || !refusesServices(both.why)) return both;
    const listed = await listOneByOne(operation, search, once);
    if (!listed.known) return both;
    listsOneByOne.add(connection);
    return listed;
  }
  return listOneByOne(operation, search, once);
}

/** A service that vCenter does not know has no tasks, if it knows the other one. */
async function listOneByOne(operation: Operation, search: "all" | "open", once: boolean): Promise<ListedTasks> {
  const tasks = new Map<string, TaskInfo>();
  let refusal: UnlistedTasks | undefined;
  let answered = false;
  for (const service of SERVICES) {
    const listed = await list(operation, [service], search, once);
    if (listed.known) {
      answered = true;
      for (const [taskId, info] of listed.tasks) tasks.set(taskId, info);
    } else if (refusesServices(listed.why)) refusal ??= listed;
    else return listed;
  }
  return refusal === undefined || answered ? { known: true, tasks } : refusal;
}

async function list(
  operation: Operation,
  services: readonly string[],
  search: "all" | "open",
  once: boolean,
): Promise<ListedTasks> {
  const { connection, deadline } = operation;
  let narrow = search === "open";
  try {
    const tasks = await retry({
      deadline,
      budget: connection.budget,
      attempt: () => listTasks(connection.api, narrow ? { services, status: OPEN } : { services }, deadline),
      decide: (error, failures) => {
        narrow = true;
        if (once || (failures >= MAX_ATTEMPTS && !isOutage(error))) return undefined;
        return judgeList(error, failures);
      },
    });
    return { known: true, tasks };
  } catch (error) {
    deadline.signal.throwIfAborted();
    const why =
      error instanceof CodedError ? error : new CodedError("ERR_INTERNAL", "the list failed", { cause: error });
    return { known: false, isRefused: isRefused(error), why };
  }
}

/** A list whose answer is garbled gets four tries as well, not two: the narrower filter may help. */
function judgeList(error: unknown, failures: number): ReturnType<typeof judgeRead> {
  return judgeRead(error, Math.min(failures, 1));
}

/** An answer that will be the same the next time: vCenter does not list tasks for this user, or at all. */
function isRefused(error: unknown): boolean {
  if (!(error instanceof RequestError)) return false;
  const { fate, httpStatus = 0, fault } = error.request;
  return fate === "answered" && fault?.understood === true && httpStatus >= 400 && httpStatus < 429;
}

/** vCenter lists tasks, but not those of these services. The words were seen in an SDK, their status is not documented. */
function refusesServices(error: CodedError): boolean {
  if (!(error instanceof RequestError)) return false;
  const { fate, httpStatus = 0, fault } = error.request;
  if (fate !== "answered" || fault?.understood !== true || saysEndpointAbsent(fault)) return false;
  return (
    httpStatus === 400 || httpStatus === 404 || fault.messages.some(({ text }) => /cannot find provider/i.test(text))
  );
}
