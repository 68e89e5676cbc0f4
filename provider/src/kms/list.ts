// SPDX-License-Identifier: Apache-2.0
// What there is on a vCenter: its Trust Authority clusters, and the key providers of one.

import { isCodedError } from "../core/coded-error";
import { retry } from "../core/retry";
import { judgeRead } from "../vsphere/errors/retry-table";
import { listClusters as listClustersOnce } from "../vsphere/kms/clusters";
import type { ClusterSummary } from "../vsphere/kms/clusters";
import { keyProvidersPath } from "../vsphere/kms/key-provider";
import { keyProvidersIn, startListKeyProviders } from "../vsphere/kms/key-providers";
import type { KeyProviderSummary } from "../vsphere/kms/key-providers";
import type { Reading } from "./operation";
import { readResult } from "./read-result";

/** All Trust Authority clusters that the user may see; throws as VsphereApi.call. @internal */
export function listClusters({ connection, deadline }: Reading): Promise<readonly ClusterSummary[]> {
  return retry({
    deadline,
    budget: connection.budget,
    attempt: () => listClustersOnce(connection.api, deadline),
    decide: judgeRead,
  });
}

/** All key providers of a cluster with their health; throws as {@link readResult}. @internal */
export async function listKeyProviders(reading: Reading, cluster: string): Promise<readonly KeyProviderSummary[]> {
  try {
    return await readResult(reading, {
      noun: "list of key providers",
      path: keyProvidersPath(cluster),
      start: (deadline) => startListKeyProviders(reading.connection.api, cluster, deadline),
      decode: keyProvidersIn,
    });
  } catch (error) {
    if (!isCodedError(error, "ERR_KEY_PROVIDER_NOT_FOUND")) throw error;
    throw error.extended({ remedy: "check cluster: `npx pulumi-vsphere-trust-authority list` shows the ids" });
  }
}
