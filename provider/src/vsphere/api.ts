// SPDX-License-Identifier: Apache-2.0
// One authenticated call of vCenter's API: session header, one new login per refused session, errors explained.

import type { Deadline } from "../core/deadline";
import type { RetryBudget } from "../core/retry";
import { explainAnswer } from "./errors/explain-answer";
import type { RequestPurpose } from "./errors/explain-answer";
import { RequestError } from "./errors/request-error";
import type { Transport, HttpRequest } from "./http/http-client";
import { parseJson } from "./http/json";
import type { Lane } from "./http/lanes";
import { SESSION_PATH } from "./session/login";
import type { Session } from "./session/session";

/** A call: what is sent, and what its failure would mean. @internal */
export interface ApiRequest extends Omit<RequestPurpose, "method"> {
  readonly method: HttpRequest["method"];
  /** Query without `?`; default none. */
  readonly query?: string;
  /** What is sent as JSON; default no body. */
  readonly body?: unknown;
  /** False: a 403 means a missing privilege, never an expired session. Default true. */
  readonly forbiddenMayBeExpired?: boolean;
  /** Statuses that are a success. */
  readonly expected: readonly number[];
  /** Bytes of the answer at most; default 64 KiB. */
  readonly maxBodyBytes?: number;
  /** What it is to those that wait for a socket; default `look`. */
  readonly lane?: Lane;
}

/** A successful answer. @internal */
export interface ApiAnswer {
  readonly status: number;
  /** Parsed JSON; undefined if the body is not JSON. */
  readonly body: unknown;
  /** `clock.nowMs()` when the answer had arrived. */
  readonly receivedMs: number;
}

interface Refused {
  readonly error: RequestError;
  readonly token: string;
}

/** After this number of new logins that did not help, vCenter is asked whether the session is open before the next one. */
const MAX_FUTILE_LOGINS = 3;

/** Calls one vCenter within a shared session. @internal */
export class VsphereApi {
  readonly #http: Transport;
  readonly #session: Session;
  readonly #budget: RetryBudget;
  /** Operations that were answered 403 after a new login: it is about privileges, and no further login would help them. */
  readonly #forbidden = new WeakSet();
  /** New logins in a row that did not help against a 403. */
  #futileLogins = 0;

  constructor(http: Transport, session: Session, budget: RetryBudget) {
    this.#http = http;
    this.#session = session;
    this.#budget = budget;
  }

  /**
   * Sends one request. A 401 (and, once in an operation, a 403) makes one new login and one repeat, which is safe for a
   * write as well: a refused request was not carried out.
   *
   * @throws RequestError with the code that {@link explainAnswer} finds, or of the connection
   */
  async call(request: ApiRequest, deadline: Deadline): Promise<ApiAnswer> {
    const first = await this.#send(request, deadline);
    if (!("error" in first)) return first.answer;
    if (!(await this.#newLoginMayHelp(first, request, deadline))) throw first.error;
    this.#session.refused(first.token);
    const second = await this.#send(request, deadline);
    const isForbidden = "error" in second && second.error.code === "ERR_AUTHORIZATION";
    this.#futileLogins = isForbidden ? this.#futileLogins + 1 : 0;
    if (!("error" in second)) return second.answer;
    if (isForbidden) this.#forbidden.add(deadline.operationKey);
    throw afterNewLogin(second.error);
  }

  /** Makes sure that there is a session. Sends nothing if there is one. */
  async login(deadline: Deadline): Promise<void> {
    await this.#token(deadline);
  }

  /** How far vCenter's clock is ahead of ours, milliseconds; undefined if it is not known. */
  serverAheadMs(): number | undefined {
    return this.#http.serverAheadMs();
  }

  async #send(request: ApiRequest, deadline: Deadline): Promise<{ readonly answer: ApiAnswer } | Refused> {
    const token = await this.#token(deadline);
    const response = await this.#http.send(toHttp(request, token), deadline);
    const body = parseJson(response.text);
    if (request.expected.includes(response.status)) {
      this.#budget.succeeded();
      return { answer: { status: response.status, body, receivedMs: deadline.clock.nowMs() } };
    }
    return { token, error: explainAnswer(request, response, body, deadline.clock.wallMs()) };
  }

  /** If the login fails, nothing of the call itself was sent. A first login has had its own repeats, and is not tried again. */
  async #token(deadline: Deadline): Promise<string> {
    try {
      return await this.#session.token(deadline);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      const { code, message, request, remedy, attempts } = error;
      const facts = { ...request, fate: "not-sent" as const, repeatsUsedUp: !this.#session.hasWorked };
      throw new RequestError(code, message, facts, { cause: error, remedy, attempts });
    }
  }

  async #newLoginMayHelp({ error, token }: Refused, request: ApiRequest, deadline: Deadline): Promise<boolean> {
    if (error.code === "ERR_AUTHENTICATION") return true;
    // Some releases answer 403 for an expired session (hashicorp/terraform-provider-vsphere#1300).
    const mayBeExpired = request.forbiddenMayBeExpired ?? true;
    if (error.code !== "ERR_AUTHORIZATION" || !mayBeExpired || this.#forbidden.has(deadline.operationKey)) return false;
    // Many resources without a privilege must not cost a login each.
    if (this.#futileLogins < MAX_FUTILE_LOGINS || !(await this.#isAlive(token, deadline))) return true;
    this.#forbidden.add(deadline.operationKey);
    return false;
  }

  /** Whether vCenter says that the session is open. */
  async #isAlive(token: string, deadline: Deadline): Promise<boolean> {
    const request = { method: "GET", path: SESSION_PATH, headers: { "vmware-api-session-id": token } } as const;
    try {
      return (await this.#http.send(request, deadline)).status === 200;
    } catch (error) {
      deadline.signal.throwIfAborted();
      if (error instanceof RequestError) return false;
      throw error;
    }
  }
}

function toHttp(request: ApiRequest, token: string): HttpRequest {
  const { method, path, query, body, maxBodyBytes, lane } = request;
  return {
    method,
    path,
    ...(query === undefined ? {} : { query }),
    headers: {
      accept: "application/json",
      "vmware-api-session-id": token,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(maxBodyBytes === undefined ? {} : { maxBodyBytes }),
    ...(lane === undefined ? {} : { lane }),
  };
}

function afterNewLogin(error: RequestError): RequestError {
  if (error.code !== "ERR_AUTHENTICATION") return error;
  return error.extended({
    suffix: "; a new login did not help",
    remedy: "check vCenter's clock, its session settings and its load balancer",
  });
}
