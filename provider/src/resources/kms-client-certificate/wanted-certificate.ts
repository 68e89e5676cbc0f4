// SPDX-License-Identifier: Apache-2.0
// Which of the given certificates is meant: the one that fits the key or the signing request, else the only one that is no CA.

import { CodedError, isCodedError } from "../../core/coded-error";
import { parseCertificate, rememberCertificate } from "../../x509/certificate";
import type { CertificateInfo } from "../../x509/certificate";
import type { CertificateChoice } from "../../x509/choose-certificate";
import { chooseCertificate } from "../../x509/choose-certificate";
import type { PrivateKeyInfo } from "../../x509/private-key";
import { parseRequestKey } from "../../x509/request-key";
import type { Known } from "../decode-inputs";
import { NotKnownYet } from "./given-pair";
import type { GivenPair } from "./given-pair";
import type { KmsClientCertificateInputs } from "./inputs";

type Inputs = Pick<Known<KmsClientCertificateInputs>, "signingRequest">;

/**
 * Chooses. The key is read only if it must be: not for a certificate that is alone, or is the state's.
 *
 * @param inState - SHA-256 of the certificate in the state
 * @throws CodedError as the reading of certificate and key, and `ERR_CERTIFICATE_INVALID` if none or several could be meant
 * @internal
 */
export async function chooseWanted(
  pair: GivenPair,
  { signingRequest }: Inputs,
  inState: string | undefined,
): Promise<CertificateChoice> {
  const { certificates, hasPrivateKey } = await pair.certificates();
  if (hasPrivateKey) assertKeyIsGiven(pair);
  for (const certificate of certificates) rememberCertificate(certificate);
  if (certificates.length === 1) return chooseCertificate(certificates);
  const byItself = attempt(() => chooseCertificate(certificates));
  if (inState !== undefined && byItself?.leaf.sha256Fingerprint === inState) return byItself;
  if (!pair.hasKey) {
    return chooseCertificate(certificates, signingRequest === undefined ? undefined : parseRequestKey(signingRequest));
  }
  let key: PrivateKeyInfo | undefined;
  try {
    key = await pair.privateKey();
  } catch (error) {
    // The check of the key says why it cannot be read.
    if (byItself === undefined) throw error;
  }
  if (key !== undefined) return chooseCertificate(certificates, key);
  if (byItself !== undefined) return byItself;
  throw new NotKnownYet();
}

/** Else the certificate would be sent without its key, as one that was signed from the hosts' request. */
export function assertKeyIsGiven(pair: GivenPair): void {
  if (pair.hasKey) return;
  throw new CodedError("ERR_INPUT_INVALID", "certificateFile also holds a private key, and no key is given", {
    remedy:
      "set privateKeyFile to the same path; or, for a certificate signed from the hosts' CSR, remove the key from the file",
  });
}

/** Whether a text is this certificate in PEM, alone, with its line ends: what reads an output takes no other. @internal */
export function isOnePem(text: string | undefined, { sha256Fingerprint }: CertificateInfo): boolean {
  return (
    text !== undefined &&
    /^[ \t]*-----BEGIN [A-Z0-9 ]+-----\s*$/m.test(text) &&
    fingerprintOfPem(text) === sha256Fingerprint
  );
}

/** The fingerprint of a certificate in saved inputs; undefined if it is no certificate. @internal */
export function fingerprintOfPem(pem: unknown): string | undefined {
  return parseOne(pem)?.sha256Fingerprint;
}

/** The one certificate in a text; undefined if it is something else. @internal */
export function parseOne(pem: unknown): CertificateInfo | undefined {
  return typeof pem === "string" ? attempt(() => parseCertificate(pem)) : undefined;
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (isCodedError(error)) return undefined;
    throw error;
  }
}
