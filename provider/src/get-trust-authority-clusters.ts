// SPDX-License-Identifier: Apache-2.0
// The function `getTrustAuthorityClusters`.

import type * as pulumi from "@pulumi/pulumi";
import { lookUp, lookUpOutput } from "./lookup";
import type { Lookup } from "./lookup";

/**
 * A Trust Authority cluster.
 *
 * @public
 */
export interface TrustAuthorityClusterSummary {
  /** ClusterComputeResource id, e.g. `domain-c8`, for `cluster` of the resources. */
  cluster: string;
  /** `ENABLE` or `DISABLE`, as vCenter says. `UNKNOWN`, a word of this package, if vCenter sent none. */
  state: string;
}

const LOOKUP: Lookup<object, TrustAuthorityClusterSummary[]> = {
  name: "getTrustAuthorityClusters",
  argNames: [],
  listName: "clusters",
  find: async (lookups, settings) => [...(await lookups.findClusters(settings))],
};

/**
 * Lists the Trust Authority clusters of a vCenter that its user may see, in previews too.
 *
 * @param opts - `provider` may be a `TrustAuthorityProvider`; a `parent` may have one to inherit
 * @returns all clusters, in vCenter's order
 * @throws Error with a `code` as ERRORS.md lists them: `ERR_ENDPOINT_ABSENT` if the server is no Trust Authority vCenter, or
 * is vSphere 9
 * @example
 * ```ts
 * import { getTrustAuthorityClusters } from "pulumi-vsphere-trust-authority";
 *
 * export const enabled = getTrustAuthorityClusters().then((clusters) =>
 *   clusters.filter(({ state }) => state === "ENABLE"),
 * );
 * ```
 * @public
 */
export function getTrustAuthorityClusters(opts?: pulumi.InvokeOptions): Promise<TrustAuthorityClusterSummary[]> {
  return lookUp(LOOKUP, {}, opts);
}

/**
 * The same as {@link getTrustAuthorityClusters}, as an Output. In a preview it is unknown while a resource that it depends on
 * is still to be created.
 *
 * @param opts - as of {@link getTrustAuthorityClusters}, and `dependsOn`
 * @returns all clusters, in vCenter's order
 * @public
 */
export function getTrustAuthorityClustersOutput(
  opts?: pulumi.InvokeOutputOptions,
): pulumi.Output<TrustAuthorityClusterSummary[]> {
  return lookUpOutput(LOOKUP, {}, opts);
}
