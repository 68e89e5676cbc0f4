// SPDX-License-Identifier: Apache-2.0
// The facts of one certificate, by node:crypto. Whether it is good for anything is decided in the rules; what
// node:crypto does not tell is in extensions.

import type { KeyObject } from "node:crypto";
import { createHash, X509Certificate } from "node:crypto";
import { CodedError } from "../core/coded-error";
import { visible } from "../core/visible";
import { parseCertificateTime } from "./certificate-time";
import { toPem } from "./pem";

/** The facts of one certificate. */
export interface CertificateInfo {
  /** Canonical PEM: 64 columns, LF, nothing around it. */
  readonly pem: string;
  /** DER (X.690). */
  readonly der: Buffer;
  /** SHA-256 of the DER, upper-case hex with colons. */
  readonly sha256Fingerprint: string;
  /** One line, RDNs in the certificate's order: `CN=a, O=b`; commas inside a value are escaped. May be empty. */
  readonly subject: string;
  /** As `subject`. */
  readonly issuer: string;
  /** Upper-case hex, with a leading `-` if it is negative. */
  readonly serialNumber: string;
  /** ISO 8601, UTC. */
  readonly notBefore: string;
  /** ISO 8601, UTC. */
  readonly notAfter: string;
  /** Milliseconds since 1970. */
  readonly notBeforeMs: number;
  /** Milliseconds since 1970. */
  readonly notAfterMs: number;
  /** `rsa`, `ec`, `ed25519`, `rsa-pss` … as node:crypto names it; `unknown` if it knows no such key. */
  readonly keyType: string;
  /** Bits of the RSA modulus. */
  readonly rsaBits: number | undefined;
  /** The RSA exponent. */
  readonly rsaExponent: bigint | undefined;
  /** OpenSSL's name of the curve, e.g. `prime256v1`. */
  readonly curve: string | undefined;
  /** OIDs of extendedKeyUsage; undefined if it is absent or cannot be read. */
  readonly extendedKeyUsage: readonly string[] | undefined;
  /** For questions that take a key: does it match, is the certificate self-signed. */
  readonly x509: X509Certificate;
  /** undefined if node:crypto knows no such key. */
  readonly publicKey: KeyObject | undefined;
}

const MAX_NAME_LENGTH = 1_000;

/**
 * Reads DER; NUL bytes behind it, which old tools append, are dropped. Throws `ERR_CERTIFICATE_PARSE` if it cannot be
 * read or has other bytes behind it.
 */
export function certificateInfoOf(bytes: Buffer): CertificateInfo {
  const { x509, raw, subject, issuer, serialNumber, validFrom, validTo, keyUsage } = read(bytes);
  // X509Certificate takes the first structure and ignores what follows; worse, it looks for PEM text inside DER first.
  const der = bytes.subarray(0, raw.length);
  if (!raw.equals(der) || bytes.subarray(raw.length).some((byte) => byte !== 0)) {
    const remedy = "convert it with `openssl x509 -in FILE -out FILE.pem` and give FILE.pem";
    throw new CodedError("ERR_CERTIFICATE_PARSE", "the certificate has bytes after its end, or is not DER", { remedy });
  }
  const notBeforeMs = parseCertificateTime(validFrom);
  const notAfterMs = parseCertificateTime(validTo);
  return {
    pem: toPem("CERTIFICATE", der),
    der,
    sha256Fingerprint: sha256FingerprintOf(der),
    subject: oneLine(subject),
    issuer: oneLine(issuer),
    serialNumber,
    notBefore: new Date(notBeforeMs).toISOString(),
    notAfter: new Date(notAfterMs).toISOString(),
    notBeforeMs,
    notAfterMs,
    extendedKeyUsage: keyUsage,
    x509,
    ...keyFacts(x509),
  };
}

type Read = Pick<
  X509Certificate,
  "raw" | "subject" | "issuer" | "serialNumber" | "validFrom" | "validTo" | "keyUsage"
> & { readonly x509: X509Certificate };

function read(der: Buffer): Read {
  try {
    const x509 = new X509Certificate(der);
    const { raw, subject, issuer, serialNumber, validFrom, validTo, keyUsage } = x509;
    return { x509, raw, subject, issuer, serialNumber, validFrom, validTo, keyUsage };
  } catch {
    // OpenSSL's text is dropped: it explains nothing to the reader.
    const remedy = "copy the file again, or have it issued again";
    throw new CodedError("ERR_CERTIFICATE_PARSE", "the certificate is damaged: its DER cannot be read", { remedy });
  }
}

function keyFacts(
  x509: X509Certificate,
): Pick<CertificateInfo, "keyType" | "rsaBits" | "rsaExponent" | "curve" | "publicKey"> {
  try {
    const publicKey = x509.publicKey;
    const details = publicKey.asymmetricKeyDetails;
    return {
      keyType: publicKey.asymmetricKeyType ?? "unknown",
      rsaBits: details?.modulusLength,
      rsaExponent: details?.publicExponent,
      curve: details?.namedCurve,
      publicKey,
    };
  } catch {
    // OpenSSL knows no such algorithm or curve: the rules refuse it, and a refresh can still show it.
    return { keyType: "unknown", rsaBits: undefined, rsaExponent: undefined, curve: undefined, publicKey: undefined };
  }
}

function oneLine(name: string | undefined): string {
  // One RDN a line is node:crypto's form; it escapes control characters and commas, but not bidirectional marks.
  return visible((name ?? "").split("\n").join(", "), MAX_NAME_LENGTH);
}

/** SHA-256, upper-case hex with colons. */
export function sha256FingerprintOf(der: Buffer): string {
  const hex = createHash("sha256").update(der).digest("hex").toUpperCase();
  return (hex.match(/../g) ?? []).join(":");
}
