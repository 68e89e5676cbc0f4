// SPDX-License-Identifier: Apache-2.0
// What the simulated vCenter demands of a certificate and a private key in a PATCH. The real rules are not documented; this
// is the safe subset: one unencrypted leaf, no text around it, RSA of 2048 bits or more, or EC. Assumed, as are the message ids.

import type { KeyObject } from "node:crypto";
import { X509Certificate, createPrivateKey, createPublicKey } from "node:crypto";
import { Refusal, message } from "./vapi-errors";

const CERTIFICATE = /^\s*-----BEGIN CERTIFICATE-----\r?\n[A-Za-z0-9+/=\r\n]+-----END CERTIFICATE-----\s*$/;
const PRIVATE_KEY = /^\s*-----BEGIN ((?:RSA |EC )?PRIVATE KEY)-----\r?\n[A-Za-z0-9+/=\r\n]+-----END \1-----\s*$/;
const ID = "com.vmware.vcenter.trusted_infrastructure.kms.client_certificate";

/** @throws Refusal INVALID_ARGUMENT that names the field, as `ArgumentLocations` does. */
function invalid(field: string, what: string, reason: string): Refusal {
  return new Refusal(
    "INVALID_ARGUMENT",
    [message(`${ID}.${what}`, `The value of %s is invalid: ${reason}.`, [field])],
    {
      data: { primary: field, secondary: [] },
    },
  );
}

/** @throws Refusal INVALID_ARGUMENT unless the text is one PEM certificate with a usable key. */
export function parseCertificate(text: string): X509Certificate {
  if (!CERTIFICATE.test(text)) throw invalid("certificate", "certificate.invalid", "not exactly one PEM certificate");
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(text);
  } catch {
    throw invalid("certificate", "certificate.invalid", "not an X.509 certificate");
  }
  const key = certificate.publicKey;
  const usable =
    key.asymmetricKeyType === "rsa"
      ? (key.asymmetricKeyDetails?.modulusLength ?? 0) >= 2048
      : key.asymmetricKeyType === "ec";
  if (!usable) throw invalid("certificate", "certificate.key", "its key is neither RSA of 2048 bits or more nor EC");
  return certificate;
}

/** @throws Refusal INVALID_ARGUMENT unless the text is the unencrypted PEM key of the certificate. */
export function assertKeyOf(certificate: X509Certificate, text: string): void {
  let key: KeyObject;
  try {
    if (!PRIVATE_KEY.test(text)) throw new Error("not exactly one unencrypted PEM private key");
    key = createPrivateKey(text);
  } catch {
    throw invalid("private_key", "private_key.invalid", "not exactly one unencrypted PEM private key");
  }
  if (certificate.checkPrivateKey(key)) return;
  throw invalid("private_key", "private_key.mismatch", "it is not the key of the certificate");
}

/**
 * Without a private key a certificate must be one that was signed from the hosts' last CSR (assumed; so it is in the
 * SOAP method UpdateKmsSignedCsrClientCert).
 * @param publicKeyPem the last CSR's public key, or undefined when there was none.
 * @throws Refusal INVALID_ARGUMENT
 */
export function assertFromLastCsr(certificate: X509Certificate, publicKeyPem: string | undefined): void {
  if (publicKeyPem !== undefined && certificate.publicKey.equals(createPublicKey(publicKeyPem))) return;
  throw invalid("certificate", "certificate.csr", "its key is not that of the last certificate signing request");
}

/**
 * Whether a key server would accept the certificate for a client's connection at this moment.
 * @returns undefined if so, else the reason.
 */
export function reasonForBadHealth(pem: string | null, nowEpochMs: number): string | undefined {
  if (pem === null) return "The hosts have no client certificate.";
  const certificate = new X509Certificate(pem);
  if (Date.parse(certificate.validTo) < nowEpochMs) return "The client certificate has expired.";
  if (Date.parse(certificate.validFrom) > nowEpochMs) return "The client certificate is not yet valid.";
  // Node types this as always present, but a certificate without the extension has none.
  const extendedKeyUsage = certificate.keyUsage as string[] | undefined;
  const fits = ["1.3.6.1.5.5.7.3.2", "2.5.29.37.0"];
  if (extendedKeyUsage !== undefined && !extendedKeyUsage.some((oid) => fits.includes(oid))) {
    return "The client certificate is not meant for client authentication.";
  }
  return undefined;
}
