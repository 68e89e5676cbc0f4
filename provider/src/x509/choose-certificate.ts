// SPDX-License-Identifier: Apache-2.0
// Which of several certificates in one text or file is the client's: the one that fits the key or the signing request, else
// the only one that is no CA.

import { CodedError } from "../core/coded-error";
import type { CertificateInfo } from "./certificate-info";
import { parseExtensions } from "./extensions";
import type { PrivateKeyInfo } from "./private-key";
import { privateKeyMatches } from "./private-key";
import type { SigningRequestKey } from "./request-key";
import { carriesRequestKey } from "./request-key";

export interface CertificateChoice {
  readonly leaf: CertificateInfo;
  /** What is not sent, in the order of the input. */
  readonly leftOut: readonly CertificateInfo[];
}

const MAX_NAMED = 5;

/**
 * A single certificate is chosen whatever the key or the signing request is: that they fit is checked elsewhere. Throws
 * `ERR_CERTIFICATE_INVALID` if none or several could be the client's.
 */
export function chooseCertificate(
  certificates: readonly CertificateInfo[],
  fitting?: PrivateKeyInfo | SigningRequestKey,
): CertificateChoice {
  const unique = [...new Map(certificates.map((each) => [each.sha256Fingerprint, each])).values()];
  const candidates =
    unique.length === 1
      ? unique
      : unique.filter((each) => (fitting === undefined ? !isIssuer(each, unique) : fits(each, fitting)));
  const [leaf, second] = candidates;
  if (leaf === undefined || second !== undefined) throw noChoice(unique, candidates, fitting);
  return { leaf, leftOut: unique.filter((each) => each !== leaf) };
}

function fits(certificate: CertificateInfo, fitting: PrivateKeyInfo | SigningRequestKey): boolean {
  return "pem" in fitting ? privateKeyMatches(certificate, fitting) : carriesRequestKey(certificate, fitting);
}

/** Whether it is a CA's: its basicConstraints say so, or (version 1 has none) it issued one of the others. */
function isIssuer(certificate: CertificateInfo, all: readonly CertificateInfo[]): boolean {
  try {
    if (parseExtensions(certificate.der).isCa) return true;
  } catch {
    // The rules report a damaged structure.
  }
  return all.some((other) => other !== certificate && other.x509.checkIssued(certificate.x509));
}

function noChoice(
  all: readonly CertificateInfo[],
  found: readonly CertificateInfo[],
  fitting: PrivateKeyInfo | SigningRequestKey | undefined,
): CodedError {
  const named = namesOf(found.length > 0 ? found : all);
  if (fitting !== undefined) {
    const [to, violation, remedy] =
      "pem" in fitting
        ? (["private key", "key-mismatch", GIVE_MATCHING_KEY] as const)
        : (["signing request", "request-mismatch", GIVE_ISSUED] as const);
    return found.length === 0
      ? refusal(violation, `none of the ${all.length} certificates belongs to the ${to}: ${named}`, remedy)
      : refusal("several-certificates", `${found.length} certificates belong to the ${to}: ${named}`, GIVE_ONE);
  }
  return found.length === 0
    ? refusal("only-ca-certificates", `all ${all.length} certificates are CA certificates: ${named}`, GIVE_ONE)
    : refusal("several-certificates", `${found.length} certificates could be the client's: ${named}`, GIVE_ONE_OR_KEY);
}

/** The remedy for a key of another certificate. */
export const GIVE_MATCHING_KEY =
  "give the key that the certificate was issued for; leave the key out for a certificate signed from the hosts' CSR";
const GIVE_ISSUED = "give the certificate that the CA issued for this request";
const GIVE_ONE = "give the client's certificate alone";
const GIVE_ONE_OR_KEY = "give the client's certificate alone, or also the private key, which tells which one it is";

function refusal(violation: string, message: string, remedy: string): CodedError {
  return new CodedError("ERR_CERTIFICATE_INVALID", message, { details: { violations: [violation] }, remedy });
}

/** At most five of them, for a message. */
export function namesOf(certificates: readonly CertificateInfo[]): string {
  const names = certificates.slice(0, MAX_NAMED).map(({ subject, serialNumber }) => {
    return `${subject === "" ? "no subject" : subject} (serial number ${serialNumber})`;
  });
  const more = certificates.length - names.length;
  return `${names.join("; ")}${more > 0 ? `; and ${more} more` : ""}`;
}
