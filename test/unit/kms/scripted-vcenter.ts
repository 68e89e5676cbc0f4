// SPDX-License-Identifier: Apache-2.0
// One key provider behind a scripted vCenter, on virtual time: the test says what each request is answered, the writes and
// the looks at tasks come as they would over HTTP.

import { withDeadline } from "../../../provider/src/core/deadline";
import type { Deadline } from "../../../provider/src/core/deadline";
import type { Operation } from "../../../provider/src/kms/operation";
import { VCenterConnection } from "../../../provider/src/vsphere/connection";
import type { RequestFate } from "../../../provider/src/vsphere/errors/request-error";
import { RequestError } from "../../../provider/src/vsphere/errors/request-error";
import type { HttpRequest } from "../../../provider/src/vsphere/http/http-client";
import type { KeyProvider } from "../../../provider/src/vsphere/kms/key-provider";
import { VirtualClock } from "../../support/clock/virtual-clock";
import { fakeHttp, vapiError } from "../vsphere/fake-http";
import type { FakeAnswer, FakeHttp } from "../vsphere/fake-http";

export const TARGET: KeyProvider = { cluster: "domain-c8", keyProvider: "kms-1" };
export const SERVICE =
  "com.vmware.vcenter.trusted_infrastructure.trust_authority_clusters.kms.providers.client_certificate";

/** A task as vCenter shows it. */
export interface Task {
  readonly status: string;
  readonly targetId?: string;
  /** Default: the type of a cluster. */
  readonly targetType?: string;
  readonly operation?: string;
  readonly startedMs?: number;
}

/** What a test says about the vCenter. All may change while time passes. */
export interface Script {
  /** The tasks that vCenter lists and knows, by id. */
  tasks: (nowMs: number) => Readonly<Record<string, Task>>;
  /** Replaces the answer to a list; undefined: the tasks as they are. */
  list?: (
    number: number,
    nowMs: number,
    services: readonly string[],
  ) => FakeAnswer | Promise<FakeAnswer> | Error | undefined;
  /** Answers other requests; undefined: as a vCenter does. */
  answer?: (request: HttpRequest, deadline: Deadline) => FakeAnswer | Promise<FakeAnswer> | undefined;
}

interface TaskFilter {
  readonly services?: readonly string[];
  readonly status?: readonly string[];
  readonly tasks?: readonly string[];
}

/** The vCenter, and the operation of which a test is made. */
export interface Scripted extends FakeHttp {
  readonly clock: VirtualClock;
  readonly connection: VCenterConnection;
  readonly steps: string[];
  readonly lists: () => number;
  /** Runs work as an operation on the key provider, until it has ended. */
  readonly run: <T>(work: (operation: Operation) => Promise<T>, options?: RunOptions) => Promise<T>;
}

interface RunOptions {
  readonly timeoutMs?: number;
  readonly parent?: AbortSignal;
  readonly target?: KeyProvider;
}

/** Makes the vCenter. */
export function scripted(script: Script): Scripted {
  const clock = new VirtualClock();
  const steps: string[] = [];
  let lists = 0;
  const wire = (task: Task): object => ({
    status: task.status,
    service: SERVICE,
    operation: task.operation ?? "update$task",
    target: { type: task.targetType ?? "ClusterComputeResource", id: task.targetId ?? TARGET.cluster },
    ...(task.startedMs === undefined ? {} : { start_time: new Date(task.startedMs).toISOString() }),
    ...(task.status === "FAILED" ? { error: vapiError("INVALID_ARGUMENT") } : {}),
  });
  const known = (): Record<string, Task> => ({ ...script.tasks(clock.nowMs()) });
  const answerList = (request: HttpRequest): FakeAnswer | Promise<FakeAnswer> => {
    lists += 1;
    const spec = (JSON.parse(request.body ?? "") as { filter_spec: TaskFilter }).filter_spec;
    const own = script.list?.(lists, clock.nowMs(), spec.services ?? []);
    if (own instanceof Error) throw own;
    if (own !== undefined) return own;
    const shown = Object.entries(known()).filter(
      ([id, { status }]) => (spec.status?.includes(status) ?? true) && (spec.tasks?.includes(id) ?? true),
    );
    return { status: 200, json: Object.fromEntries(shown.map(([id, task]) => [id, wire(task)])) };
  };
  const http = fakeHttp((request, deadline) => {
    const own = script.answer?.(request, deadline);
    if (own !== undefined) return own;
    if (request.path === "/api/session") return { status: 201, json: "token" };
    if (request.query === "action=list") return answerList(request);
    const task = known()[decodeURIComponent(request.path.split("/").at(-1) ?? "")];
    return task === undefined ? { status: 404, json: vapiError("NOT_FOUND") } : { status: 200, json: wire(task) };
  });
  const connection = new VCenterConnection({
    address: { host: "vcenter", port: 443, authority: "vcenter" },
    trust: { allowUnverified: false },
    credentials: () => Promise.resolve({ user: "u", password: "p" }),
    clock,
    transport: { ...http.client, serverAheadMs: () => 0 },
  });
  const run: Scripted["run"] = (work, { timeoutMs = 300_000, parent, target = TARGET } = {}) =>
    clock.run(
      withDeadline({ clock, timeoutMs, parent }, (deadline) =>
        work({
          connection,
          target,
          deadline,
          onProgress: () => undefined,
          onStep: (text) => steps.push(text),
          redact: (text) => text,
          repeatsSecret: (text) => text.includes("secret"),
        }),
      ),
    );
  return { ...http, clock, connection, steps, lists: () => lists, run };
}

/** A request that failed. `page`: what answered was no vCenter. */
export function failed(
  code: "ERR_API" | "ERR_CONNECT" | "ERR_REQUEST_TIMEOUT" | "ERR_AUTHORIZATION",
  fate: RequestFate,
  answered: { readonly status?: number; readonly errorType?: string; readonly retryAfterMs?: number } = {},
): RequestError {
  const { status, errorType, retryAfterMs } = answered;
  const fault = {
    errorType,
    messages: [],
    isTransient: undefined,
    argumentNames: [],
    understood: errorType !== undefined,
  };
  return new RequestError(code, `failed with ${errorType ?? status ?? code}`, {
    method: "PATCH",
    path: "/x",
    fate,
    ...(status === undefined ? {} : { httpStatus: status }),
    ...(fate === "answered" ? { fault } : {}),
    retryAfterMs,
  });
}
