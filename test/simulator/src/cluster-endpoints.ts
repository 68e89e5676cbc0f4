// SPDX-License-Identifier: Apache-2.0
// The two synchronous reads of the family: Trust Authority clusters.
// Source: trust_authority_clusters of VMware's 7.0.3 description (documented).

import type { Answer } from "./answer";
import { json } from "./answer";
import type { Exchange } from "./exchange";
import { assertNoBody, parameter } from "./exchange";
import type { VCenter } from "./vcenter";
import { notFound } from "./vcenter";

/** `GET …/trust-authority-clusters[?cluster=…&state=…]`: 200, a list of `{cluster, state}`. */
export function listClusters(vcenter: VCenter, exchange: Exchange): Answer {
  authorize(vcenter, exchange);
  const ids = exchange.query.getAll("cluster");
  const states = exchange.query.getAll("state");
  const found = vcenter.clusters
    .all()
    .filter(
      ({ id, state }) => (ids.length === 0 || ids.includes(id)) && (states.length === 0 || states.includes(state)),
    );
  return json(
    200,
    found.map(({ id, state }) => ({ cluster: id, state })),
  );
}

/** `GET …/trust-authority-clusters/{cluster}`: 200 `{cluster, state}` or NOT_FOUND. */
export function getCluster(vcenter: VCenter, exchange: Exchange): Answer {
  authorize(vcenter, exchange);
  const id = parameter(exchange, "cluster");
  const cluster = vcenter.clusters.get(id);
  if (cluster === undefined) {
    throw notFound("com.vmware.vcenter.trusted_infrastructure.cluster.notFound", "Cluster %s was not found.", id);
  }
  return json(200, { cluster: id, state: cluster.state });
}

function authorize(vcenter: VCenter, exchange: Exchange): void {
  vcenter.authenticate(exchange);
  assertNoBody(exchange);
  vcenter.authorize("TrustedAdmin.ReadTrustedHosts", "System.View");
}
