// SPDX-License-Identifier: Apache-2.0
// Log in, look at the session, log out; with the old /rest form of the same. Source: cis/session of VMware's 8.0.2
// description (documented); the /rest form, the cookie and the message ids were seen in traffic.

import type { Answer } from "./answer";
import { empty, json } from "./answer";
import type { Exchange } from "./exchange";
import { assertNoBody } from "./exchange";
import { Refusal, message, unauthenticated } from "./vapi-errors";
import type { VCenter } from "./vcenter";

/** `POST /api/session`: 201 and the token; `legacy` is the /rest form: 200 and `{"value": token}`. */
export function login(vcenter: VCenter, exchange: Exchange, legacy: boolean): Answer {
  assertNoBody(exchange);
  const { user, password } = vcenter.options;
  if (exchange.headers.authorization !== `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`) {
    throw unauthenticated(vcenter.authority);
  }
  const session = vcenter.sessions.create(user);
  if (session === undefined) {
    throw new Refusal("SERVICE_UNAVAILABLE", [
      message(
        "com.vmware.vapi.endpoint.failedToLoginMaxUserSessionCountReached",
        "User session count is limited to %s. Existing session count is %s for user %s.",
        [String(vcenter.options.maxSessions), String(vcenter.sessions.open().length), user],
      ),
    ]);
  }
  exchange.noted.session = session.number;
  const headers: Record<string, string> = {};
  if (exchange.headers["vmware-use-header-authn"] === undefined) {
    headers["Set-Cookie"] = `vmware-api-session-id=${session.token};Path=/rest;Secure;HttpOnly`;
  }
  return legacy ? json(200, { value: session.token }, headers) : json(201, session.token, headers);
}

/** `GET /api/session` */
export function sessionGet(vcenter: VCenter, exchange: Exchange): Answer {
  assertNoBody(exchange);
  const session = vcenter.authenticate(exchange);
  return json(200, {
    user: session.user,
    created_time: vcenter.clock.iso(session.createdAtMs),
    last_accessed_time: vcenter.clock.iso(session.lastAccessedAtMs),
  });
}

/** `DELETE /api/session`: 204. */
export function logout(vcenter: VCenter, exchange: Exchange, legacy: boolean): Answer {
  assertNoBody(exchange);
  vcenter.sessions.delete(vcenter.authenticate(exchange).token);
  return empty(legacy ? 200 : 204);
}
