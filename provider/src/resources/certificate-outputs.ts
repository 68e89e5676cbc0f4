// SPDX-License-Identifier: Apache-2.0
// The outputs that follow from a certificate that was read from the server. Their names are part of every state.

import type { Properties } from "../process/properties";
import type { CertificateInfo } from "../x509/certificate";

/** The names, with that of the certificate itself. @internal */
export const CERTIFICATE_OUTPUTS = [
  "certificate",
  "sha256Fingerprint",
  "subject",
  "issuer",
  "serialNumber",
  "notBefore",
  "notAfter",
] as const;

/** The facts of a certificate; `savedText` stays as the program wrote it as long as it is the same certificate. @internal */
export function certificateOutputs(live: CertificateInfo, savedText?: string): Properties {
  const { sha256Fingerprint, subject, issuer, serialNumber, notBefore, notAfter } = live;
  return {
    certificate: savedText ?? live.pem,
    sha256Fingerprint,
    subject,
    issuer,
    serialNumber,
    notBefore,
    notAfter,
  };
}
