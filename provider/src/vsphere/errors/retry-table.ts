// SPDX-License-Identifier: Apache-2.0
// Which failed request may be repeated, and what a failed write means. error_type decides; the status only if it is
// missing.

import type { RetryDecision } from "../../core/retry";
import { ERROR_TYPES } from "./error-types";
import type { WriteFate } from "./error-types";
import { RequestError } from "./request-error";

/** What a failed write means, and whether it may be sent again. @internal */
export interface WriteVerdict {
  readonly fate: WriteFate;
  /** After an ambiguous send that was not applied: whether it may be sent once more. */
  readonly mayRepeat: boolean;
}

/** By status, for answers without an error type. A 4xx was refused before it was carried out, but for a time-out. */
const REFUSED_FOR_NOW: ReadonlySet<number> = new Set([
  409, // as CONCURRENT_CHANGE
  423, // as RESOURCE_BUSY
  425,
  429, // refused before it was read
]);
/** A proxy, or vSphere's own runtime, gave up waiting: the request may still be carried out. */
const TIMED_OUT = 408;
/** A proxy or load balancer cannot reach vCenter. */
const UNREACHABLE: ReadonlySet<number> = new Set([502, 503, 504]);
/** A page of these does not pass by itself. */
const NOT_SUPPORTED: ReadonlySet<number> = new Set([501, 505]);
/** A repeat would lock the account, take the last sessions of others, or talk to a stranger. */
const NEVER_AGAIN: ReadonlySet<string> = new Set(["ERR_AUTHENTICATION", "ERR_SESSION_LIMIT", "ERR_TLS"]);

/** Reads that fail this often in a row, in a way that does not pass by itself, are given up. */
const MAX_READ_FAILURES = 4;

/** Judges a failed write. @internal */
export function judgeWrite(error: unknown): WriteVerdict {
  const fate = writeFate(error);
  const transient = error instanceof RequestError ? error.request.fault?.isTransient : undefined;
  if (transient === true && fate === "refused") return { fate: "refused-for-now", mayRepeat: true };
  if (transient === false && fate === "refused-for-now") return { fate: "refused", mayRepeat: false };
  const isFinal =
    transient === undefined && error instanceof RequestError && error.request.fault?.errorType === "ERROR";
  // ERROR is vCenter's word for "repeating does not help".
  return { fate, mayRepeat: transient !== false && !isFinal };
}

function writeFate(error: unknown): WriteFate {
  // What is no RequestError was thrown before anything was sent.
  if (!(error instanceof RequestError) || error.code === "ERR_TLS") return "refused";
  const { fate, httpStatus = 0, fault, repeatsUsedUp } = error.request;
  if (fate === "not-sent")
    return error.code === "ERR_CONNECT" && repeatsUsedUp !== true ? "refused-for-now" : "refused";
  if (fate === "maybe-sent") return "ambiguous";
  if (httpStatus === 429) return "refused-for-now";
  const byType = fault?.errorType === undefined ? undefined : ERROR_TYPES.get(fault.errorType)?.write;
  if (byType !== undefined) return byType;
  if (REFUSED_FOR_NOW.has(httpStatus)) return "refused-for-now";
  // A 404 page is what a front shows while vCenter's services start: nobody knows what it did with the request.
  if (httpStatus === 404 && fault?.understood !== true) return "ambiguous";
  return httpStatus >= 300 && httpStatus < 500 && httpStatus !== TIMED_OUT ? "refused" : "ambiguous";
}

/**
 * Judges a failed read: a GET, or a request that changes nothing. An outage is waited out for as long as there is time;
 * anything else may fail 4 times in a row.
 *
 * @internal
 */
export function judgeRead(error: unknown, failures: number): RetryDecision | undefined {
  if (!(error instanceof RequestError) || NEVER_AGAIN.has(error.code)) return undefined;
  const { fate, httpStatus, fault, retryAfterMs, repeatsUsedUp } = error.request;
  if (repeatsUsedUp === true) return undefined;
  if (isOutage(error) || httpStatus === 429 || httpStatus === TIMED_OUT) return { retryAfterMs, free: true };
  if (fate === "not-sent" || failures >= MAX_READ_FAILURES) return undefined;
  if (fate === "maybe-sent") return { retryAfterMs };
  // A body that is cut or garbled once may be whole the next time; twice, something else answers.
  if (error.code === "ERR_RESPONSE_INVALID") return failures < 2 ? { retryAfterMs } : undefined;
  return readMayPass(fault, httpStatus ?? 0) ? { retryAfterMs } : undefined;
}

/** Judges a read that has had its own repeats: only an outage, or a server that asked to come back later, may pass. @internal */
export function judgeRepeatedRead(error: unknown): RetryDecision | undefined {
  if (!(error instanceof RequestError)) return undefined;
  const { httpStatus, retryAfterMs } = error.request;
  return isOutage(error) || httpStatus === 429 || httpStatus === TIMED_OUT ? { retryAfterMs, free: true } : undefined;
}

/**
 * Whether vCenter cannot be reached at all: refused, reset, DNS, 502 to 504, or a page of something in front of it (404, 5xx).
 * That passes by itself, and asking again overloads nobody.
 *
 * @internal
 */
export function isOutage(error: unknown): boolean {
  if (!(error instanceof RequestError) || error.request.repeatsUsedUp === true) return false;
  if (error.code === "ERR_CONNECT") return true;
  const { fate, httpStatus = 0, fault } = error.request;
  if (fate !== "answered" || httpStatus < 400) return false;
  if (fault?.isTransient === false) return false;
  if (fault?.errorType !== undefined) return fault.errorType === "SERVICE_UNAVAILABLE";
  if (UNREACHABLE.has(httpStatus)) return true;
  return fault?.understood !== true && (httpStatus === 404 || (httpStatus >= 500 && !NOT_SUPPORTED.has(httpStatus)));
}

function readMayPass(fault: RequestError["request"]["fault"], httpStatus: number): boolean {
  if (fault?.isTransient !== undefined) return fault.isTransient;
  const byType = fault?.errorType === undefined ? undefined : ERROR_TYPES.get(fault.errorType)?.readMayPass;
  return byType ?? (httpStatus >= 500 || httpStatus === 409 || httpStatus === 423);
}
