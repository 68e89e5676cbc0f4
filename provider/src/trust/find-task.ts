// SPDX-License-Identifier: Apache-2.0
// Finding the task of a PATCH whose answer was lost. A read alone cannot tell a task that still runs from a request that
// never arrived.

import { CodedError } from "../core/coded-error";
import { retry } from "../core/retry";
import { CLIENT_CERTIFICATE_SERVICE, isUsableTaskId } from "../vsphere/client-certificate-api";
import { RequestError } from "../vsphere/errors";
import { isOutage, MAX_READ_FAILURES } from "../vsphere/retry-table";
import { listTasks } from "../vsphere/tasks";
import type { TaskInfo } from "../vsphere/tasks";
import type { Operation } from "./operation";

/** The server's clock is known to a second or two where it sends a Date … */
const KNOWN_CLOCK_SLACK_MS = 2_000;
/** … and is taken to be off by no more than this where it does not. */
const UNKNOWN_CLOCK_SLACK_MS = 300_000;

/**
 * Looks once, by `action=list` on the service, for the task of a PATCH.
 *
 * A task counts when it changes the certificate, belongs to the same target (or names none), and began after the PATCH
 * was sent (or has not begun). The clocks are known to a second or two only, so tasks that this process has followed
 * before do not count.
 * @param operation - connection, target, deadline
 * @param sentMs - `clock.nowMs()` when the PATCH was sent
 * @param privateKeyPem - the key that was sent: an id that repeats it is none
 * @returns the youngest such task's id; undefined where there is none, or where vCenter refuses to list
 * @throws RequestError where vCenter cannot be asked at all
 * @internal
 */
export async function findReplaceTask(
  operation: Operation,
  sentMs: number,
  privateKeyPem: string | undefined,
): Promise<string | undefined> {
  const { connection, deadline } = operation;
  let tasks: ReadonlyMap<string, TaskInfo>;
  let outage: unknown;
  try {
    tasks = await retry({
      deadline,
      budget: connection.budget,
      attempt: () => listTasks(connection.api, { services: [CLIENT_CERTIFICATE_SERVICE] }, deadline),
      decide: (error, failures) => {
        if (isOutage(error)) {
          outage = error;
          return { free: true };
        }
        return mayPass(error) && failures < MAX_READ_FAILURES ? {} : undefined;
      },
    });
  } catch (error) {
    // That vCenter could not be reached says more than that the time is up.
    if (deadline.signal.aborted) throw outage ?? error;
    if (mayPass(error)) throw error;
    return undefined;
  }
  const sinceMs = byServersClock(operation, sentMs);
  const candidates = [...tasks].filter(
    ([taskId, info]) =>
      isReplacement(info) &&
      isOfTarget(info, operation) &&
      since(info, sinceMs) &&
      !connection.tasks.hasFollowed(taskId) &&
      isUsableTaskId(taskId, privateKeyPem),
  );
  candidates.sort(([, a], [, b]) => (b.startedMs ?? Infinity) - (a.startedMs ?? Infinity));
  return candidates[0]?.[0];
}

/** Both clocks as they are now: the system's may have jumped since the PATCH was sent. */
function byServersClock({ connection, deadline: { clock } }: Operation, sentMs: number): number {
  const aheadMs = connection.api.serverAheadMs();
  const slackMs = aheadMs === undefined ? UNKNOWN_CLOCK_SLACK_MS : KNOWN_CLOCK_SLACK_MS;
  return clock.wallMs() - (clock.nowMs() - sentMs) + (aheadMs ?? 0) - slackMs;
}

/** The operation's name is an assumption (`update$task`, like all PATCHes of vSphere), so any word of change counts. */
function isReplacement(info: TaskInfo): boolean {
  return /update|patch|set|replace/i.test(info.operation);
}

function isOfTarget({ targetId }: TaskInfo, { target }: Operation): boolean {
  return targetId === undefined || targetId === "" || targetId === target.cluster || targetId === target.keyProvider;
}

function since({ startedMs }: TaskInfo, sinceMs: number): boolean {
  return startedMs === undefined || startedMs >= sinceMs;
}

function mayPass(error: unknown): boolean {
  if (!(error instanceof RequestError)) return !(error instanceof CodedError);
  const { fate, httpStatus = 0 } = error.request;
  return fate !== "answered" || [408, 429, 502, 503, 504].includes(httpStatus);
}
