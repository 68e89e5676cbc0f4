// SPDX-License-Identifier: Apache-2.0
// The certificate that a program wants: key and dates are checked by `check` as early as possible, and once more right
// before it is sent, because files and dates change in between.

import { CodedError, isCodedError } from "../../core/coded-error";
import { readBoundedFile } from "../../process/bounded-file";
import { parseCertificate } from "../../x509/certificate";
import type { CertificateInfo } from "../../x509/certificate";
import { parsePrivateKey, privateKeyMatches, privateKeyWorks } from "../../x509/private-key";
import type { PrivateKeyInfo } from "../../x509/private-key";
import { checkDates } from "../../x509/rules";
import type { Known } from "../decode-inputs";
import type { KmsClientCertificateInputs } from "./inputs";

/** Everything that a replacement sends. @internal */
export interface DesiredCertificate {
  readonly certificate: CertificateInfo;
  readonly privateKeyPem: string | undefined;
  /** What the clocks say against it, though it is sent. */
  readonly warnings: readonly string[];
}

/** The clocks by which dates are checked. @internal */
export interface Clocks {
  /** Milliseconds since 1970 by this machine. */
  readonly nowMs: number;
  /** The same by the server's `Date`; undefined before its first answer. */
  readonly serverDateMs?: number | undefined;
}

/**
 * Reads the private key from the input or its file; undefined if none is given.
 *
 * @throws CodedError `ERR_PEM_INVALID`, `ERR_CERTIFICATE_INVALID`; `ERR_KEY_FILE` if the file cannot be read
 * @internal
 */
export async function readPrivateKey(
  inputs: Pick<Known<KmsClientCertificateInputs>, "privateKey" | "privateKeyFile">,
): Promise<PrivateKeyInfo | undefined> {
  const { privateKey, privateKeyFile } = inputs;
  if (privateKey !== undefined) return parsePrivateKey(privateKey);
  if (privateKeyFile === undefined) return undefined;
  return parsePrivateKey(await readBoundedFile(privateKeyFile, "privateKeyFile", "ERR_KEY_FILE"));
}

/** Throws `ERR_CERTIFICATE_INVALID` if the key is not the certificate's. @internal */
export function assertKeyMatches(certificate: CertificateInfo, privateKey: PrivateKeyInfo): void {
  if (privateKeyMatches(certificate, privateKey)) return;
  throw new CodedError("ERR_CERTIFICATE_INVALID", "the private key does not belong to the certificate", {
    details: { violations: ["key-mismatch"] },
    remedy:
      "give the key that the certificate was issued for; leave the key out for a certificate signed from the hosts' CSR",
  });
}

/** A key with the right public numbers can still be damaged in its private ones. */
function assertKeyWorks(certificate: CertificateInfo, privateKey: PrivateKeyInfo): void {
  if (privateKeyWorks(certificate, privateKey)) return;
  const message = "the private key is damaged: the certificate does not verify what it signs";
  throw new CodedError("ERR_CERTIFICATE_INVALID", message, {
    details: { violations: ["key-damaged"] },
    remedy: "copy the key again from where it was made",
  });
}

/**
 * The second check, right before a certificate is sent: key file, match and dates.
 *
 * @throws CodedError as the functions above, and `ERR_CERTIFICATE_INVALID` for an expired certificate: it is never sent
 * @internal
 */
export async function prepareDesired(inputs: KmsClientCertificateInputs, clocks: Clocks): Promise<DesiredCertificate> {
  const certificate = parseCertificate(inputs.certificate);
  const privateKey = await readPrivateKey(inputs);
  if (privateKey !== undefined) {
    assertKeyMatches(certificate, privateKey);
    assertKeyWorks(certificate, privateKey);
  }
  const findings = checkDates(certificate, { ...clocks, expiryWarningDays: 0, alreadyInState: false });
  const violations = findings.filter(({ level }) => level === "error");
  if (violations.length > 0) {
    throw new CodedError("ERR_CERTIFICATE_INVALID", violations.map(({ message }) => message).join("; "), {
      details: { violations: violations.map(({ rule }) => rule) },
    });
  }
  const warnings = findings.filter(({ level }) => level === "warning").map(({ message }) => message);
  return { certificate, privateKeyPem: privateKey?.pem, warnings };
}

/** The fingerprint of a certificate in saved inputs; undefined if it is no certificate. @internal */
export function fingerprintOf(pem: unknown): string | undefined {
  if (typeof pem !== "string") return undefined;
  try {
    return parseCertificate(pem).sha256Fingerprint;
  } catch (error) {
    if (isCodedError(error)) return undefined;
    throw error;
  }
}
