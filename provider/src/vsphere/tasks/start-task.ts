// SPDX-License-Identifier: Apache-2.0
// How vCenter takes a request that starts a task. Every operation on a key provider answers 202 and a task id, reads too.
// Source: vSphere Automation API, trust_authority_clusters/kms, description 7.0.3 (documented).

import type { Deadline } from "../../core/deadline";
import { visible } from "../../core/visible";
import type { ApiAnswer, ApiRequest, VsphereApi } from "../api";
import { RequestError } from "../errors/request-error";

/** How vCenter took a request that starts a task. @internal */
export type Accepted =
  | { readonly kind: "task"; readonly taskId: string; readonly acceptedMs: number }
  /** Any other success: the answer holds no usable task id. `body` is the result if it was carried out at once. */
  | { readonly kind: "no-task-id"; readonly why: string; readonly body: unknown };

/** Longer task ids are not believed. */
const MAX_TASK_ID_LENGTH = 512;
const SUCCESS = [200, 201, 202, 203, 204, 205, 206] as const;

/**
 * Sends a request that starts a task.
 *
 * @throws RequestError as {@link VsphereApi.call}. An answer that begins with a success was accepted, even if the rest of it
 * cannot be read
 * @internal
 */
export async function startTask(
  api: VsphereApi,
  request: Omit<ApiRequest, "query" | "expected" | "lane">,
  deadline: Deadline,
): Promise<Accepted> {
  try {
    // Without vmw-task a task-only operation answers 404. Seen on another service of the same kind.
    const lane = request.method === "GET" ? "read" : "write";
    return accepted(await api.call({ ...request, query: "vmw-task=true", expected: SUCCESS, lane }, deadline));
  } catch (error) {
    if (!(error instanceof RequestError) || !wasAccepted(error)) throw error;
    const tooLarge = error.code === "ERR_RESPONSE_INVALID";
    return { kind: "no-task-id", why: `the answer ${tooLarge ? "is too large" : "broke off"}`, body: undefined };
  }
}

/** A login that failed on the way has a status, too, but then the request itself was not sent. */
function wasAccepted({ request: { fate, httpStatus } }: RequestError): boolean {
  return fate !== "not-sent" && SUCCESS.some((status) => status === httpStatus);
}

function accepted({ status, body, receivedMs }: ApiAnswer): Accepted {
  const lost = (why: string): Accepted => ({ kind: "no-task-id", why, body });
  if (status !== 202) return lost(`HTTP ${status} instead of 202`);
  if (typeof body !== "string") return lost("the 202 answer holds no task id");
  if (!isUsableTaskId(body)) return lost("the task id of the 202 answer is unusable");
  return { kind: "task", taskId: body, acceptedMs: receivedMs };
}

/** False for what would leave the path of tasks, cannot be printed, or is too long. @internal */
export function isUsableTaskId(taskId: string): boolean {
  // An id of dots alone would leave the path of tasks.
  return /[A-Za-z0-9]/.test(taskId) && visible(taskId, MAX_TASK_ID_LENGTH) === taskId;
}
