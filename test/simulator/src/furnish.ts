// SPDX-License-Identifier: Apache-2.0
// The clusters and key providers that a simulated vCenter starts with.

import type { KeyProvider } from "./cluster-store";
import type { ResolvedOptions } from "./options";
import type { VCenter } from "./vcenter";

/** Puts there what the options say, in place of whatever is there. */
export async function furnish(vcenter: VCenter, options: ResolvedOptions): Promise<void> {
  vcenter.clusters.clear();
  for (const { id, keyProviders = ["kms-1"], state } of options.clusters) {
    const held: KeyProvider[] = [];
    for (const keyProvider of keyProviders) {
      const given = options.initialCertificate;
      const certificatePem = given === undefined ? await vcenter.hostKeys.makeSelfSignedCertificate(id) : given;
      const statedHealth = options.health === undefined ? undefined : { health: options.health };
      held.push({ id: keyProvider, certificatePem, csr: undefined, statedHealth });
    }
    vcenter.clusters.add(id, held, state);
  }
}
