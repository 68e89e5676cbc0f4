// SPDX-License-Identifier: Apache-2.0
// Reads the certificates that a user gives or a server sends.

import { BoundedMemo } from "./bounded-memo";
import { certificateInfoOf } from "./certificate-info";
import type { CertificateInfo } from "./certificate-info";
import { readContents } from "./contents";
import { firstCertificateDer } from "./pem";
import { keyInCertificateRefusal, pemRefusal } from "./pem-refusal";

export type { CertificateInfo } from "./certificate-info";

/** What a user gave as certificate. */
export interface GivenCertificates {
  /** In their order, at least one. */
  readonly certificates: readonly CertificateInfo[];
  /** Whether the file also holds a private key, readable or not. */
  readonly hasPrivateKey: boolean;
}

// Check and diff of an unchanged certificate see the same text several times: it is parsed once.
const texts = new BoundedMemo<GivenCertificates>();
const serverCertificates = new BoundedMemo<CertificateInfo>();

/**
 * Reads all certificates in a text or a file (bytes): PEM, DER or PKCS#12. A text is stored in clear, so a private key in
 * it is refused. Throws `ERR_PEM_INVALID` or `ERR_CERTIFICATE_PARSE`.
 */
export function parseCertificates(input: string | Buffer, passphrase?: string): GivenCertificates {
  // A file may hold a key, and what a passphrase opens must not open without it later: neither is remembered.
  if (typeof input !== "string" || passphrase !== undefined) return read(input, passphrase);
  return texts.get(input, () => read(input));
}

function read(input: string | Buffer, passphrase?: string): GivenCertificates {
  const { certificates, privateKeys } = readContents(input, "certificate", passphrase);
  const hasPrivateKey = privateKeys.length > 0;
  if (hasPrivateKey && (typeof input === "string" || certificates.length === 0)) {
    throw keyInCertificateRefusal(certificates.length > 0);
  }
  if (certificates.length === 0) {
    throw pemRefusal("certificate", "is a PKCS#12 file without a certificate", "export it again with its certificate");
  }
  return { certificates: certificates.map(certificateInfoOf), hasPrivateKey };
}

/** Spares {@link parseCertificates} the work for a certificate that was read from elsewhere. */
export function rememberCertificate(certificate: CertificateInfo): void {
  texts.get(certificate.pem, () => ({ certificates: [certificate], hasPrivateKey: false }));
}

/** Reads a text that must hold exactly one certificate. Throws as {@link parseCertificates}. */
export function parseCertificate(pem: string): CertificateInfo {
  const { certificates } = parseCertificates(pem);
  const [certificate, ...others] = certificates;
  if (certificate !== undefined && others.length === 0) return certificate;
  throw pemRefusal(
    "certificate",
    `is a chain of ${certificates.length} certificates`,
    "give only the leaf certificate",
  );
}

/**
 * Reads the first certificate of what a server sent. Bytes after its DER are dropped, as OpenSSL does for a fingerprint.
 * Throws `ERR_PEM_INVALID` or `ERR_CERTIFICATE_PARSE`.
 */
export function parseServerCertificate(pem: string): CertificateInfo {
  return serverCertificates.get(pem, () => {
    const der = firstCertificateDer(pem);
    return certificateInfoOf(der.subarray(0, derLength(der)));
  });
}

function derLength(der: Buffer): number {
  const first = der[1] ?? 0;
  if (first < 0x80) return 2 + first;
  const lengthBytes = first & 0x7f;
  if (lengthBytes === 0 || lengthBytes > 4 || der.length < 2 + lengthBytes) return der.length;
  return 2 + lengthBytes + der.readUIntBE(2, lengthBytes);
}
