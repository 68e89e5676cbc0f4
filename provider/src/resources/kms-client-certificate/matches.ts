// SPDX-License-Identifier: Apache-2.0
// That certificate, private key and signing request belong together.

import { CodedError } from "../../core/coded-error";
import type { CertificateInfo } from "../../x509/certificate";
import { GIVE_MATCHING_KEY } from "../../x509/choose-certificate";
import { privateKeyMatches } from "../../x509/private-key";
import type { PrivateKeyInfo } from "../../x509/private-key";
import { carriesRequestKey, parseRequestKey } from "../../x509/request-key";

/** Throws `ERR_CERTIFICATE_INVALID` if the key is not the certificate's. @internal */
export function assertKeyMatches(certificate: CertificateInfo, privateKey: PrivateKeyInfo): void {
  if (privateKeyMatches(certificate, privateKey)) return;
  throw new CodedError("ERR_CERTIFICATE_INVALID", "the private key does not belong to the certificate", {
    details: { violations: ["key-mismatch"] },
    remedy: GIVE_MATCHING_KEY,
  });
}

/**
 * Throws `ERR_CERTIFICATE_INVALID` if the certificate carries another key than the signing request; without a certificate the
 * request alone is read.
 *
 * @internal
 */
export function assertRequestMatches(certificate: CertificateInfo | undefined, signingRequest: string): void {
  const key = parseRequestKey(signingRequest);
  if (certificate === undefined || carriesRequestKey(certificate, key)) return;
  const message = "the certificate does not carry the public key of signingRequest: it was issued for another request";
  throw new CodedError("ERR_CERTIFICATE_INVALID", message, {
    details: { violations: ["request-mismatch"] },
    remedy: "have the CA sign this request, and give the certificate that it issues",
  });
}
