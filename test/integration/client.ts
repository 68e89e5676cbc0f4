// SPDX-License-Identifier: Apache-2.0
// The HTTP client alone, over real sockets.

import assert from "node:assert/strict";
import { systemClock } from "../../provider/src/core/clock";
import { withDeadline } from "../../provider/src/core/deadline";
import { RequestError } from "../../provider/src/vsphere/errors/request-error";
import { parseServerAddress } from "../../provider/src/vsphere/http/address";
import type { ConnectorOptions } from "../../provider/src/vsphere/http/connector";
import { Connector } from "../../provider/src/vsphere/http/connector";
import { HttpClient } from "../../provider/src/vsphere/http/http-client";
import type { HttpRequest, HttpResponse } from "../../provider/src/vsphere/http/transport";
import { errorOf } from "../support/error-of";
import type { Front } from "../support/tls-fronts";

/** Any write. */
export const PATCH: HttpRequest = { method: "PATCH", path: "/api/x", headers: {}, body: "{}", lane: "write" };

/** How a client gets to its server. */
export interface Route extends ConnectorOptions {
  readonly ca?: string;
  readonly host?: string;
}

/** A client of a server on this machine. */
export function clientOf(port: number, { ca, host = "localhost", ...options }: Route): HttpClient {
  const address = parseServerAddress(`${host}:${port}`);
  const trust = { ca, allowUnverified: false };
  return new HttpClient(address, trust, new Connector(address, trust, { environment: {}, ...options }));
}

/** Sends within a time. */
export const within = (client: HttpClient, ms: number, request = PATCH, ownMs?: number): Promise<HttpResponse> =>
  withDeadline({ clock: systemClock, timeoutMs: ms }, (deadline) => client.send(request, deadline, ownMs));

/** What the work fails with. */
export async function failure(work: Promise<unknown>): Promise<RequestError> {
  const error = await errorOf(work);
  assert.ok(error instanceof RequestError, String(error));
  return error;
}

/** What a write to a front fails with; closes both. */
export async function failureAt(front: Front, route: Route): Promise<RequestError> {
  const client = clientOf(front.port, route);
  try {
    return await failure(within(client, 5_000));
  } finally {
    await client.close();
    front.close();
  }
}
