// SPDX-License-Identifier: Apache-2.0
// A key provider of a Trust Authority cluster: how it is named, its path, and what is the same in all its operations.

import type { ApiRequest } from "../api";
import { isRecord } from "../errors/messages";
import { parseJson } from "../http/json";

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

/** The path without query, percent-encoded as `encodeURIComponent` does. @internal */
export function keyProviderPath({ cluster, keyProvider }: KeyProvider): string {
  return `${keyProvidersPath(cluster)}/${encodeURIComponent(keyProvider)}`;
}

/** The path of all key providers of a cluster. @internal */
export function keyProvidersPath(cluster: string): string {
  return `${CLUSTERS_PATH}/${encodeURIComponent(cluster)}/kms/providers`;
}

/** A request that changes what the hosts hold. @internal */
export function writeTo(method: "PATCH" | "POST", path: string): KeyProviderRequest {
  return { method, path, privilege: MANAGE_PRIVILEGE, notFound: "ERR_KEY_PROVIDER_NOT_FOUND" };
}

/** A request that changes nothing. @internal */
export function readOf(path: string): KeyProviderRequest {
  return { method: "GET", path, privilege: READ_PRIVILEGE, notFound: "ERR_KEY_PROVIDER_NOT_FOUND" };
}

type KeyProviderRequest = Pick<ApiRequest, "method" | "path" | "privilege" | "notFound">;

/** A PEM text in the result of a read, as the server wrote it; undefined if there is none. @internal */
export function pemIn(result: unknown, field: "certificate" | "csr"): string | undefined {
  const record = typeof result === "string" ? parseJson(result) : result;
  const pem = isRecord(record) ? record[field] : undefined;
  return typeof pem === "string" && pem !== "" ? pem : undefined;
}
