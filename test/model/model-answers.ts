// SPDX-License-Identifier: Apache-2.0
// The bodies that the vCenter in memory answers with.

import { keyProviderOf, serviceOf } from "./model-tasks";
import type { Task, TaskTarget } from "./model-tasks";

/** An answer, as a transport hands it over. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** An answer with a JSON body. */
export function json(status: number, value: unknown): Answer {
  return { status, headers: { "content-type": "application/json" }, text: JSON.stringify(value) };
}

/** An error answer; without `errorType` it comes from a proxy, as HTML. It says `said`, which may be a secret. */
export function fail(status: number, errorType?: string, said = "model", id?: string): Answer {
  return status === 502 || status === 504 || errorType === undefined
    ? { status, headers: { "content-type": "text/html" }, text: `<html>proxy ${said}</html>` }
    : json(status, faultBody(errorType, id, said));
}

/** The router's word for an operation that this vCenter does not have. */
export function absent(): Answer {
  return json(404, faultBody("NOT_FOUND", "com.vmware.vapi.rest.httpNotFound"));
}

/** The service's word for a key provider, or something of it, that does not exist. */
export function gone(): Answer {
  return json(404, faultBody("NOT_FOUND", "com.vmware.esx.kms.provider.notfound"));
}

/** A task; `result` is what a read has found. */
export function taskBody(
  task: Task,
  status: string,
  startedAt: string,
  result: object | undefined,
  targets: TaskTarget,
  writeOperation: string,
): Record<string, unknown> {
  const errorType = task.ends === "CANCELED" ? "CANCELED" : task.errorType;
  return {
    description: { id: "d", default_message: "d", args: [] },
    service: serviceOf(task.slot),
    operation: task.write || task.sibling ? writeOperation : "get$task",
    status,
    cancelable: false,
    ...targetOf(task, targets),
    start_time: startedAt,
    ...(result === undefined ? {} : { result }),
    ...(status === "FAILED" ? { error: faultBody(errorType) } : {}),
  };
}

function targetOf({ sibling, slot }: Task, targets: TaskTarget): Record<string, unknown> {
  if (targets === "none") return {};
  const id = targets === "cluster" ? "domain-c8" : sibling ? "kms-3" : keyProviderOf(slot);
  return { target: { type: targets === "cluster" ? "ClusterComputeResource" : "kms.Provider", id } };
}

function faultBody(errorType: string, id = "com.vmware.model", said = "model"): Record<string, unknown> {
  return { error_type: errorType, messages: [{ id, default_message: said, args: [] }] };
}
