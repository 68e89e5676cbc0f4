// SPDX-License-Identifier: Apache-2.0
// A page instead of an answer of the API: a proxy, load balancer or firewall in front of vCenter has answered. What the
// page says is not repeated, because it may quote the request.

import type { ErrorCode } from "../../core/coded-error";
import type { HttpResponse } from "../http/transport";
import type { ApiFault } from "./request-error";
import { remedyFor } from "./remedies";

const FRONT = "what is in front of vCenter (proxy, load balancer, firewall)";

const REMEDIES: ReadonlyMap<number, string> = new Map([
  [403, `allow this client (its User-Agent is pulumi-vsphere-trust-authority) and /api/ on ${FRONT}`],
  [405, `allow GET, POST, PATCH and DELETE on ${FRONT}`],
  [411, `allow requests without a Content-Length on ${FRONT}`],
  [413, `raise the limit for request bodies on ${FRONT}, for example nginx's client_max_body_size`],
  [414, `raise the limit for the length of URLs on ${FRONT}, for example nginx's large_client_header_buffers`],
  [431, `raise the limit for request headers on ${FRONT}`],
  [501, `allow GET, POST, PATCH and DELETE on ${FRONT}`],
]);

/** An answer of something else than vCenter's API. @internal */
export interface FrontAnswer {
  /** Undefined if the status has a meaning of its own whoever answers: 401, 404, redirects. */
  readonly meaning: readonly [code: ErrorCode, what: string, remedy: string] | undefined;
  /** The `Server` header. */
  readonly server: string | undefined;
}

/** Recognises the page of a front; undefined if it may be vCenter's own answer. @internal */
export function explainFront({ status, headers, text }: HttpResponse, fault: ApiFault): FrontAnswer | undefined {
  if (fault.understood || !/^\s*<(?:!doctype|html|head|body|\?xml)/i.test(text)) return undefined;
  const server = headers["server"];
  if (status < 400 || status === 401 || status === 404) return { meaning: undefined, server };
  // nginx says it with a 400 and a page; the words are its own, not the request's.
  const wantsCertificate = status === 400 && /SSL certificate (?:was sent|error)/i.test(text);
  const what = wantsCertificate
    ? "something in front of vCenter demands a client certificate"
    : "something in front of vCenter answered with a page, not vCenter's API";
  const remedy = wantsCertificate
    ? `let this client in without a certificate on ${FRONT}, or address vCenter directly`
    : (REMEDIES.get(status) ?? (status >= 500 ? remedyFor(undefined, status) : `check ${FRONT}`));
  return { meaning: ["ERR_API", what, remedy], server };
}
