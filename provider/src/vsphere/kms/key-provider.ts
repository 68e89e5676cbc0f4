// SPDX-License-Identifier: Apache-2.0
// A key provider of a Trust Authority cluster: how it is named, its path, and what its operations need.

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
  const clusterPath = `/api/vcenter/trusted-infrastructure/trust-authority-clusters/${encodeURIComponent(cluster)}`;
  return `${clusterPath}/kms/providers/${encodeURIComponent(keyProvider)}`;
}
