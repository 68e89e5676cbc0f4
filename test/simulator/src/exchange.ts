// SPDX-License-Identifier: Apache-2.0
// One request after the router has understood its URL: what an endpoint gets to see. No sockets.

import type { IncomingHttpHeaders } from "node:http";
import type { TaskScript } from "./task-script";
import { malformed } from "./vapi-errors";

/** One request, read completely. */
export interface Exchange {
  readonly method: string;
  /** Path parameters by name, percent-decoded. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** What a fault rule dictates about the task that this request starts. */
  readonly script: TaskScript | undefined;
  /** Filled in by the endpoint: for the journal. */
  readonly noted: { session?: number; taskId?: string };
}

/** A path parameter. It may be empty, never absent: the route that names it has matched. */
export function parameter(exchange: Exchange, name: string): string {
  return exchange.parameters[name] ?? "";
}

/**
 * Refuses a body on an operation that has none. On a GET it is passed over, as vCenter does: VMware's Python SDK sends one.
 * @throws Refusal INVALID_ARGUMENT, counted as unexpected.
 */
export function assertNoBody(exchange: Exchange): void {
  if (exchange.body.length === 0 || exchange.method === "GET") return;
  throw malformed("com.vmware.vapi.rest.unexpectedBody", "The operation takes no request body.");
}

/** Refuses a body that is not declared as JSON. @throws Refusal INVALID_ARGUMENT, counted as unexpected. */
export function assertJsonBody(exchange: Exchange): void {
  const type = exchange.headers["content-type"];
  if (type !== undefined && /^application\/json(\s*;\s*charset=utf-8)?$/i.test(type)) return;
  throw malformed("com.vmware.vapi.rest.unsupportedMediaType", "Content-Type must be application/json, not %s.", [
    type ?? "absent",
  ]);
}
