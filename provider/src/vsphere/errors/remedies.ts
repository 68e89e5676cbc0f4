// SPDX-License-Identifier: Apache-2.0
// What to do next after an error of vSphere: the same words for a refused request and for a FAILED task.

import { RUNNING_COMMAND } from "../../core/coded-error";
import { ERROR_TYPES } from "./error-types";

/** One sentence without a full stop. `httpStatus` is undefined for a task. @internal */
export function remedyFor(
  errorType: string | undefined,
  httpStatus: number | undefined,
  privilege: string | undefined,
): string {
  if (errorType === "UNAUTHORIZED") return privilegeRemedy(privilege);
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
