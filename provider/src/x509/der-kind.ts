// SPDX-License-Identifier: Apache-2.0
// Tells by their structure what some bytes are: labels and file names lie (Windows exports PKCS#12 and PKCS#7 under
// BEGIN CERTIFICATE).

import type { DerNode } from "./der";
import { BIT_STRING, bytesOf, INTEGER, membersOf, OCTET_STRING, oidOf, readBer } from "./der";

export type DerKind =
  | "certificate"
  | "certificate request"
  | "encrypted key"
  | "java key store"
  | "pkcs12"
  | "pkcs7"
  | "private key"
  | "public key"
  | "unknown";

const SEQUENCE_TAG = 0x30;
const PKCS7_OIDS = "1.2.840.113549.1.7.";
/** JKS and JCEKS. Source: sun.security.provider.JavaKeyStore and com.sun.crypto.provider.JceKeyStore. */
const JAVA_MAGIC = [0xfeedfeed, 0xcececece];

/** Whether the first member is a SEQUENCE, as in every certificate: a look at one byte, without node-forge. */
export function startsLikeCertificate(der: Buffer): boolean {
  const length = der[1] ?? 0;
  return der[0] === SEQUENCE_TAG && der[length < 0x80 ? 2 : 2 + (length & 0x7f)] === SEQUENCE_TAG;
}

export function kindOfDer(bytes: Buffer): DerKind {
  if (bytes.length >= 4 && JAVA_MAGIC.includes(bytes.readUInt32BE(0))) return "java key store";
  const members = membersOf(readBer(bytes));
  if (members === undefined) return "unknown";
  const [first, second, third] = members;
  if (oidOf(first)?.startsWith(PKCS7_OIDS)) return "pkcs7";
  if (bytesOf(first, INTEGER) !== undefined) return kindOfNumbered(first, second);
  const inner = membersOf(first);
  if (inner === undefined) return "unknown";
  if (bytesOf(second, OCTET_STRING) !== undefined) return "encrypted key";
  if (bytesOf(second, BIT_STRING) !== undefined) return "public key";
  if (bytesOf(third, BIT_STRING) === undefined) return "unknown";
  // A request has version, name, key and attributes; a certificate has at least six members.
  return inner.length < 6 ? "certificate request" : "certificate";
}

function kindOfNumbered(version: DerNode | undefined, second: DerNode | undefined): DerKind {
  const isPfx = bytesOf(version, INTEGER) === "\u0003" && oidOf(membersOf(second)?.[0])?.startsWith(PKCS7_OIDS);
  return isPfx ? "pkcs12" : "private key";
}
