// SPDX-License-Identifier: Apache-2.0
// From an unexpected answer to the one error that explains it, with its remedy.

import type { ErrorCode } from "../../core/coded-error";
import { visible } from "../../core/visible";
import { decodeFault, describeFault, RequestError, saysEndpointAbsent } from "./request-error";
import type { ApiFault } from "./request-error";
import { explainFront } from "./explain-front";
import type { HttpResponse } from "../http/transport";
import { CHECK_IDS, privilegeRemedy, remedyFor } from "./remedies";
import { parseRetryAfter } from "../http/retry-after";

/** What the error text needs to know of the request. @internal */
export interface RequestPurpose {
  readonly method: string;
  readonly path: string;
  /** The vCenter privilege the operation needs besides `System.View`; named when it is missing. */
  readonly privilege?: string;
  /** What to check if vCenter refuses an argument; absent: it takes nothing from the program. */
  readonly checkArguments?: string;
  /** What a definite NOT_FOUND of this operation means. */
  readonly notFound: ErrorCode;
}

/**
 * Explains an unexpected answer. `body` is its parsed JSON, undefined if it is not JSON; `wallMs` is for a Retry-After
 * date if the server sends no `Date`. The code follows `error_type` first, the status if that is missing.
 *
 * @internal
 */
export function explainAnswer(
  purpose: RequestPurpose,
  response: HttpResponse,
  body: unknown,
  wallMs: number,
): RequestError {
  const fault = decodeFault(body);
  const { status, headers } = response;
  const serverDateMs = Date.parse(headers["date"] ?? "");
  const request = {
    method: purpose.method,
    path: purpose.path,
    fate: "answered" as const,
    httpStatus: status,
    fault,
    retryAfterMs: parseRetryAfter(headers["retry-after"], Number.isNaN(serverDateMs) ? wallMs : serverDateMs),
  };
  const facts = [`${purpose.method} ${purpose.path}`, `HTTP ${status}`];
  if (!fault.understood && headers["content-type"] !== undefined) {
    facts.push(`content type ${visible(headers["content-type"], 60)}`);
  }
  const front = explainFront(response, fault);
  if (front?.server !== undefined) facts.push(`server ${visible(front.server, 60)}`);
  const [code, what, remedy] = front?.meaning ?? meaning(purpose, status, fault);
  const said =
    front?.meaning === undefined ? describeFault(fault, facts) : `its text is not repeated (${facts.join(", ")})`;
  return new RequestError(code, `${what}: ${said}`, request, {
    remedy,
    ...(purpose.privilege !== undefined && code === "ERR_AUTHORIZATION"
      ? { details: { privilege: purpose.privilege } }
      : {}),
  });
}

type Meaning = readonly [code: ErrorCode, what: string, remedy: string | undefined];

function meaning(purpose: RequestPurpose, status: number, fault: ApiFault): Meaning {
  const type = fault.errorType;
  if (type === "UNAUTHENTICATED" || (type === undefined && status === 401)) {
    return ["ERR_AUTHENTICATION", "vCenter does not accept the session", "check user and password"];
  }
  if (type === "UNAUTHORIZED" || (type === undefined && status === 403)) {
    return ["ERR_AUTHORIZATION", "vCenter denies the permission", privilegeRemedy(purpose.privilege)];
  }
  if (status >= 300 && status < 400) {
    return ["ERR_RESPONSE_INVALID", "the server redirects, which is not followed", "set server to vCenter itself"];
  }
  if (type === "NOT_FOUND" || type === "OPERATION_NOT_FOUND" || status === 404) return notFound(purpose, status, fault);
  if (status >= 200 && status < 300) {
    return ["ERR_RESPONSE_INVALID", "vCenter returned a status that this operation does not define", undefined];
  }
  const what = status >= 500 ? "vCenter failed" : "vCenter refused the request";
  return ["ERR_API", what, remedyFor(type, status, purpose)];
}

const SET_SERVER = "set server to the Trust Authority vCenter, version 7.0 to 8.0 U3; vSphere 9 no longer has this API";

/** vCenter does not know the service: too old or too new, or the service does not run (yet). */
function saysServiceAbsent(fault: ApiFault): boolean {
  return fault.messages.some(
    ({ id, text }) => id.endsWith("input.invalid.interface") || /cannot find service/i.test(text),
  );
}

function notFound(purpose: RequestPurpose, status: number, fault: ApiFault): Meaning {
  if (purpose.notFound === "ERR_TASK_NOT_FOUND") {
    // A proxy, or a vCenter whose services still start, answers 404 as well: that says nothing about the task.
    if (fault.understood && !saysEndpointAbsent(fault)) {
      return ["ERR_TASK_NOT_FOUND", "vCenter does not know the task any more", undefined];
    }
    return [
      "ERR_ENDPOINT_ABSENT",
      "the server does not answer for tasks",
      "check vCenter's health and the proxy in front of it",
    ];
  }
  // Some requests name nothing that could be unknown: a login, the list of clusters.
  const namesObject = purpose.notFound !== "ERR_ENDPOINT_ABSENT";
  const mayBeObject = namesObject && fault.understood && !saysEndpointAbsent(fault);
  // Anything may answer 404 or 410 with a message. Only vCenter's own error type, at its own status, is definite.
  const isNamed = fault.errorType === "NOT_FOUND" && status === 404 && fault.messages.some(({ id }) => id !== "");
  if (mayBeObject && isNamed) {
    return [purpose.notFound, "vCenter does not find it", CHECK_IDS];
  }
  return [
    "ERR_ENDPOINT_ABSENT",
    mayBeObject
      ? "it is not clear what is not found: the operation, the cluster or the key provider"
      : "this server has no such operation",
    saysServiceAbsent(fault)
      ? `check on vCenter that its service runs (\`service-control --status vmware-trustmanagement\`); if it does, ${SET_SERVER}`
      : SET_SERVER,
  ];
}
