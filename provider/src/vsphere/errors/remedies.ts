// SPDX-License-Identifier: Apache-2.0
// What to do next, for each error_type of vSphere: the same words whether a request was refused or its task FAILED.

const LOGS = "check vCenter's log (trustmanagement and vapi)";
const IN_USE = "check in vCenter what else uses or changes it, then run `pulumi up` again";

const BY_ERROR_TYPE: ReadonlyMap<string, string> = new Map([
  ["ALREADY_EXISTS", IN_USE],
  ["CANCELED", "somebody cancelled it; run `pulumi up` again"],
  ["CONCURRENT_CHANGE", "another change is under way; try again when it has ended"],
  ["ERROR", LOGS],
  ["FEATURE_IN_USE", IN_USE],
  [
    "INVALID_ARGUMENT",
    "check cluster, keyProvider, certificate and private key; without a private key the certificate must be signed from the hosts' last CSR",
  ],
  [
    "INVALID_ELEMENT_CONFIGURATION",
    "check the configuration of the cluster's hosts and of the key provider in vCenter",
  ],
  ["INVALID_ELEMENT_TYPE", "check the configuration of the cluster's hosts and of the key provider in vCenter"],
  ["INVALID_REQUEST", "check that this vCenter is of version 7.0 to 8.0 U3, and report it to this package"],
  [
    "NOT_ALLOWED_IN_CURRENT_STATE",
    "check the Trust Authority cluster in vCenter: it must be enabled, its hosts connected, and no other change under way",
  ],
  ["RESOURCE_BUSY", "another change is under way; try again when it has ended"],
  ["RESOURCE_IN_USE", IN_USE],
  ["UNEXPECTED_INPUT", "check that this vCenter is of version 7.0 to 8.0 U3, and report it to this package"],
  ["UNSUPPORTED", "check that this vCenter is the Trust Authority vCenter, version 7.0 to 8.0 U3"],
  ["UNVERIFIED_PEER", "check which certificates of the key server vCenter trusts"],
]);

/**
 * What to do after an error of vSphere.
 *
 * @param errorType - one of the 25 names, or another; undefined if it was not sent
 * @param httpStatus - undefined for a task
 * @param privilege - what the operation needs besides `System.View`
 * @returns one sentence without a full stop
 * @internal
 */
export function remedyFor(
  errorType: string | undefined,
  httpStatus: number | undefined,
  privilege: string | undefined,
): string {
  if (errorType === "UNAUTHORIZED") return privilegeRemedy(privilege);
  const remedy = errorType === undefined ? undefined : BY_ERROR_TYPE.get(errorType);
  if (remedy !== undefined) return remedy;
  if (httpStatus === undefined) return "check the task in vCenter, fix the cause, and run `pulumi up` again";
  return httpStatus >= 500 || httpStatus === 429 ? "try again later; if it persists, check vCenter's health" : LOGS;
}

/**
 * Which role is missing.
 *
 * @param privilege - e.g. `TrustedAdmin.ManageKMSTrust`; undefined if the operation needs none of its own
 * @returns one sentence without a full stop
 * @internal
 */
export function privilegeRemedy(privilege: string | undefined): string {
  const also = privilege === undefined ? "" : `${privilege} and `;
  return `give the user a role with ${also}System.View on the Trust Authority cluster`;
}
