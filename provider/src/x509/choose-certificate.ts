// SPDX-License-Identifier: Apache-2.0
// Which of several certificates in one text or file is the client's: the one that fits the key, else the only one that is
// no CA.

import { CodedError } from "../core/coded-error";
import type { CertificateInfo } from "./certificate-info";
import { parseExtensions } from "./extensions";
import type { PrivateKeyInfo } from "./private-key";
import { privateKeyMatches } from "./private-key";

export interface CertificateChoice {
  readonly leaf: CertificateInfo;
  /** What is not sent, in its order. */
  readonly leftOut: readonly CertificateInfo[];
}

const MAX_NAMED = 5;

/**
 * A single certificate is chosen whatever the key is: that they fit is checked elsewhere. Throws
 * `ERR_CERTIFICATE_INVALID` if none or several come into question.
 */
export function chooseCertificate(
  certificates: readonly CertificateInfo[],
  privateKey?: PrivateKeyInfo,
): CertificateChoice {
  const unique = [...new Map(certificates.map((each) => [each.sha256Fingerprint, each])).values()];
  const candidates =
    unique.length === 1
      ? unique
      : unique.filter((each) => (privateKey ? privateKeyMatches(each, privateKey) : !isIssuer(each, unique)));
  const [leaf, second] = candidates;
  if (leaf === undefined || second !== undefined) throw noChoice(unique, candidates, privateKey !== undefined);
  return { leaf, leftOut: unique.filter((each) => each !== leaf) };
}

/** A CA by its own word, or (version 1 has no such word) because it issued one of the others. */
function isIssuer(certificate: CertificateInfo, all: readonly CertificateInfo[]): boolean {
  try {
    if (parseExtensions(certificate.der).isCa) return true;
  } catch {
    // A damaged structure is for the rules to tell.
  }
  return all.some((other) => other !== certificate && other.x509.checkIssued(certificate.x509));
}

function noChoice(all: readonly CertificateInfo[], fitting: readonly CertificateInfo[], byKey: boolean): CodedError {
  const named = namesOf(fitting.length > 0 ? fitting : all);
  if (byKey) {
    return fitting.length === 0
      ? refusal("key-mismatch", `none of the ${all.length} certificates belongs to the private key: ${named}`, GIVE_KEY)
      : refusal("several-certificates", `${fitting.length} certificates belong to the private key: ${named}`, GIVE_ONE);
  }
  return fitting.length === 0
    ? refusal("only-ca-certificates", `all ${all.length} certificates are of CAs: ${named}`, GIVE_ONE)
    : refusal(
        "several-certificates",
        `${fitting.length} certificates could be the client's: ${named}`,
        GIVE_ONE_OR_KEY,
      );
}

const GIVE_KEY =
  "give the key that the certificate was issued for; leave the key out for a certificate signed from the hosts' CSR";
const GIVE_ONE = "give the client's certificate alone";
const GIVE_ONE_OR_KEY = "give the client's certificate alone, or also the private key, which tells which one it is";

function refusal(violation: string, message: string, remedy: string): CodedError {
  return new CodedError("ERR_CERTIFICATE_INVALID", message, { details: { violations: [violation] }, remedy });
}

function namesOf(certificates: readonly CertificateInfo[]): string {
  const names = certificates.slice(0, MAX_NAMED).map(({ subject, serialNumber }) => {
    return `${subject === "" ? "no subject" : subject} (serial number ${serialNumber})`;
  });
  const more = certificates.length - names.length;
  return `${names.join("; ")}${more > 0 ? `; and ${more} more` : ""}`;
}
