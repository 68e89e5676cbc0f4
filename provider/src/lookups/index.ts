// SPDX-License-Identifier: Apache-2.0
// The functions of the package behind their names, in the program's process. Nothing here is loaded before one is called.

import { listClusters, listKeyProviders } from "../kms/list";
import { readCertificate } from "../kms/read-certificate";
import type { KeyProvider } from "../vsphere/kms/key-provider";
import { sharedRead } from "./shared-session";
import type { ProgramSettings } from "./shared-session";

export type { ProgramSettings } from "./shared-session";

/** @internal */
export interface FoundCertificate {
  readonly server: string;
  readonly certificate: string;
  readonly sha256Fingerprint: string;
  readonly subject: string;
  readonly issuer: string;
  readonly serialNumber: string;
  readonly notBefore: string;
  readonly notAfter: string;
}

/** @internal */
export function findClientCertificate(settings: ProgramSettings, target: KeyProvider): Promise<FoundCertificate> {
  const attempted = { what: "Reading the client certificate", target };
  return sharedRead(settings, attempted, async (reading, server) => {
    const { pem, sha256Fingerprint, subject, issuer, serialNumber, notBefore, notAfter } = await readCertificate({
      ...reading,
      target,
    });
    return { server, certificate: pem, sha256Fingerprint, subject, issuer, serialNumber, notBefore, notAfter };
  });
}

/** @internal */
export function findKeyProviders(
  settings: ProgramSettings,
  target: Pick<KeyProvider, "cluster">,
): Promise<readonly { keyProvider: string; health: string }[]> {
  const attempted = { what: "Listing the key providers", target };
  return sharedRead(settings, attempted, (reading) => listKeyProviders(reading, target.cluster));
}

/** @internal */
export function findClusters(settings: ProgramSettings): Promise<readonly { cluster: string; state: string }[]> {
  return sharedRead(settings, { what: "Listing the Trust Authority clusters" }, listClusters);
}
