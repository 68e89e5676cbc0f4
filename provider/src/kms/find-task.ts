// SPDX-License-Identifier: Apache-2.0
// "Does a task of mine still run?" has three answers: found, none, unknown. A read alone cannot tell a task that still
// runs from a request that never arrived.

import { CodedError } from "../core/coded-error";
import { retry } from "../core/retry";
import { RequestError } from "../vsphere/errors/request-error";
import { isOutage, judgeRead } from "../vsphere/errors/retry-table";
import { CLIENT_CERTIFICATE_SERVICE } from "../vsphere/kms/client-certificate";
import type { KeyProvider } from "../vsphere/kms/key-provider";
import { SIGNING_REQUEST_SERVICE } from "../vsphere/kms/signing-request";
import { isUsableTaskId } from "../vsphere/tasks/start-task";
import { listTasks } from "../vsphere/tasks/tasks";
import type { TaskFilter, TaskInfo } from "../vsphere/tasks/tasks";
import type { Operation } from "./operation";

/** Which key provider a task is about: surely ours by its target's name, surely another, or not said. @internal */
export type Ownership = "ours" | "unclear";

/** A task of the service that may have changed this key provider. @internal */
export interface FoundTask {
  readonly taskId: string;
  readonly info: TaskInfo;
  /** `unclear` may be a task of another key provider: how it ends proves nothing. */
  readonly ownership: Ownership;
  readonly isOpen: boolean;
}

/** What vCenter lists. */
type Unknown = {
  readonly known: false;
  /** True: asking again would not help. */
  readonly isRefused: boolean;
  readonly why: CodedError;
};

/** The tasks of both services by id. @internal */
export type ListedTasks = { readonly known: true; readonly tasks: ReadonlyMap<string, TaskInfo> } | Unknown;

/** The tasks that may have changed one key provider. @internal */
export type TaskSearch = { readonly known: true; readonly tasks: readonly FoundTask[] } | Unknown;

/** A task of either may still change what a write depends on. */
const SERVICES: readonly string[] = [CLIENT_CERTIFICATE_SERVICE, SIGNING_REQUEST_SERVICE];
/** Only tasks that have not ended; a list of all may be too long for vCenter. */
const OPEN: TaskFilter = { services: SERVICES, status: ["PENDING", "RUNNING", "BLOCKED"] };
const ALL: TaskFilter = { services: SERVICES };
/** A list that fails in another way than by an outage is asked for this often. */
const MAX_ATTEMPTS = 4;

/**
 * A request can be taken up behind a front after its connection broke: only two lists this far apart, without an open task,
 * say that nothing is under way, milliseconds.
 *
 * @internal
 */
export const QUIET_MS = 2_000;

/** Lists the tasks that may have changed the operation's key provider; throws the end of its time. @internal */
export async function findTasks(operation: Operation, search: "all" | "open"): Promise<TaskSearch> {
  const listed = await listServiceTasks(operation, search);
  if (!listed.known) return listed;
  const tasks = candidates(listed.tasks, operation);
  return { known: true, tasks: search === "open" ? tasks.filter(({ isOpen }) => isOpen) : tasks };
}

/**
 * Lists the tasks of both services. Passing errors are tried again with a narrower filter, an outage for as long as there is time;
 * with `once`, nothing is tried again.
 *
 * @throws the end of the operation's time
 * @internal
 */
export async function listServiceTasks(
  operation: Operation,
  search: "all" | "open",
  once = false,
): Promise<ListedTasks> {
  const { connection, deadline } = operation;
  let narrow = search === "open";
  try {
    const tasks = await retry({
      deadline,
      budget: connection.budget,
      attempt: () => listTasks(connection.api, narrow ? OPEN : ALL, deadline),
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

/** Those of the listed tasks that may have changed the operation's key provider. @internal */
export function candidates(
  listed: ReadonlyMap<string, TaskInfo>,
  { connection, target, repeatsSecret }: Operation,
): FoundTask[] {
  const found: FoundTask[] = [];
  for (const [taskId, info] of listed) {
    const ownership = ownershipOf(info, target);
    if (ownership === "foreign" || !mayChange(info) || !isUsableTaskId(taskId) || repeatsSecret(taskId)) continue;
    if (connection.startedTasks.isOfAnother(taskId, target)) continue;
    const isOpen = info.status !== "SUCCEEDED" && info.status !== "FAILED";
    found.push({ taskId, info, ownership, isOpen });
  }
  return found;
}

/** Whether a task may be of this service: names are assumptions, so only the other one is excluded. @internal */
export function mayBeOfService({ service }: TaskInfo, wanted: string): boolean {
  return service === wanted || !SERVICES.includes(service);
}

/** The names of operations are assumptions: only what is clearly no change is left out. */
function mayChange({ operation }: TaskInfo): boolean {
  return !/(?:^|[._])(?:get|read|list|delete|cancel)(?:[$_]task)?$/i.test(operation);
}

/** What a task's target names is an assumption as well. Only the key provider's own id says that a task is surely ours. */
function ownershipOf({ targetId, targetType }: TaskInfo, target: KeyProvider): Ownership | "foreign" {
  if (targetId === undefined || targetId === "" || targetId === target.cluster) return "unclear";
  if (targetId === target.keyProvider) return "ours";
  // Another cluster (their ids have a known form), or another key provider.
  return /^domain-c\d+$/.test(targetId) || /ClusterComputeResource|Provider$/i.test(targetType ?? "")
    ? "foreign"
    : "unclear";
}
