// SPDX-License-Identifier: Apache-2.0

// The files of the CA with which the program `made-by-hosts.js` signs.

import type { CertificateAuthority } from "../fixtures/certificates/make";
import { makeCa, pemOfCaKey } from "../fixtures/certificates/make";

/** @param given - default: a new one */
export async function labCaFiles(given?: CertificateAuthority): Promise<Readonly<Record<string, string>>> {
  const ca = given ?? (await makeCa({ subject: "CN=Key Server CA" }));
  return {
    "ca.pem": ca.certificatePem,
    "ca.key": await pemOfCaKey(ca),
    "client.cnf": "extendedKeyUsage=clientAuth\nkeyUsage=digitalSignature\n",
  };
}
