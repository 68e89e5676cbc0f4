// SPDX-License-Identifier: Apache-2.0
// The plainest client there can be: node:https, one connection per request, no retries, no knowledge of vSphere but the
// header names. It verifies the server with the simulator's CA.

import type { IncomingHttpHeaders } from "node:http";
import type { Agent } from "node:https";
import { request as httpsRequest } from "node:https";
import type { Simulator } from "../src/index";

/** One answer, read to its end. */
export interface PlainAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** What to send. A body that is no string is sent as JSON with its content-type. */
export interface PlainRequest {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly ca?: string;
  readonly signal?: AbortSignal;
  /** Default: a connection of its own. */
  readonly agent?: Agent;
}

/** The collection of key providers of the simulator's first cluster. */
export function providersPath(simulator: Simulator): string {
  return `/api/vcenter/trusted-infrastructure/trust-authority-clusters/${simulator.cluster}/kms/providers`;
}

/** The first key provider. */
export function providerPath(simulator: Simulator): string {
  return `${providersPath(simulator)}/${encodeURIComponent(simulator.keyProvider)}`;
}

/** The first key provider's client certificate, with the query that makes it a task. */
export function certificatePath(simulator: Simulator): string {
  return `${providerPath(simulator)}/client-certificate?vmw-task=true`;
}

/** One exchange. @throws the error of node:https, when there is no whole answer. */
export function plain(
  simulator: Simulator,
  method: string,
  path: string,
  { headers = {}, body, ca = simulator.caPem, signal, agent }: PlainRequest = {},
): Promise<PlainAnswer> {
  const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
  const sent = {
    ...(text === undefined ? {} : { "content-length": String(Buffer.byteLength(text)) }),
    ...(body === undefined || typeof body === "string" ? {} : { "content-type": "application/json" }),
    ...headers,
  };
  return new Promise((resolve, reject) => {
    const { host, port } = simulator;
    const options = { host, port, method, path, ca, headers: sent, agent: agent ?? false, ...(signal && { signal }) };
    const request = httpsRequest(options, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("error", reject);
      response.on("end", () => {
        const status = response.statusCode ?? 0;
        resolve({ status, headers: response.headers, text: Buffer.concat(parts).toString("utf8") });
      });
    });
    request.on("error", reject);
    request.end(text);
  });
}

/** The header of a login. */
export function basic(user: string, password: string): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}` };
}

/** Logs in. @returns the header that every other request carries. */
export async function login(simulator: Simulator): Promise<Record<string, string>> {
  const headers = { ...basic(simulator.user, simulator.password), "vmware-use-header-authn": "true" };
  const answer = await plain(simulator, "POST", "/api/session", { headers });
  if (answer.status !== 201) throw new Error(`login answered ${answer.status}: ${answer.text}`);
  return { "vmware-api-session-id": JSON.parse(answer.text) as string };
}

/** Logs in, runs, logs out and demands that the simulator is clean. */
export async function withSession<T>(
  simulator: Simulator,
  run: (headers: Record<string, string>) => Promise<T>,
): Promise<T> {
  const headers = await login(simulator);
  let result: T;
  try {
    result = await run(headers);
  } finally {
    await plain(simulator, "DELETE", "/api/session", { headers });
  }
  simulator.assertClean();
  return result;
}

/** Parsed JSON of an answer, as an object whose fields a test looks at. */
export function fields(answer: PlainAnswer): Record<string, unknown> {
  return JSON.parse(answer.text) as Record<string, unknown>;
}

/** One look at a task. */
export function getTask(simulator: Simulator, id: string, headers: Record<string, string>): Promise<PlainAnswer> {
  return plain(simulator, "GET", `/api/cis/tasks/${encodeURIComponent(id)}`, { headers });
}

/** Looks every 5 ms until the task is in a terminal state. @returns every Info that was seen, the last one terminal. */
export async function followTask(
  simulator: Simulator,
  accepted: PlainAnswer,
  headers: Record<string, string>,
): Promise<Record<string, unknown>[]> {
  if (accepted.status !== 202) throw new Error(`not accepted: ${accepted.status} ${accepted.text}`);
  const seen: Record<string, unknown>[] = [];
  for (let looks = 0; looks < 1000; looks += 1) {
    const answer = await getTask(simulator, JSON.parse(accepted.text) as string, headers);
    if (answer.status !== 200) throw new Error(`the task answered ${answer.status}: ${answer.text}`);
    const info = fields(answer);
    seen.push(info);
    if (info["status"] === "SUCCEEDED" || info["status"] === "FAILED") return seen;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error("the task did not end");
}

/** The last Info of a task. */
export async function finalInfo(
  simulator: Simulator,
  accepted: PlainAnswer,
  headers: Record<string, string>,
): Promise<Record<string, unknown>> {
  return (await followTask(simulator, accepted, headers)).at(-1) ?? {};
}

/** Reads the client certificate the long way: task, wait, result. */
export async function readCertificate(simulator: Simulator, headers: Record<string, string>): Promise<string> {
  const accepted = await plain(simulator, "GET", certificatePath(simulator), { headers });
  const { result } = await finalInfo(simulator, accepted, headers);
  return (result as { certificate: string }).certificate;
}
