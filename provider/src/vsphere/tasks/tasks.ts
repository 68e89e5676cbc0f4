// SPDX-License-Identifier: Apache-2.0
// CIS tasks: one poll of one task, the list of a service's tasks, and what their answers hold.
// Source: vSphere Automation API, cis/tasks, 8.0.2 description (documented) unless a line says otherwise.

import type { Deadline } from "../../core/deadline";
import { visible } from "../../core/visible";
import type { VsphereApi } from "../api";
import { decodeFault, RequestError } from "../errors/request-error";
import type { ApiFault } from "../errors/request-error";
import { decodeMessages, isRecord } from "../errors/messages";

/** The five statuses there are. BLOCKED is not terminal, and there is no CANCELED. @internal */
export type TaskStatus = "PENDING" | "RUNNING" | "BLOCKED" | "SUCCEEDED" | "FAILED";

/** What a task's answer holds, as far as this package needs it. @internal */
export interface TaskInfo {
  /** A status of the five, or `{unknown}` with what vCenter sent, made safe to print. */
  readonly status: TaskStatus | { readonly unknown: string };
  readonly service: string;
  readonly operation: string;
  /** 0 to 100, rounded; undefined if not reported. */
  readonly percent: number | undefined;
  /** The progress message, made safe to print; empty if absent. */
  readonly message: string;
  /** Only meaningful with SUCCEEDED: it may hold partial results before. */
  readonly result: unknown;
  /** Why it FAILED: from `error`, or from `result` if that is missing. */
  readonly fault: ApiFault;
  /** Milliseconds since 1970 by the server's clock; undefined while PENDING. */
  readonly startedMs: number | undefined;
  readonly targetId: string | undefined;
  readonly targetType: string | undefined;
}

/** Which tasks to list: at most 1000 by id, or those of services. @internal */
export type TaskFilter =
  | { readonly tasks: readonly string[] }
  | { readonly services: readonly string[]; readonly status?: readonly TaskStatus[] };

const TASKS_PATH = "/api/cis/tasks";
/** 1000 tasks, the most a list may match, are larger than any other answer. */
const MAX_LIST_BYTES = 8 * 1024 * 1024;
const STATUSES: ReadonlySet<string> = new Set<TaskStatus>(["PENDING", "RUNNING", "BLOCKED", "SUCCEEDED", "FAILED"]);

/** Reads one task, once. @throws RequestError `ERR_TASK_NOT_FOUND`, and as VsphereApi.call @internal */
export async function getTask(api: VsphereApi, taskId: string, deadline: Deadline): Promise<TaskInfo> {
  const path = `${TASKS_PATH}/${encodeURIComponent(taskId)}`;
  const answer = await api.call({ method: "GET", path, notFound: "ERR_TASK_NOT_FOUND", expected: [200] }, deadline);
  return decodeTaskInfo(answer.body, "GET", path);
}

/** Lists tasks by id in one request; entries that are no task are left out. Throws as VsphereApi.call. @internal */
export async function listTasks(
  api: VsphereApi,
  filter: TaskFilter,
  deadline: Deadline,
): Promise<ReadonlyMap<string, TaskInfo>> {
  const answer = await api.call(
    {
      method: "POST",
      path: TASKS_PATH,
      query: "action=list",
      body: { filter_spec: filter },
      notFound: "ERR_ENDPOINT_ABSENT",
      forbiddenMayBeExpired: false,
      expected: [200],
      maxBodyBytes: MAX_LIST_BYTES,
    },
    deadline,
  );
  if (!isRecord(answer.body)) throw notATask("POST", TASKS_PATH);
  const tasks = new Map<string, TaskInfo>();
  for (const [taskId, wire] of Object.entries(answer.body)) {
    if (isRecord(wire)) tasks.set(taskId, decodeTaskInfo(wire, "POST", TASKS_PATH));
  }
  return tasks;
}

/** Decodes a task; throws `ERR_RESPONSE_INVALID` if it is no object. @internal */
export function decodeTaskInfo(wire: unknown, method: string, path: string): TaskInfo {
  if (!isRecord(wire)) throw notATask(method, path);
  const progress = isRecord(wire["progress"]) ? wire["progress"] : {};
  const target = isRecord(wire["target"]) ? wire["target"] : {};
  const startedMs = Date.parse(text(wire["start_time"]));
  const error = decodeFault(wire["error"]);
  return {
    status: decodeStatus(wire["status"]),
    service: visible(text(wire["service"]), 200),
    operation: visible(text(wire["operation"]), 200),
    percent: percentOf(progress["completed"], progress["total"]),
    message: decodeMessages(progress["message"])[0]?.text ?? "",
    result: wire["result"],
    fault: error.understood ? error : decodeFault(wire["result"]),
    startedMs: Number.isNaN(startedMs) ? undefined : startedMs,
    targetId: typeof target["id"] === "string" ? target["id"] : undefined,
    targetType: typeof target["type"] === "string" ? target["type"] : undefined,
  };
}

function decodeStatus(wire: unknown): TaskInfo["status"] {
  if (typeof wire === "string") {
    return STATUSES.has(wire) ? (wire as TaskStatus) : { unknown: visible(wire.slice(0, 32), 32) };
  }
  return { unknown: wire === undefined ? "missing" : `a ${wire === null ? "null" : typeof wire}` };
}

function percentOf(completed: unknown, total: unknown): number | undefined {
  if (typeof completed !== "number" || typeof total !== "number" || !(total > 0) || !(completed >= 0)) return undefined;
  return Math.min(100, Math.round((completed / total) * 100));
}

function text(wire: unknown): string {
  return typeof wire === "string" ? wire : "";
}

function notATask(method: string, path: string): RequestError {
  const facts = { method, path, fate: "answered" as const, httpStatus: 200 };
  return new RequestError("ERR_RESPONSE_INVALID", `vCenter's answer is not a task (${method} ${path})`, facts);
}
