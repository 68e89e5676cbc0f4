// SPDX-License-Identifier: Apache-2.0
// A vCenter that knows sessions and tasks and nothing else, over TLS. It answers at once and counts every request. The
// simulator does far more per request, which would be measured as well.

import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { makeTlsIdentity, tlsOptions } from "../../simulator/src/tls-certificates";
import { monotonicMs } from "./monotonic";
import { TaskClock } from "./task-clock";

const TASKS_PATH = "/api/cis/tasks";

/** A request for one or many tasks, as it came in. */
export interface SeenRequest {
  readonly kind: "get" | "list";
  /** In milliseconds of the machine's monotonic clock. */
  readonly atMs: number;
}

/** Where the server is, and whom to trust; plain data, for another process. */
export interface ServerFacts {
  readonly port: number;
  readonly caPem: string;
}

/** A running server. */
export interface ScriptedVCenter {
  readonly facts: ServerFacts;
  readonly tasks: TaskClock;
  /** Every request for tasks until now. */
  readonly requests: readonly SeenRequest[];
  readonly close: () => Promise<void>;
}

/**
 * Starts a server on a free port of 127.0.0.1.
 *
 * @param options - `refuseLists`: true answers `action=list` as a vCenter that does not have it; default false
 */
export async function startScriptedVCenter({ refuseLists = false } = {}): Promise<ScriptedVCenter> {
  const identity = await makeTlsIdentity("good");
  const tasks = new TaskClock();
  const requests: SeenRequest[] = [];
  const answerOf = (method: string, url: URL, body: string): readonly [number, unknown] => {
    if (url.pathname === "/api/session") return method === "DELETE" ? [204, undefined] : [201, "bench-session"];
    if (method === "POST" && url.pathname === TASKS_PATH) {
      requests.push({ kind: "list", atMs: monotonicMs() });
      return refuseLists ? NOT_FOUND : [200, listed(tasks, body)];
    }
    requests.push({ kind: "get", atMs: monotonicMs() });
    const task = tasks.look(decodeURIComponent(url.pathname.slice(TASKS_PATH.length + 1)));
    return task === undefined ? NOT_FOUND : [200, task];
  };
  const server = createServer({ ...tlsOptions(identity, "good"), keepAliveTimeout: 0 }, (request, response) => {
    void readText(request).then((body) => {
      const [status, json] = answerOf(request.method ?? "", new URL(request.url ?? "/", "https://localhost"), body);
      send(response, status, json);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    facts: { port: (server.address() as AddressInfo).port, caPem: identity.caPem },
    tasks,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

const NOT_FOUND = [404, { error_type: "NOT_FOUND", messages: [] }] as const;

function listed(tasks: TaskClock, body: string): object {
  const { filter_spec } = JSON.parse(body) as { filter_spec: { tasks: string[] } };
  return Object.fromEntries(filter_spec.tasks.map((taskId) => [taskId, tasks.look(taskId)]));
}

async function readText(request: IncomingMessage): Promise<string> {
  let text = "";
  request.setEncoding("utf8");
  for await (const part of request) text += String(part);
  return text;
}

function send(response: ServerResponse, status: number, json: unknown): void {
  const text = json === undefined ? "" : JSON.stringify(json);
  response.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
  response.end(text);
}
