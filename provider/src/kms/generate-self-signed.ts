// SPDX-License-Identifier: Apache-2.0
// Has the hosts make a new self-signed certificate.

import { CLIENT_CERTIFICATE_SERVICE, postClientCertificate } from "../vsphere/kms/client-certificate";
import type { CertificateInfo } from "../x509/certificate";
import { makeAnother } from "./make-another";
import type { Made, Making } from "./make-another";
import type { Operation } from "./operation";
import { readCertificateIfAny } from "./read-certificate";

/** Generates and proves; throws as writeOnce. @internal */
export function generateSelfSigned(
  operation: Operation,
  options: Pick<Making<CertificateInfo>, "earlierTaskIds" | "onBefore">,
): Promise<Made<CertificateInfo>> {
  const { connection, target, deadline } = operation;
  return makeAnother(operation, {
    noun: "new certificate",
    service: CLIENT_CERTIFICATE_SERVICE,
    send: () => postClientCertificate(connection.api, target, deadline),
    read: readCertificateIfAny,
    ...options,
  });
}
