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

/** The names of what {@link previousOutputs} gives. @internal */
export const PREVIOUS_OUTPUTS = ["previousSha256Fingerprint", "previousSerialNumber"] as const;

/**
 * The outputs that name the certificate which the last update replaced, for its revocation at the key server. Kept as they
 * are saved if the server holds what it held. `replaced`: what a read has shown right before, if it was read.
 *
 * @internal
 */
export function previousOutputs(
  saved: Properties,
  live: CertificateInfo,
  replaced: { readonly sha256Fingerprint?: unknown; readonly serialNumber?: unknown } = saved,
): Properties {
  const { sha256Fingerprint, serialNumber } = replaced;
  const isAnother = typeof sha256Fingerprint === "string" && sha256Fingerprint !== live.sha256Fingerprint;
  const { previousSha256Fingerprint, previousSerialNumber } = isAnother
    ? { previousSha256Fingerprint: sha256Fingerprint, previousSerialNumber: serialNumber }
    : saved;
  const outputs = { previousSha256Fingerprint, previousSerialNumber };
  return Object.fromEntries(Object.entries(outputs).filter(([, value]) => value !== undefined));
}

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
