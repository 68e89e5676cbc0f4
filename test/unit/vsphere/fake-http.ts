// SPDX-License-Identifier: Apache-2.0
// Stands in for the one HTTP module: answers come from a function of the test, on the test's own clock. No sockets.

import { abortable } from "../../../provider/src/core/deadline";
import type { Deadline } from "../../../provider/src/core/deadline";
import { RetryBudget } from "../../../provider/src/core/retry";
import { VsphereApi } from "../../../provider/src/vsphere/api";
import type { HttpRequest, HttpResponse, Transport } from "../../../provider/src/vsphere/http/http-client";
import { Session } from "../../../provider/src/vsphere/session/session";
import type { VirtualClock } from "../../support/clock/virtual-clock";

/** An answer: status with a JSON value, or all of it. */
export type FakeAnswer = HttpResponse | { readonly status: number; readonly json: unknown };

/** Answers a request, or throws what the connection would. */
export type Answering = (request: HttpRequest, deadline: Deadline) => FakeAnswer | Promise<FakeAnswer>;

/** What was sent, and what to hand to the code under test. */
export interface FakeHttp {
  readonly client: Transport;
  readonly requests: HttpRequest[];
  /** How often the sockets were closed. */
  readonly closed: () => number;
  /** Requests with that method and path. */
  readonly count: (method: string, path: string) => number;
}

/** Makes the stand-in. */
export function fakeHttp(answer: Answering): FakeHttp {
  const requests: HttpRequest[] = [];
  let closed = 0;
  const client: Transport = {
    async send(request: HttpRequest, deadline: Deadline): Promise<HttpResponse> {
      requests.push(request);
      deadline.signal.throwIfAborted();
      const answered = (async (): Promise<HttpResponse> => {
        const given = await answer(request, deadline);
        return "json" in given ? { status: given.status, headers: {}, text: JSON.stringify(given.json) } : given;
      })();
      const { onLeft } = request;
      if (onLeft === undefined) return answered;
      const leave = (): void => {
        onLeft(answered);
      };
      deadline.signal.addEventListener("abort", leave, { once: true });
      return abortable(answered, deadline.signal).finally(() => {
        deadline.signal.removeEventListener("abort", leave);
      });
    },
    serverAheadMs: () => undefined,
    close(): Promise<void> {
      closed += 1;
      return Promise.resolve();
    },
  };
  return {
    client,
    requests,
    closed: () => closed,
    count: (method, path) => requests.filter((request) => request.method === method && request.path === path).length,
  };
}

/** Everything above HTTP, around a stand-in. */
export interface FakeVCenter extends FakeHttp {
  readonly session: Session;
  readonly api: VsphereApi;
  readonly budget: RetryBudget;
  /** How often `onIdle` was called. */
  readonly idle: () => number;
}

/**
 * Puts a real session and a real API around a stand-in; login and logout are answered unless the test does.
 *
 * @param answer - called for each request; undefined: the ordinary answer to a login or logout
 */
export function fakeVCenter(
  clock: VirtualClock,
  answer: (request: HttpRequest, deadline: Deadline) => FakeAnswer | Promise<FakeAnswer> | undefined,
): FakeVCenter {
  let logins = 0;
  let idle = 0;
  const http = fakeHttp(async (request, deadline) => {
    const own = await answer(request, deadline);
    if (own !== undefined) return own;
    if (request.path !== "/api/session") throw new Error(`no answer for ${request.method} ${request.path}`);
    if (request.method === "DELETE") return { status: 204, headers: {}, text: "" };
    logins += 1;
    return { status: 201, json: `token-${logins}-of-the-fake-vcenter` };
  });
  const budget = new RetryBudget();
  const session = new Session({
    http: http.client,
    credentials: () => Promise.resolve({ user: "admin", password: "correct horse" }),
    budget,
    clock,
    onIdle: () => {
      idle += 1;
    },
  });
  return { ...http, session, budget, api: new VsphereApi(http.client, session, budget), idle: () => idle };
}

/** The body of an error under /api. */
export function vapiError(errorType: string | undefined, id = "com.vmware.test.message", more: object = {}): object {
  return {
    ...(errorType === undefined ? {} : { error_type: errorType }),
    messages: [{ id, default_message: `The ${id} text.`, args: [] }],
    ...more,
  };
}
