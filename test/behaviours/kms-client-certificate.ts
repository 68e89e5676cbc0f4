// SPDX-License-Identifier: Apache-2.0
// KmsClientCertificate as the table sees it.

import assert from "node:assert/strict";
import { fingerprintOfPem, makeCa, makeCertificate } from "../fixtures/certificates/make";
import { KMS_CLIENT_CERTIFICATE } from "../support/driver";
import type { Subject, Which } from "./behaviour";

const TARGET = { cluster: "domain-c8", keyProvider: "kms-1" };

/** Makes two certificates of one CA, and says how they show. */
export async function makeSubject(): Promise<Subject> {
  const ca = await makeCa();
  const [first, second] = await Promise.all([makeCertificate({ ca }), makeCertificate({ ca })]);
  const pairs = { first, second };
  const fingerprint = (which: Which | undefined): string | undefined => which && pairs[which].fingerprint;
  return {
    type: KMS_CLIENT_CERTIFICATE,
    write: "patch",
    read: "readCertificate",
    keys: [first, second],
    inputs: (which) => ({
      ...TARGET,
      certificate: pairs[which].certificatePem,
      privateKey: pairs[which].privateKeyPem,
    }),
    outputs: (which, server) => ({
      ...TARGET,
      __provider: KMS_CLIENT_CERTIFICATE.handlerLine,
      server,
      certificate: pairs[which].certificatePem,
      sha256Fingerprint: pairs[which].fingerprint,
    }),
    put: (simulator, which) => {
      simulator.setCertificate(which === undefined ? null : pairs[which].certificatePem);
    },
    afterDelete: /the certificate stays on the hosts/,
    assertShows: (outputs, which) => {
      assert.equal(outputs["sha256Fingerprint"], fingerprint(which));
    },
    assertAwaits: (outputs, which) => {
      assert.equal(outputs["pendingFingerprint"], fingerprint(which));
    },
    assertHeld: (simulator, which, { cluster, keyProvider }) => {
      assert.equal(fingerprintOfPem(simulator.certificate(cluster, keyProvider)), pairs[which].fingerprint);
    },
  };
}
