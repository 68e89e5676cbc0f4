// SPDX-License-Identifier: Apache-2.0
// The certificate that a program wants, looked at with all rules: by `check` as early as possible, and once more right
// before it is sent, because files and dates change in between.

import { CodedError, isCodedError } from "../../core/coded-error";
import type { CertificateInfo } from "../../x509/certificate";
import type { PrivateKeyInfo } from "../../x509/private-key";
import { readBoundedFile } from "../../process/bounded-file";
import type { KmsClientCertificateInputs } from "../inputs";
import { loadX509 } from "../../lifecycle/load-x509";

/** Everything that a replacement sends. @internal */
export interface DesiredCertificate {
  readonly certificate: CertificateInfo;
  readonly privateKeyPem: string | undefined;
  /** What the clocks say against it, though it is sent. */
  readonly warnings: readonly string[];
}

/** The clocks by which dates are looked at. @internal */
export interface Clocks {
  /** Milliseconds since 1970 by this machine. */
  readonly nowMs: number;
  /** The same by the server's `Date`; undefined before its first answer. */
  readonly serverDateMs?: number | undefined;
}

/**
 * Parses a certificate without judging it.
 *
 * @param pem - as the program gave it
 * @returns its facts
 * @throws CodedError `ERR_PEM_INVALID`, `ERR_CERTIFICATE_PARSE`
 * @internal
 */
export async function parseDesired(pem: string): Promise<CertificateInfo> {
  const { parseCertificate } = await loadX509();
  return parseCertificate(pem);
}

/**
 * Reads the private key, from the input or its file.
 *
 * @param inputs - `privateKey` or `privateKeyFile`, or neither
 * @returns the key; undefined where none is given
 * @throws CodedError `ERR_PEM_INVALID`, `ERR_CERTIFICATE_INVALID`; `ERR_KEY_FILE` where the file cannot be read
 * @internal
 */
export async function readPrivateKey(
  inputs: Pick<KmsClientCertificateInputs, "privateKey" | "privateKeyFile">,
): Promise<PrivateKeyInfo | undefined> {
  const { privateKey, privateKeyFile } = inputs;
  if (privateKey === undefined && privateKeyFile === undefined) return undefined;
  const text = privateKey ?? (await readBoundedFile(privateKeyFile ?? "", "privateKeyFile", "ERR_KEY_FILE"));
  const { parsePrivateKey } = await loadX509();
  return parsePrivateKey(text);
}

/**
 * Fails where the key is not the certificate's.
 *
 * @param certificate - the certificate
 * @param privateKey - the key
 * @throws CodedError `ERR_CERTIFICATE_INVALID`
 * @internal
 */
export async function assertKeyMatches(certificate: CertificateInfo, privateKey: PrivateKeyInfo): Promise<void> {
  const { privateKeyMatches } = await loadX509();
  if (privateKeyMatches(certificate, privateKey)) return;
  throw new CodedError("ERR_CERTIFICATE_INVALID", "the private key does not belong to the certificate", {
    details: { violations: ["key-mismatch"] },
    remedy:
      "give the key that the certificate was issued for; leave the key out for a certificate signed from the hosts' CSR",
  });
}

/** A key with the right public numbers can still be damaged in its private ones. */
async function assertKeyWorks(certificate: CertificateInfo, privateKey: PrivateKeyInfo): Promise<void> {
  const { privateKeyWorks } = await loadX509();
  if (privateKeyWorks(certificate, privateKey)) return;
  throw new CodedError(
    "ERR_CERTIFICATE_INVALID",
    "the private key is damaged: the certificate does not verify what it signs",
    {
      details: { violations: ["key-damaged"] },
      remedy: "copy the key again from where it was made",
    },
  );
}

/**
 * The second look, right before a certificate is sent: key file, match and dates.
 *
 * @param inputs - decoded inputs
 * @param clocks - see {@link Clocks}
 * @returns what to send
 * @throws CodedError as the functions above, and `ERR_CERTIFICATE_INVALID` for an expired certificate: it is never sent
 * @internal
 */
export async function prepareDesired(inputs: KmsClientCertificateInputs, clocks: Clocks): Promise<DesiredCertificate> {
  const certificate = await parseDesired(inputs.certificate);
  const privateKey = await readPrivateKey(inputs);
  if (privateKey !== undefined) {
    await assertKeyMatches(certificate, privateKey);
    await assertKeyWorks(certificate, privateKey);
  }
  const { checkDates } = await loadX509();
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

/**
 * The fingerprint of a certificate in saved inputs.
 *
 * @param pem - whatever was saved
 * @returns the fingerprint; undefined where it is no certificate
 * @internal
 */
export async function fingerprintOf(pem: unknown): Promise<string | undefined> {
  if (typeof pem !== "string") return undefined;
  try {
    return (await parseDesired(pem)).sha256Fingerprint;
  } catch (error) {
    if (isCodedError(error)) return undefined;
    throw error;
  }
}
