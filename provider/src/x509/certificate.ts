// SPDX-License-Identifier: Apache-2.0
// From PEM text to the facts of one certificate, by node:crypto. Whether a certificate is good for anything is decided
// in the rules; what node:crypto does not tell stands in extensions.

import type { KeyObject } from "node:crypto";
import { createHash, X509Certificate } from "node:crypto";
import { CodedError } from "../core/coded-error";
import { visible } from "../core/visible";
import { parseCertificateTime } from "./certificate-time";
import { BoundedMemo } from "./bounded-memo";
import type { ParsedPem } from "./pem";
import { parseFirstCertificate, parseSinglePem, toPem } from "./pem";

/** The facts of one certificate. @internal */
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
  /** Upper-case hex, a leading `-` where it is negative. */
  readonly serialNumber: string;
  /** ISO 8601, UTC. */
  readonly notBefore: string;
  /** ISO 8601, UTC. */
  readonly notAfter: string;
  /** Milliseconds since 1970. */
  readonly notBeforeMs: number;
  /** Milliseconds since 1970. */
  readonly notAfterMs: number;
  /** `rsa`, `ec`, `ed25519`, `rsa-pss` … as node:crypto names it; `unknown` where it knows no such key. */
  readonly keyType: string;
  /** Bits of the RSA modulus. */
  readonly rsaBits: number | undefined;
  /** The RSA exponent. */
  readonly rsaExponent: bigint | undefined;
  /** OpenSSL's name of the curve, e.g. `prime256v1`. */
  readonly curve: string | undefined;
  /** OIDs of extendedKeyUsage; undefined where it is absent or cannot be read. */
  readonly extendedKeyUsage: readonly string[] | undefined;
  /** For what takes another key into account: does a key match, is it self-signed. */
  readonly x509: X509Certificate;
  /** undefined where node:crypto knows no such key. */
  readonly publicKey: KeyObject | undefined;
}

const MEMO_ENTRIES = 256;
const MAX_NAME_LENGTH = 1_000;

// Check and diff of an unchanged certificate see the same text: it is parsed once.
const userCertificates = new BoundedMemo<CertificateInfo>(MEMO_ENTRIES);
const serverCertificates = new BoundedMemo<CertificateInfo>(MEMO_ENTRIES);

/**
 * Reads a certificate that a user gave.
 *
 * @param pem - PEM text, see {@link parseSinglePem} for what is accepted around the block
 * @returns its facts
 * @throws `ERR_PEM_INVALID` where the text is not one certificate; `ERR_CERTIFICATE_PARSE` where its DER cannot be read
 *   or has bytes after it
 * @internal
 */
export function parseCertificate(pem: string): CertificateInfo {
  return userCertificates.get(pem, () => {
    const parsed = parseSinglePem(pem, "certificate");
    return readCertificate(parsed, parsed.der);
  });
}

/**
 * Reads a certificate that a server sent: the first of a chain, whatever stands around it. Bytes after its DER are
 * dropped, as OpenSSL does for a fingerprint.
 *
 * @param pem - text with at least one CERTIFICATE block
 * @returns its facts
 * @throws `ERR_PEM_INVALID` or `ERR_CERTIFICATE_PARSE`
 * @internal
 */
export function parseServerCertificate(pem: string): CertificateInfo {
  return serverCertificates.get(pem, () => {
    const { der, label } = parseFirstCertificate(pem);
    const exact = der.subarray(0, derLength(der));
    return readCertificate({ label, der: exact, pem: toPem(label, exact) }, exact);
  });
}

/**
 * The fingerprint of a certificate without reading it: a fraction of the cost of {@link parseCertificate}.
 *
 * @param pem - PEM text of one certificate, as {@link parseCertificate} accepts it
 * @returns SHA-256 of the bytes in the block, upper-case hex with colons
 * @throws `ERR_PEM_INVALID`
 * @internal
 */
export function sha256FingerprintOfPem(pem: string): string {
  return userCertificates.peek(pem)?.sha256Fingerprint ?? fingerprintOf(parseSinglePem(pem, "certificate").der);
}

function readCertificate(parsed: ParsedPem, der: Buffer): CertificateInfo {
  let facts;
  try {
    const x509 = new X509Certificate(der);
    const { raw, subject, issuer, serialNumber, validFrom, validTo, keyUsage } = x509;
    facts = { x509, raw, subject, issuer, serialNumber, validFrom, validTo, extendedKeyUsage: keyUsage };
  } catch {
    // OpenSSL's text is dropped: it explains nothing to the reader.
    throw unreadable("is damaged: its DER cannot be read", "copy the file again, or have it issued again");
  }
  // X509Certificate takes the first structure and ignores what follows; worse, it looks for PEM text inside DER first.
  if (!facts.raw.equals(der)) {
    throw unreadable("has bytes after its end, or is not DER", "export it again, one certificate alone");
  }
  const { x509, subject, issuer, serialNumber, validFrom, validTo, extendedKeyUsage } = facts;
  const notBeforeMs = parseCertificateTime(validFrom);
  const notAfterMs = parseCertificateTime(validTo);
  return {
    pem: parsed.pem,
    der,
    sha256Fingerprint: fingerprintOf(der),
    subject: oneLine(subject),
    issuer: oneLine(issuer),
    serialNumber,
    notBefore: new Date(notBeforeMs).toISOString(),
    notAfter: new Date(notAfterMs).toISOString(),
    notBeforeMs,
    notAfterMs,
    extendedKeyUsage,
    x509,
    ...keyFacts(x509),
  };
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
    // An algorithm or a curve that OpenSSL does not know: the rules refuse it, and a refresh can still show it.
    return { keyType: "unknown", rsaBits: undefined, rsaExponent: undefined, curve: undefined, publicKey: undefined };
  }
}

function oneLine(name: string | undefined): string {
  // One RDN a line is node:crypto's form; it escapes control characters and commas, but not bidirectional marks.
  return visible((name ?? "").split("\n").join(", "), MAX_NAME_LENGTH);
}

function fingerprintOf(der: Buffer): string {
  const hex = createHash("sha256").update(der).digest("hex").toUpperCase();
  return (hex.match(/../g) ?? []).join(":");
}

function derLength(der: Buffer): number {
  const first = der[1] ?? 0;
  if (first < 0x80) return 2 + first;
  const lengthBytes = first & 0x7f;
  if (lengthBytes === 0 || lengthBytes > 4 || der.length < 2 + lengthBytes) return der.length;
  return 2 + lengthBytes + der.readUIntBE(2, lengthBytes);
}

function unreadable(problem: string, remedy: string): CodedError {
  return new CodedError("ERR_CERTIFICATE_PARSE", `the certificate ${problem}`, { remedy });
}
