// SPDX-License-Identifier: Apache-2.0
// Which failed request may be repeated, and what must be looked at first. error_type decides; the status only where it
// is missing. Source: vSphere Automation API descriptions 7.0.3 and 8.0.2, statuses counted per error_type (documented);
// the rest is judgement, a reason per row.

import type { RetryDecision } from "../../core/retry";
import { RequestError } from "./request-error";

/** What a failed write means. @internal */
export type WriteVerdict =
  /** Refused for good. */
  | "fail"
  /** Certainly not carried out, and worth repeating after a pause. */
  | "repeat"
  /** Nothing left this machine. */
  | "reconnect"
  /** It may have been carried out: look, then repeat once. */
  | "verify"
  /** It may have been carried out, and vCenter says it would fail again: look, do not repeat. */
  | "verify-only"
  /** What was asked for is already so. */
  | "already";

// A map, since an object would have a verdict for "constructor", too.
const WRITE_BY_ERROR_TYPE: ReadonlyMap<string, WriteVerdict> = new Map(
  Object.entries<WriteVerdict>({
    RESOURCE_BUSY: "repeat", // another change of the same provider runs: it will end
    CONCURRENT_CHANGE: "repeat", // refused because of a concurrent change, not carried out
    ALREADY_IN_DESIRED_STATE: "already", // the read-back decides
    TIMED_OUT: "verify", // "may or may not complete"
    SERVICE_UNAVAILABLE: "verify", // usually not carried out; a proxy may say so after a reset
    INTERNAL_SERVER_ERROR: "verify", // unknown
    RESOURCE_INACCESSIBLE: "verify", // a host was away for a moment
    UNABLE_TO_ALLOCATE_RESOURCE: "verify", // memory or connections, passes
    ERROR: "verify-only", // vCenter's word for "repeating does not help"
  }),
);

const WRITE_BY_STATUS: Readonly<Record<number, WriteVerdict>> = {
  408: "repeat", // the request did not arrive whole
  409: "repeat", // as CONCURRENT_CHANGE
  423: "repeat", // as RESOURCE_BUSY
  425: "repeat",
  429: "repeat", // refused before it was looked at
  500: "verify", // no vAPI body: a proxy or a crash, unknown
  502: "verify", // the upstream may have had it
  503: "verify",
  504: "verify",
};

/** Reads are safe to repeat; these are the answers worth it. */
const READ_AGAIN_BY_ERROR_TYPE: ReadonlySet<string> = new Set([
  "RESOURCE_BUSY",
  "CONCURRENT_CHANGE",
  "TIMED_OUT",
  "SERVICE_UNAVAILABLE",
  "INTERNAL_SERVER_ERROR",
  "RESOURCE_INACCESSIBLE",
  "UNABLE_TO_ALLOCATE_RESOURCE",
  "ERROR",
]);

/** A repeat would lock the account, take the last sessions of others, or talk to a stranger. */
const NEVER_AGAIN: ReadonlySet<string> = new Set(["ERR_AUTHENTICATION", "ERR_SESSION_LIMIT", "ERR_TLS"]);

/** Reads that fail this often in a row fail for good. @internal */
export const MAX_READ_FAILURES = 4;
/** A write whose connection cannot be made is tried this often again. @internal */
export const MAX_RECONNECTS = 3;

/**
 * Judges a failed write.
 *
 * @param error - what the request threw
 * @returns see {@link WriteVerdict}
 * @internal
 */
export function judgeWrite(error: unknown): WriteVerdict {
  if (!(error instanceof RequestError)) return "fail";
  const { fate, httpStatus, fault } = error.request;
  if (error.code === "ERR_TLS" || error.request.repeatsUsedUp === true) return "fail";
  if (fate === "not-sent") return error.code === "ERR_CONNECT" ? "reconnect" : "fail";
  if (fate === "maybe-sent") return "verify";
  if (httpStatus === 429) return "repeat";
  const verdict =
    (fault?.errorType === undefined ? undefined : WRITE_BY_ERROR_TYPE.get(fault.errorType)) ??
    (httpStatus === undefined ? undefined : WRITE_BY_STATUS[httpStatus]) ??
    "fail";
  if (fault?.isTransient === true)
    return verdict === "fail" ? "repeat" : verdict === "verify-only" ? "verify" : verdict;
  if (fault?.isTransient === false && verdict === "repeat") return "fail";
  if (fault?.isTransient === false && verdict === "verify") return "verify-only";
  return verdict;
}

/**
 * Judges a failed read: a GET, or a request that changes nothing.
 *
 * @param error - what the request threw
 * @param failures - failures in a row, this one included
 * @returns how to go on, or undefined to give up
 * @internal
 */
export function judgeRead(error: unknown, failures: number): RetryDecision | undefined {
  if (!(error instanceof RequestError)) return undefined;
  const { fate, httpStatus, fault, retryAfterMs } = error.request;
  if (NEVER_AGAIN.has(error.code) || error.request.repeatsUsedUp === true) return undefined;
  if (fate === "not-sent" && error.code !== "ERR_CONNECT") return undefined;
  if (httpStatus === 429 || httpStatus === 408) return { retryAfterMs, free: true };
  if (failures >= MAX_READ_FAILURES) return undefined;
  if (fate !== "answered") return { retryAfterMs };
  // A body that is cut or garbled once may be whole the next time; twice, something else answers.
  if (error.code === "ERR_RESPONSE_INVALID") return failures < 2 ? { retryAfterMs } : undefined;
  return readMayPass(fault, httpStatus) ? { retryAfterMs } : undefined;
}

/**
 * Whether vCenter could not be reached at all. Where a replacement may be under way that is waited out: nobody is
 * hammered, and giving up early would leave open what the next minute tells.
 *
 * @param error - what a request threw
 * @returns true where no connection was made
 * @internal
 */
export function isOutage(error: unknown): boolean {
  return error instanceof RequestError && error.code === "ERR_CONNECT" && error.request.fate === "not-sent";
}

function readMayPass(fault: RequestError["request"]["fault"], httpStatus: number | undefined): boolean {
  if (fault?.isTransient !== undefined) return fault.isTransient;
  if (fault?.errorType !== undefined && READ_AGAIN_BY_ERROR_TYPE.has(fault.errorType)) return true;
  if (httpStatus === undefined) return false;
  return httpStatus >= 500 || httpStatus === 409 || httpStatus === 423;
}
