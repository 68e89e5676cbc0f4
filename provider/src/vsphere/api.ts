// SPDX-License-Identifier: Apache-2.0
// One authenticated call of vCenter's API: session header, one new login per refused session, errors explained.

import type { Deadline } from "../core/deadline";
import type { RetryBudget } from "../core/retry";
import { explainAnswer } from "./errors/explain-answer";
import type { RequestPurpose } from "./errors/explain-answer";
import { RequestError } from "./errors/request-error";
import type { Transport, HttpRequest } from "./http/http-client";
import { parseJson } from "./http/json";
import type { Session } from "./session/session";

/** A call: what is sent, and what its failure would mean. @internal */
export interface ApiRequest extends Omit<RequestPurpose, "method"> {
  readonly method: HttpRequest["method"];
  /** Query without `?`; default none. */
  readonly query?: string;
  /** What is sent as JSON; default no body. */
  readonly body?: unknown;
  /** False: a 403 means that this call is not to be had, not that the session has expired. Default true. */
  readonly forbiddenMayBeExpired?: boolean;
  /** Statuses that are a success. */
  readonly expected: readonly number[];
  /** Bytes of the answer at most; default 64 KiB. */
  readonly maxBodyBytes?: number;
}

/** A successful answer. @internal */
export interface ApiAnswer {
  readonly status: number;
  /** Parsed JSON; undefined where the body is none. */
  readonly body: unknown;
  /** `clock.nowMs()` when the answer was here. */
  readonly receivedMs: number;
}

/** Calls one vCenter within a shared session. @internal */
export class VsphereApi {
  readonly #http: Transport;
  readonly #session: Session;
  readonly #budget: RetryBudget;
  /** A 403 after a fresh login is about privileges: no further login would help anybody. */
  #forbiddenAfterLogin = false;

  constructor(http: Transport, session: Session, budget: RetryBudget) {
    this.#http = http;
    this.#session = session;
    this.#budget = budget;
  }

  /**
   * Sends one request. A 401 (and, once, a 403) makes one new login and one repeat, which is safe for a write as well:
   * a refused request was not carried out.
   *
   * @param request - the call
   * @param deadline - the operation's bound
   * @returns the answer, its status being one of the expected ones
   * @throws RequestError with the code that {@link explainAnswer} finds, or of the connection
   */
  async call(request: ApiRequest, deadline: Deadline): Promise<ApiAnswer> {
    let renewed = false;
    for (;;) {
      const token = await this.#token(deadline);
      const response = await this.#http.send(toHttp(request, token), deadline);
      const body = parseJson(response.text);
      if (request.expected.includes(response.status)) {
        this.#budget.succeeded();
        return { status: response.status, body, receivedMs: deadline.clock.nowMs() };
      }
      const error = explainAnswer(request, response, body, deadline.clock.wallMs());
      if (error.code === "ERR_AUTHORIZATION" && renewed) this.#forbiddenAfterLogin = true;
      if (renewed || !this.#newLoginMayHelp(error, request.forbiddenMayBeExpired ?? true))
        throw renewed ? afterNewLogin(error) : error;
      this.#session.refused(token);
      renewed = true;
    }
  }

  /**
   * Makes sure that there is a session. Sends nothing where there is one.
   *
   * @param deadline - the operation's bound
   * @throws RequestError where the login failed
   */
  async login(deadline: Deadline): Promise<void> {
    await this.#token(deadline);
  }

  /** How far vCenter's clock is ahead of ours, milliseconds; undefined where it is not known. */
  serverAheadMs(): number | undefined {
    return this.#http.serverAheadMs();
  }

  /** A login that failed: nothing of the call itself was sent, and the login has had its own repeats. */
  async #token(deadline: Deadline): Promise<string> {
    try {
      return await this.#session.token(deadline);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      const { code, message, request, remedy } = error;
      throw new RequestError(
        code,
        message,
        { ...request, fate: "not-sent", repeatsUsedUp: true },
        {
          cause: error,
          ...(remedy === undefined ? {} : { remedy }),
        },
      );
    }
  }

  #newLoginMayHelp(error: RequestError, forbiddenMayBeExpired: boolean): boolean {
    if (error.code === "ERR_AUTHENTICATION") return true;
    // Some releases answer 403 for an expired session (hashicorp/terraform-provider-vsphere#1300).
    return error.code === "ERR_AUTHORIZATION" && forbiddenMayBeExpired && !this.#forbiddenAfterLogin;
  }
}

function toHttp(request: ApiRequest, token: string): HttpRequest {
  return {
    method: request.method,
    path: request.path,
    ...(request.query === undefined ? {} : { query: request.query }),
    headers: {
      accept: "application/json",
      "vmware-api-session-id": token,
      ...(request.body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
    ...(request.maxBodyBytes === undefined ? {} : { maxBodyBytes: request.maxBodyBytes }),
  };
}

function afterNewLogin(error: RequestError): RequestError {
  if (error.code !== "ERR_AUTHENTICATION") return error;
  return new RequestError(error.code, `${error.message}; a new login did not help`, error.request, {
    cause: error,
    remedy: "look at vCenter's clock, its session settings and its load balancer",
  });
}
