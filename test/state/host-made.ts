// SPDX-License-Identifier: Apache-2.0
// What the recordings declare, from 0.2.0 on, of the types that the hosts make themselves.

import type { Declaration } from "../e2e/scene";

const options = { cluster: "domain-c8", triggers: ["first"], adopt: true, timeoutSeconds: 60 };

export const HOST_MADE: readonly Declaration[] = [
  { type: "KmsSelfSignedClientCertificate", name: "kms-3", args: { ...options, keyProvider: "kms-3" } },
  { type: "KmsClientCertificateSigningRequest", name: "kms-4", args: { ...options, keyProvider: "kms-4" } },
];
