// SPDX-License-Identifier: Apache-2.0
// Trust Authority clusters and their key providers: what the hosts hold. No tasks, no HTTP.

import type { StatedHealth } from "./stated-health";
import type { Change } from "./task-store";

/** Public half of what the hosts keep about their last certificate signing request. */
export interface HeldCsr {
  readonly pem: string;
  readonly publicKeyPem: string;
}

/** One key provider of a cluster. A certificate of null: the hosts have none. */
export interface KeyProvider {
  readonly id: string;
  certificatePem: string | null;
  csr: HeldCsr | undefined;
  /** What a person has set. */
  statedHealth?: StatedHealth | undefined;
  /** What its key server has answered last. */
  answeredHealth?: StatedHealth | undefined;
}

/** One Trust Authority cluster. */
export interface Cluster {
  readonly id: string;
  readonly state: "ENABLE" | "DISABLE";
  readonly keyProviders: Map<string, KeyProvider>;
}

/** All clusters of the simulated vCenter. */
export class ClusterStore {
  readonly #clusters = new Map<string, Cluster>();

  add(id: string, keyProviders: readonly KeyProvider[], state: Cluster["state"] = "ENABLE"): void {
    this.#clusters.set(id, { id, state, keyProviders: new Map(keyProviders.map((each) => [each.id, each])) });
  }

  all(): Cluster[] {
    return [...this.#clusters.values()];
  }

  get(id: string): Cluster | undefined {
    return this.#clusters.get(id);
  }

  keyProvider(cluster: string, id: string): KeyProvider | undefined {
    return this.#clusters.get(cluster)?.keyProviders.get(id);
  }

  remove(cluster: string): boolean {
    return this.#clusters.delete(cluster);
  }

  removeKeyProvider(cluster: string, id: string): boolean {
    return this.#clusters.get(cluster)?.keyProviders.delete(id) ?? false;
  }

  clear(): void {
    this.#clusters.clear();
  }

  /** Makes a change visible; a key provider that was removed meanwhile stays removed. */
  apply(cluster: string, keyProvider: string, change: Change): void {
    const held = this.keyProvider(cluster, keyProvider);
    if (held === undefined) return;
    if (change.kind === "certificate") held.certificatePem = change.pem;
    else held.csr = change.csr;
  }
}
