// SPDX-License-Identifier: Apache-2.0
// What to do next after an error of vSphere: the same words for a refused request and for a FAILED task.

import { RUNNING_COMMAND } from "../../core/coded-error";
import { ERROR_TYPES } from "./error-types";

/** If vCenter knows no such cluster or key provider. @internal */
export const CHECK_IDS = "check cluster and keyProvider: `npx pulumi-vsphere-trust-authority list` shows the ids";

/** If vCenter refuses what a replacement sends. @internal */
export const CHECK_PAIR =
  "check cluster, keyProvider, certificate and private key; without a private key the certificate must be signed from the hosts' last CSR";

/** What a refusal of an operation can be about. @internal */
export interface RefusedOperation {
  /** What it needs besides `System.View`; undefined: nothing of its own. */
  readonly privilege?: string | undefined;
  /** What to check if vCenter refuses an argument; undefined: it takes nothing from the program. */
  readonly checkArguments?: string | undefined;
}

/** One sentence without a full stop. `httpStatus` is undefined for a task. @internal */
export function remedyFor(
  errorType: string | undefined,
  httpStatus: number | undefined,
  { privilege, checkArguments }: RefusedOperation = {},
): string {
  if (errorType === "UNAUTHORIZED") return privilegeRemedy(privilege);
  if (errorType === "INVALID_ARGUMENT" && checkArguments !== undefined) return checkArguments;
  const remedy = errorType === undefined ? undefined : ERROR_TYPES.get(errorType)?.remedy;
  if (remedy !== undefined) return remedy;
  if (httpStatus === undefined) return `check the task in vCenter, fix the cause, and run \`${RUNNING_COMMAND}\` again`;
  return httpStatus >= 500 || httpStatus === 429
    ? "try again later; if it stays, check vCenter's health"
    : "check vCenter's log (trustmanagement and vapi)";
}

/** Which role is missing; `privilege` is undefined if the operation needs none of its own. @internal */
export function privilegeRemedy(privilege: string | undefined): string {
  const also = privilege === undefined ? "" : `${privilege} and `;
  return `give the user a role with ${also}System.View on the Trust Authority cluster`;
}
