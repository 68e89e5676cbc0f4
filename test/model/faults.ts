// SPDX-License-Identifier: Apache-2.0
// What can go wrong in a history, as data: a fault meets one request, a disturbance comes between two.

/** What a request is for. A `patch` is any write, also the POST of a certificate or of a signing request. */
export type Kind = "login" | "patch" | "read" | "health" | "taskGet" | "taskList";

/** How a write's task ends. */
export type TaskEnd = "SUCCEEDED" | "FAILED" | "vanishes" | "CANCELED";

/** What happens to one request. */
export type Fault =
  | { readonly kind: Kind; readonly what: "refused" | "reset-before" | "reset-after" | "hang" | "absent" | "garbage" }
  | {
      readonly kind: Kind;
      readonly what: "status";
      readonly status: number;
      readonly errorType?: string;
      /** The request was carried out all the same. */
      readonly applied?: boolean;
      /** How long its task takes then; default 500 ms. */
      readonly lastsMs?: number;
      /** The server shows it so long after the task's end. */
      readonly lagMs?: number;
    }
  | { readonly kind: "patch"; readonly what: "id-lost" | "done" }
  /** The connection breaks, and the server takes the request up `afterMs` later: behind a front, or from a queue. */
  | {
      readonly kind: "patch";
      readonly what: "taken-up-late";
      readonly afterMs: number;
      readonly hangs: boolean;
      /** Default SUCCEEDED. */
      readonly ends?: TaskEnd;
    }
  | { readonly kind: "read"; readonly what: "task-fails"; readonly errorType: string }
  | {
      readonly kind: "patch";
      readonly what: "task";
      readonly lastsMs: number;
      readonly ends: TaskEnd;
      readonly blocked?: boolean;
      /** The server shows the new certificate so long after the task's end. */
      readonly lagMs?: number;
      /** Somebody else's certificate takes effect instead. */
      readonly third?: boolean;
    };

/** What happens in the middle of an operation, right before its request number `atRequest` (from 1) is answered. */
export interface Disturbance {
  readonly atRequest: number;
  readonly what:
    | "kill"
    | "expireSessions"
    | "restartKeep"
    | "restartForget"
    | "someoneElse"
    | "clockAhead"
    | "clockBack"
    /** For 3 s something in front of vCenter answers every request: with 503, or with a 404 page. */
    | "front503"
    | "front404"
    /** A task of another key provider of the same cluster begins, and FAILS 4 s later. */
    | "sibling";
}

/** One fault as words, for counts. @param request - the name of the request that meets it */
export function nameOfFault(fault: Fault, request: string): string {
  if (fault.what === "status") return `${request} ${fault.status}${fault.applied === true ? " applied" : ""}`;
  if (fault.what === "taken-up-late") return `${request} taken up late${fault.hangs ? " after a hang" : ""}`;
  if (fault.what === "task") return `${request} task ${fault.ends}${fault.blocked === true ? " blocked" : ""}`;
  return `${request} ${fault.what}`;
}
