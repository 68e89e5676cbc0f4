// SPDX-License-Identifier: Apache-2.0
// The function `getKmsKeyProviders`.

import type * as pulumi from "@pulumi/pulumi";
import { lookUp, lookUpOutput } from "./lookup";
import type { Lookup } from "./lookup";

/**
 * The arguments of {@link getKmsKeyProviders}.
 *
 * @public
 */
export interface GetKmsKeyProvidersArgs {
  /** ClusterComputeResource id of the Trust Authority cluster, e.g. `domain-c8`. */
  cluster: string;
}

/**
 * The arguments of {@link getKmsKeyProvidersOutput}.
 *
 * @public
 */
export interface GetKmsKeyProvidersOutputArgs {
  /** ClusterComputeResource id of the Trust Authority cluster, e.g. `domain-c8`. */
  cluster: pulumi.Input<string>;
}

/**
 * A key provider of a Trust Authority cluster.
 *
 * @public
 */
export interface KmsKeyProviderSummary {
  /** Its id, for `keyProvider` of the resources. */
  keyProvider: string;
  /**
   * As vCenter says: `OK`, `WARNING`, `ERROR`, or `NONE` if it has no state yet. `UNKNOWN`, a word of this package, if vCenter
   * sent none. `OK` is necessary, not sufficient: some key servers answer although keys are missing.
   */
  health: string;
}

const LOOKUP: Lookup<GetKmsKeyProvidersArgs, KmsKeyProviderSummary[]> = {
  name: "getKmsKeyProviders",
  argNames: ["cluster"],
  listName: "keyProviders",
  find: async (lookups, settings, { cluster }) => [...(await lookups.findKeyProviders(settings, { cluster }))],
};

/**
 * Lists the key providers of a Trust Authority cluster with their health, in previews too. One task of vCenter answers.
 *
 * @param args - which cluster
 * @param opts - `provider` may be a `TrustAuthorityProvider`; a `parent` may have one to inherit
 * @returns all key providers, in vCenter's order
 * @throws Error with a `code` as ERRORS.md lists them: `ERR_KEY_PROVIDER_NOT_FOUND` if the cluster does not exist
 * @example
 * ```ts
 * import { getKmsKeyProviders } from "pulumi-vsphere-trust-authority";
 *
 * export const failing = getKmsKeyProviders({ cluster: "domain-c8" }).then((keyProviders) =>
 *   keyProviders.filter(({ health }) => health !== "OK"),
 * );
 * ```
 * @public
 */
export function getKmsKeyProviders(
  args: GetKmsKeyProvidersArgs,
  opts?: pulumi.InvokeOptions,
): Promise<KmsKeyProviderSummary[]> {
  return lookUp(LOOKUP, args, opts);
}

/**
 * The same as {@link getKmsKeyProviders} with Inputs, as an Output. In a preview it is unknown while the cluster is, or while
 * a resource that it depends on is still to be created.
 *
 * @param args - which cluster
 * @param opts - as of {@link getKmsKeyProviders}, and `dependsOn`
 * @returns all key providers, in vCenter's order
 * @public
 */
export function getKmsKeyProvidersOutput(
  args: GetKmsKeyProvidersOutputArgs,
  opts?: pulumi.InvokeOutputOptions,
): pulumi.Output<KmsKeyProviderSummary[]> {
  return lookUpOutput(LOOKUP, { ...args }, opts);
}
