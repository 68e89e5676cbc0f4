// SPDX-License-Identifier: Apache-2.0
// A key provider of a Trust Authority cluster: how it is named, its path, and what is the same in all its operations.

import { CodedError } from "../../core/coded-error";
import type { ApiRequest } from "../api";
import { isRecord } from "../errors/messages";
import { CHECK_IDS } from "../errors/remedies";
import { CLUSTERS_PATH } from "./clusters";

/** Which key provider. @internal */
export interface KeyProvider {
  /** ClusterComputeResource id of the Trust Authority cluster, e.g. `domain-c8`. */
  readonly cluster: string;
  /** Id of the key provider; vSphere's path parameter `provider`. */
  readonly keyProvider: string;
}

/** What changing needs besides `System.View` on the cluster. Source: description 7.0.3 (documented). @internal */
export const MANAGE_PRIVILEGE = "TrustedAdmin.ManageKMSTrust";
/** What reading needs besides `System.View` on the cluster. Source: as above. @internal */
export const READ_PRIVILEGE = "TrustedAdmin.ReadKMSTrust";

/** The path without query, percent-encoded as `encodeURIComponent` does. @throws CodedError `ERR_INPUT_INVALID` @internal */
export function keyProviderPath({ cluster, keyProvider }: KeyProvider): string {
  return `${keyProvidersPath(cluster)}/${segment("keyProvider", keyProvider)}`;
}

/** The path of all key providers of a cluster. @throws CodedError `ERR_INPUT_INVALID` @internal */
export function keyProvidersPath(cluster: string): string {
  return `${CLUSTERS_PATH}/${segment("cluster", cluster)}/kms/providers`;
}

/** The two ids that would lead to another path; `check` refuses them before, with all others that cannot be. */
function segment(input: keyof KeyProvider, id: string): string {
  if (id === "." || id === "..") throw new CodedError("ERR_INPUT_INVALID", `${input} must not be "${id}"`);
  return encodeURIComponent(id);
}

const BY_ITS_IDS = { checkArguments: CHECK_IDS, notFound: "ERR_KEY_PROVIDER_NOT_FOUND" } as const;

/** A request that changes what the hosts hold. @internal */
export function writeTo(method: "PATCH" | "POST", path: string): KeyProviderRequest {
  return { method, path, privilege: MANAGE_PRIVILEGE, ...BY_ITS_IDS };
}

/** A request that changes nothing. @internal */
export function readOf(path: string): KeyProviderRequest {
  return { method: "GET", path, privilege: READ_PRIVILEGE, ...BY_ITS_IDS };
}

type KeyProviderRequest = Pick<ApiRequest, "method" | "path" | "privilege" | "checkArguments" | "notFound">;

/** A PEM text in the result of a read, as the server wrote it. @throws TypeError if it holds no PEM @internal */
export function pemIn(result: unknown, field: "certificate" | "csr"): string {
  const pem = isRecord(result) ? result[field] : undefined;
  if (typeof pem !== "string" || pem === "") throw new TypeError(`the result holds no ${field}`);
  return pem;
}
