// SPDX-License-Identifier: Apache-2.0
// The 25 error types of vSphere: what a failed write with such an answer means, whether a read may be repeated, and what
// the user should do. Statuses: vSphere Automation API descriptions 7.0.3 and 8.0.2, counted per type (documented).

import { RUNNING_COMMAND } from "../../core/coded-error";

/** What a failed write means. @internal */
export type WriteFate =
  /** Certainly not carried out, and the same request would be refused again. */
  | "refused"
  /** Certainly not carried out, and worth repeating after a pause. */
  | "refused-for-now"
  /** It may have been carried out. */
  | "ambiguous"
  /** What was asked for is there already. */
  | "already";

/** What is known of one error type. @internal */
export interface ErrorTypeFacts {
  /** HTTP statuses that it comes with; empty: with no operation of the descriptions. */
  readonly statuses: readonly number[];
  readonly write: WriteFate;
  /** Whether the same read may work a moment later. */
  readonly readMayPass: boolean;
  /** One sentence without a full stop; undefined: the caller's own advice. */
  readonly remedy: string | undefined;
}

const LOGS = "check vCenter's log (trustmanagement and vapi)";
const IN_USE = `check in vCenter what else uses or changes it, then run \`${RUNNING_COMMAND}\` again`;
const ANOTHER_CHANGE = "another change is under way; try again when it has ended";
const ELEMENTS = "check the configuration of the cluster's hosts and of the key provider in vCenter";
const OUR_REQUEST = "check that this vCenter is of version 7.0 to 8.0 U3, and report it to this package";
const STATE =
  "check the Trust Authority cluster in vCenter: it must be enabled, its hosts connected, and no other change under way";

type Row = readonly [statuses: readonly number[], write: WriteFate, readMayPass: boolean, remedy: string | undefined];

const ROWS: Readonly<Record<string, Row>> = {
  ALREADY_EXISTS: [[400], "refused", false, IN_USE],
  ALREADY_IN_DESIRED_STATE: [[400], "already", false, undefined],
  CANCELED: [[400], "ambiguous", false, `somebody cancelled it; run \`${RUNNING_COMMAND}\` again`],
  CONCURRENT_CHANGE: [[409], "refused-for-now", true, ANOTHER_CHANGE],
  ERROR: [[500], "ambiguous", true, LOGS], // "any other error": says nothing about what was done
  FEATURE_IN_USE: [[400], "refused", false, IN_USE],
  INTERNAL_SERVER_ERROR: [[500], "ambiguous", true, undefined],
  INVALID_ARGUMENT: [[400], "refused", false, undefined], // what can be wrong depends on what was sent
  INVALID_ELEMENT_CONFIGURATION: [[400], "refused", false, ELEMENTS],
  INVALID_ELEMENT_TYPE: [[400], "refused", false, ELEMENTS],
  INVALID_REQUEST: [[], "refused", false, OUR_REQUEST],
  NOT_ALLOWED_IN_CURRENT_STATE: [[400], "refused", false, STATE],
  NOT_FOUND: [[404], "refused", false, undefined],
  OPERATION_NOT_FOUND: [[], "refused", false, undefined],
  RESOURCE_BUSY: [[500], "refused-for-now", true, ANOTHER_CHANGE], // another change of the same key provider runs
  RESOURCE_INACCESSIBLE: [[500], "ambiguous", true, undefined], // a host was away for a moment
  RESOURCE_IN_USE: [[400], "refused", false, IN_USE],
  SERVICE_UNAVAILABLE: [[503], "ambiguous", true, undefined], // a proxy may say so after a reset
  TIMED_OUT: [[500], "ambiguous", true, undefined], // "may or may not complete"
  UNABLE_TO_ALLOCATE_RESOURCE: [[500], "ambiguous", true, undefined],
  UNAUTHENTICATED: [[401], "refused", false, undefined],
  UNAUTHORIZED: [[403], "refused", false, undefined],
  UNEXPECTED_INPUT: [[], "refused", false, OUR_REQUEST],
  UNSUPPORTED: [
    [400],
    "refused",
    false,
    "check that this vCenter is the Trust Authority vCenter, version 7.0 to 8.0 U3",
  ],
  UNVERIFIED_PEER: [[400], "refused", false, "check which certificates of the key server vCenter trusts"],
};

/** Every error type. A map, because an object would also know "constructor". @internal */
export const ERROR_TYPES: ReadonlyMap<string, ErrorTypeFacts> = new Map(
  Object.entries(ROWS).map(([type, [statuses, write, readMayPass, remedy]]) => [
    type,
    { statuses, write, readMayPass, remedy },
  ]),
);
