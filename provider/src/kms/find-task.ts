// SPDX-License-Identifier: Apache-2.0
// Finding the task of a PATCH whose answer was lost. A read alone cannot tell a task that still runs from a request that
// never arrived.

import { CodedError } from "../core/coded-error";
import { retry } from "../core/retry";
import { CLIENT_CERTIFICATE_SERVICE, isUsableTaskId } from "../vsphere/kms/client-certificate-api";
import type { Target } from "../vsphere/kms/client-certificate-api";
import { RequestError } from "../vsphere/errors/request-error";
import { isOutage, MAX_READ_FAILURES } from "../vsphere/errors/retry-table";
import { listTasks } from "../vsphere/tasks/tasks";
import type { TaskInfo } from "../vsphere/tasks/tasks";
import type { Operation } from "./operation";

/** The server's clock is known to a second or two where it sends a Date … */
const KNOWN_CLOCK_SLACK_MS = 2_000;
/** … and is taken to be off by no more than this where it does not. */
const UNKNOWN_CLOCK_SLACK_MS = 300_000;

/** A task that may be the one that was lost. @internal */
export interface FoundTask {
  readonly taskId: string;
  /**
   * False: it may as well be of another key provider, or of an earlier run. How it ends then proves nothing; a read
   * decides.
   */
  readonly isOurs: boolean;
}

/** What is known of the PATCH whose task is looked for. @internal */
export interface LostPatch {
  /** `clock.nowMs()` when it was sent. */
  readonly sentMs: number;
  /** The key that was sent: an id that repeats it is none. */
  readonly privateKeyPem?: string | undefined;
  /** Tasks that it cannot be: followed already, or known from the state. */
  readonly notThese: ReadonlySet<string>;
}

/**
 * Looks once, by `action=list` on the service, for the task of a PATCH.
 *
 * A task counts when it may have changed the certificate (names of operations and targets are assumptions: only what is
 * clearly another is left out), and began after the PATCH was sent (or has not begun). The clocks are known to a second or
 * two only, so tasks that this process has followed before do not count.
 * @param operation - connection, target, deadline
 * @param patch - see {@link LostPatch}
 * @returns the likeliest such task; undefined where there is none, or where vCenter refuses to list
 * @throws RequestError where vCenter cannot be asked at all
 * @internal
 */
export async function findReplaceTask(operation: Operation, patch: LostPatch): Promise<FoundTask | undefined> {
  const { connection, target } = operation;
  const tasks = await listOwnTasks(operation);
  if (tasks === undefined) return undefined;
  const { sinceMs, isExact } = byServersClock(operation, patch.sentMs);
  const found = [...tasks]
    .filter(
      ([taskId, info]) =>
        mayReplace(info) &&
        ownership(info, target) !== "foreign" &&
        since(info, sinceMs) &&
        !patch.notThese.has(taskId) &&
        !connection.tasks.hasFollowed(taskId) &&
        isUsableTaskId(taskId, patch.privateKeyPem),
    )
    .map(([taskId, info]) => ({
      taskId,
      info,
      isOurs: isExact && isNamedReplacement(info) && ownership(info, target) === "ours",
    }));
  found.sort(
    (a, b) => Number(b.isOurs) - Number(a.isOurs) || (b.info.startedMs ?? Infinity) - (a.info.startedMs ?? Infinity),
  );
  return found[0];
}

/**
 * Looks for a change of the certificate that still runs, where its task's id was lost.
 *
 * @param operation - connection, target, deadline
 * @returns the id of a task that has not ended and may be it; `"unknown"` where vCenter refuses to list
 * @throws RequestError where vCenter cannot be asked at all
 * @internal
 */
export async function findOpenTask(operation: Operation): Promise<{ taskId: string } | "none" | "unknown"> {
  const tasks = await listOwnTasks(operation);
  if (tasks === undefined) return "unknown";
  const open = [...tasks].find(
    ([taskId, info]) =>
      info.status !== "SUCCEEDED" &&
      info.status !== "FAILED" &&
      mayChange(info) &&
      ownership(info, operation.target) !== "foreign" &&
      isUsableTaskId(taskId),
  );
  return open === undefined ? "none" : { taskId: open[0] };
}

async function listOwnTasks(operation: Operation): Promise<ReadonlyMap<string, TaskInfo> | undefined> {
  const { connection, deadline } = operation;
  try {
    return await retry({
      deadline,
      budget: connection.budget,
      attempt: () => listTasks(connection.api, { services: [CLIENT_CERTIFICATE_SERVICE] }, deadline),
      decide: (error, failures) => {
        if (isOutage(error)) return { free: true };
        return mayPass(error) && failures < MAX_READ_FAILURES ? {} : undefined;
      },
    });
  } catch (error) {
    if (mayPass(error) || deadline.signal.aborted) throw error;
    return undefined;
  }
}

/** Both clocks as they are now: the system's may have jumped since the PATCH was sent. */
function byServersClock(
  { connection, deadline: { clock } }: Operation,
  sentMs: number,
): { readonly sinceMs: number; readonly isExact: boolean } {
  const aheadMs = connection.api.serverAheadMs();
  const slackMs = aheadMs === undefined ? UNKNOWN_CLOCK_SLACK_MS : KNOWN_CLOCK_SLACK_MS;
  const sinceMs = clock.wallMs() - (clock.nowMs() - sentMs) + (aheadMs ?? 0) - slackMs;
  return { sinceMs, isExact: aheadMs !== undefined };
}

/** The operation's name is an assumption (`update$task`, like all PATCHes of vSphere): only its siblings are left out. */
function mayReplace({ operation }: Pick<TaskInfo, "operation">): boolean {
  return mayChange({ operation }) && !/(?:^|[._])(?:create|generate)(?:[$_]task)?$/i.test(operation);
}

function mayChange({ operation }: Pick<TaskInfo, "operation">): boolean {
  return !/(?:^|[._])(?:get|read|list|delete|cancel)(?:[$_]task)?$/i.test(operation);
}

/** The names that a replacement most likely has. */
function isNamedReplacement({ operation }: TaskInfo): boolean {
  return /update|patch|set|replace/i.test(operation);
}

/** Which key provider a task is about, as far as it says so. What its target names is an assumption as well. */
function ownership({ targetId }: TaskInfo, { cluster, keyProvider }: Target): "ours" | "foreign" | "unclear" {
  if (targetId === undefined || targetId === "" || targetId === cluster || targetId === keyProvider) return "ours";
  // The ids of clusters have a known form.
  if (/^domain-c\d+$/.test(targetId)) return "foreign";
  return "unclear";
}

function since({ startedMs }: TaskInfo, sinceMs: number): boolean {
  return startedMs === undefined || startedMs >= sinceMs;
}

function mayPass(error: unknown): boolean {
  if (!(error instanceof RequestError)) return !(error instanceof CodedError);
  const { fate, httpStatus = 0 } = error.request;
  return fate !== "answered" || [408, 429, 502, 503, 504].includes(httpStatus);
}
