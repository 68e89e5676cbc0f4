// SPDX-License-Identifier: Apache-2.0
// POST /api/session: from user and password to a session token. A refused password is never sent twice, because vCenter
// locks accounts.

import { CodedError, isCodedError } from "../../core/coded-error";
import type { ErrorCode } from "../../core/coded-error";
import type { Deadline } from "../../core/deadline";
import { retry } from "../../core/retry";
import type { RetryBudget } from "../../core/retry";
import { explainAnswer } from "../errors/explain-answer";
import { decodeFault, describeFault, RequestError } from "../errors/request-error";
import type { Transport, HttpResponse } from "../http/http-client";
import { parseJson } from "../http/json";
import { isOutage, judgeRead } from "../errors/retry-table";

/** Where sessions are made, seen and ended. Source: vSphere Automation API, cis/session (documented). @internal */
export const SESSION_PATH = "/api/session";

/** User and password of a vCenter single sign-on account. @internal */
export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** What a login needs. @internal */
export interface LoginOptions {
  readonly http: Transport;
  readonly credentials: () => Promise<Credentials>;
  readonly budget: RetryBudget;
  readonly deadline: Deadline;
  /** Called if a time is up while the answer is under way, with the session that vCenter makes all the same. */
  readonly onLeft: (token: Promise<string>) => void;
}

/** Seen in a report of tanzu-cli (vmware-tanzu/tanzu-cli#749): the user's or the server's sessions are used up. */
const SESSION_LIMIT = "failedToLoginMaxUserSessionCountReached";
/** An outage of the login is waited out for this long, milliseconds. */
const OUTAGE_PATIENCE_MS = 10_000;
/** Printable ASCII without blanks: what a header can hold. */
const TOKEN = /^[\x21-\x7e]{1,2048}$/;

/**
 * Logs in, and returns the session token. Outages are repeated with back-off; a 401 and the session limit are not.
 *
 * @throws RequestError `ERR_AUTHENTICATION`, `ERR_SESSION_LIMIT`, `ERR_RESPONSE_INVALID`, or of the connection;
 * CodedError `ERR_CONFIG_MISSING` without credentials
 * @internal
 */
export async function login(options: LoginOptions): Promise<string> {
  const { http, budget, deadline } = options;
  const { user, password } = await options.credentials();
  // RFC 7617: the user must not contain a colon, or its end would be taken for the password.
  if (user.includes(":")) {
    throw new CodedError("ERR_CONFIG_INVALID", "the user name contains a colon, which HTTP Basic cannot carry");
  }
  const beganMs = deadline.clock.nowMs();
  return retry({
    deadline,
    budget,
    attempt: async () => {
      const response = await http.send(
        {
          method: "POST",
          path: SESSION_PATH,
          headers: {
            accept: "application/json",
            authorization: `Basic ${Buffer.from(`${user}:${password}`, "utf8").toString("base64")}`,
            // No cookie: the token travels in its header alone. Seen in govmomi.
            "vmware-use-header-authn": "true",
          },
          onLeft: (answer) => {
            options.onLeft(answer.then((late) => decodeToken(late, deadline.clock.wallMs())));
          },
        },
        deadline,
      );
      return decodeToken(response, deadline.clock.wallMs());
    },
    decide: (error, failures) => {
      if (isCodedError(error, "ERR_RESPONSE_INVALID")) return undefined;
      // vCenter's services may be starting. But a wrong name or port should be reported early.
      if (isOutage(error) && deadline.clock.nowMs() - beganMs > OUTAGE_PATIENCE_MS) return undefined;
      return judgeRead(error, failures);
    },
  });
}

function decodeToken(response: HttpResponse, wallMs: number): string {
  const body = parseJson(response.text);
  const facts = { method: "POST", path: SESSION_PATH, fate: "answered" as const, httpStatus: response.status };
  if (response.status === 200 || response.status === 201) {
    if (typeof body === "string" && TOKEN.test(body)) return body;
    throw new RequestError(
      "ERR_RESPONSE_INVALID",
      `the answer to the login is not a session id (POST ${SESSION_PATH}, HTTP ${response.status})`,
      facts,
      { remedy: "check that server is a vCenter of version 7.0 or later, and not a portal or proxy in front of it" },
    );
  }
  const error = explainAnswer(
    { method: "POST", path: SESSION_PATH, notFound: "ERR_ENDPOINT_ABSENT" },
    response,
    body,
    wallMs,
  );
  const explain = (code: ErrorCode, what: string, remedy: string): RequestError => {
    const said = describeFault(decodeFault(body), [`POST ${SESSION_PATH}`, `HTTP ${response.status}`]);
    return new RequestError(code, `${what}: ${said}`, error.request, { cause: error, remedy });
  };
  if (error.request.fault?.messages.some(({ id }) => id.includes(SESSION_LIMIT)) === true) {
    throw explain("ERR_SESSION_LIMIT", "vCenter has no session left for this user", SESSION_LIMIT_REMEDY);
  }
  if (error.code === "ERR_AUTHENTICATION") {
    throw explain("ERR_AUTHENTICATION", "vCenter does not accept user and password", LOGIN_REMEDY);
  }
  throw error;
}

const SESSION_LIMIT_REMEDY =
  "end idle sessions of this user, or raise vCenter's session limit (Broadcom KB 375546 and 437427)";
const LOGIN_REMEDY =
  "check user (with its domain, for example administrator@vsphere.local) and password; it was not tried again, so that the account is not locked";
