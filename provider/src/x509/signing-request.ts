// SPDX-License-Identifier: Apache-2.0
// The facts of a certificate signing request (PKCS#10, RFC 2986).

import type { KeyObject } from "node:crypto";
import { BoundedMemo } from "./bounded-memo";
import type { CertificateInfo } from "./certificate-info";
import { certificateInfoOf, sha256FingerprintOf } from "./certificate-info";
import type { DerNode } from "./der";
import { certificateAround, malformed, membersOf, parseDer } from "./der";
import { firstRequestDer, toPem } from "./pem";

/** What is known of a signing request. */
export interface SigningRequestInfo {
  /** Canonical PEM. */
  readonly pem: string;
  /** SHA-256 of the DER, upper-case hex with colons. */
  readonly sha256Fingerprint: string;
  readonly publicKey: KeyObject;
  /** SHA-256 of the public key's SubjectPublicKeyInfo, upper-case hex with colons. */
  readonly publicKeySha256: string;
  /** One line, as a certificate's. */
  readonly subject: string;
  /** `RSA` or `EC`; another kind of key by node:crypto's name, in capitals. */
  readonly keyAlgorithm: string;
  /** Of the RSA modulus or the curve; 0 for another kind of key. */
  readonly keyBits: number;
}

const WHAT = "signing request";
const requests = new BoundedMemo<SigningRequestInfo>();

/** Reads the first signing request of a text. Throws `ERR_PEM_INVALID` or `ERR_CERTIFICATE_PARSE`. */
export function parseServerSigningRequest(text: string): SigningRequestInfo {
  return requests.get(text, () => signingRequestOf(firstRequestDer(text)));
}

function signingRequestOf(der: Buffer): SigningRequestInfo {
  const [content] = membersOf(parseDer(der, WHAT)) ?? [];
  const [, subjectNode, publicKeyNode] = membersOf(content) ?? [];
  if (subjectNode === undefined || publicKeyNode === undefined) throw malformed(WHAT);
  const { subject, publicKey, keyType, rsaBits, curve } = certificateInfo(subjectNode, publicKeyNode);
  if (publicKey === undefined) throw malformed(WHAT);
  return {
    pem: toPem("CERTIFICATE REQUEST", der),
    sha256Fingerprint: sha256FingerprintOf(der),
    publicKey,
    publicKeySha256: sha256FingerprintOf(publicKey.export({ type: "spki", format: "der" })),
    subject,
    keyAlgorithm: keyType === "rsa-pss" ? "RSA" : keyType.toUpperCase(),
    // OpenSSL's names of curves hold their size: prime256v1, secp384r1.
    keyBits: rsaBits ?? Number(/\d{3}/.exec(curve ?? "")?.[0] ?? 0),
  };
}

/** node:crypto reads names and keys in certificates only. */
function certificateInfo(subject: DerNode, publicKey: DerNode): CertificateInfo {
  try {
    return certificateInfoOf(certificateAround(subject, publicKey));
  } catch {
    throw malformed(WHAT);
  }
}
