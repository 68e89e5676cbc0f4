// SPDX-License-Identifier: Apache-2.0
// The Trust Authority clusters of a vCenter. Unlike everything about key providers the list is answered at once, without a
// task. Source: vSphere Automation API, trust_authority_clusters, description 7.0.3 (documented).

import type { Deadline } from "../../core/deadline";
import { visible } from "../../core/visible";
import type { VsphereApi } from "../api";
import { isRecord } from "../errors/messages";
import { RequestError } from "../errors/request-error";

/** A Trust Authority cluster, as vCenter lists it. @internal */
export interface ClusterSummary {
  /** ClusterComputeResource id, e.g. `domain-c8`. */
  readonly cluster: string;
  /** `ENABLE` or `DISABLE`; another word if a later release has one. */
  readonly state: string;
}

/** The path of all clusters, without query. @internal */
export const CLUSTERS_PATH = "/api/vcenter/trusted-infrastructure/trust-authority-clusters";
/** What the list needs besides `System.View` on each cluster. Source: as above. @internal */
export const READ_CLUSTERS_PRIVILEGE = "TrustedAdmin.ReadTrustedHosts";
/** Ten thousand clusters. */
const MAX_LIST_BYTES = 1024 * 1024;

/** Lists all clusters that the user may see, with one request. Throws as VsphereApi.call. @internal */
export async function listClusters(api: VsphereApi, deadline: Deadline): Promise<readonly ClusterSummary[]> {
  const { body } = await api.call(
    {
      method: "GET",
      path: CLUSTERS_PATH,
      privilege: READ_CLUSTERS_PRIVILEGE,
      // The list has no id that could be unknown.
      notFound: "ERR_ENDPOINT_ABSENT",
      expected: [200],
      maxBodyBytes: MAX_LIST_BYTES,
    },
    deadline,
  );
  if (!Array.isArray(body)) throw unreadable("is not a list");
  return body.map((wire: unknown) => {
    const { cluster, state } = isRecord(wire) ? wire : {};
    if (typeof cluster !== "string" || cluster === "") throw unreadable("holds an entry without a cluster");
    return { cluster, state: typeof state === "string" ? visible(state, 64) : "UNKNOWN" };
  });
}

function unreadable(why: string): RequestError {
  const facts = { method: "GET", path: CLUSTERS_PATH, fate: "answered" as const, httpStatus: 200 };
  return new RequestError("ERR_RESPONSE_INVALID", `vCenter's answer ${why} (GET ${CLUSTERS_PATH})`, facts);
}
