// SPDX-License-Identifier: Apache-2.0
// Reads a private key, and tells whether it is the one of a certificate. Nothing of the key, and no text of OpenSSL or
// V8 about it, gets into an error: every message is a constant, and no cause is kept. Keys are never memoised.

import type { KeyObject } from "node:crypto";
import { createPrivateKey, sign, verify } from "node:crypto";
import { CodedError } from "../core/coded-error";
import type { CertificateInfo } from "./certificate";
import { bytesOf, membersOf, oidOf, parseDer } from "./der";
import type { DerNode } from "./der";
import { SUPPORTED_CURVES } from "./key-algorithms";
import type { ParsedPem } from "./pem";
import { parseSinglePem } from "./pem";

/** A private key that can be sent. @internal */
export interface PrivateKeyInfo {
  /**
   * Canonical unencrypted PEM: PKCS#1 or PKCS#8 as it was given; SEC1 becomes PKCS#8, since vSphere documents only these
   * two. A secret.
   */
  readonly pem: string;
  /** The same key for node:crypto. A secret. */
  readonly keyObject: KeyObject;
}

const RSA_OID = "1.2.840.113549.1.1.1";
const EC_OID = "1.2.840.10045.2.1";
/** Sources: RFC 8410, section 3; RFC 4055, section 1.2; RFC 3279, section 2.3.2. */
const UNSUPPORTED_ALGORITHMS: ReadonlyMap<string, string> = new Map([
  ["1.2.840.113549.1.1.10", "RSASSA-PSS"],
  ["1.2.840.10040.4.1", "DSA"],
  ["1.3.101.110", "X25519"],
  ["1.3.101.111", "X448"],
  ["1.3.101.112", "Ed25519"],
  ["1.3.101.113", "Ed448"],
]);
const OTHER_CURVE = "EC, on another curve than P-256, P-384 and P-521";
const INTEGER = 2;
const BIT_STRING = 3;
const OCTET_STRING = 4;
const OBJECT_IDENTIFIER = 6;
const WHAT = "private key";

/**
 * Reads the private key that a user gave.
 *
 * @param text - PEM text of one unencrypted key: PKCS#1, PKCS#8 or SEC1, at most 64 KiB
 * @returns the key, ready to be sent
 * @throws `ERR_PEM_INVALID` where the text is not one unencrypted key; `ERR_CERTIFICATE_PARSE` where its DER cannot be
 *   read or the type of key is not supported
 * @internal
 */
export function parsePrivateKey(text: string): PrivateKeyInfo {
  const parsed = parseSinglePem(text, "private key");
  const members = membersOf(parseDer(parsed.der, WHAT));
  if (!members) throw unreadable();
  const keyObject = loadKey(parsed, members);
  assertSupported(keyObject);
  if (parsed.label !== "EC PRIVATE KEY") return { pem: parsed.pem, keyObject };
  return { pem: keyObject.export({ type: "pkcs8", format: "pem" }).toString(), keyObject };
}

/**
 * Tells whether a key is the private half of a certificate's key, by the public numbers both contain.
 *
 * @param certificate - the certificate
 * @param key - the private key
 * @returns true where the public numbers are the same; whether the key works is what {@link privateKeyWorks} tells
 * @internal
 */
export function privateKeyMatches(certificate: CertificateInfo, key: PrivateKeyInfo): boolean {
  try {
    return certificate.x509.checkPrivateKey(key.keyObject);
  } catch {
    return false;
  }
}

/**
 * Tells whether what a key signs is verified by a certificate. A key can have the right public numbers and still be
 * damaged in its private ones. Costs one signature (1 ms for RSA 2048): for the moment before a key is sent.
 *
 * @param certificate - the certificate
 * @param key - the private key
 * @returns true where the signature holds
 * @internal
 */
export function privateKeyWorks(certificate: CertificateInfo, key: PrivateKeyInfo): boolean {
  const probe = Buffer.from("pulumi-vsphere-trust-authority");
  try {
    const publicKey = certificate.publicKey;
    return publicKey !== undefined && verify("sha256", probe, publicKey, sign("sha256", probe, key.keyObject));
  } catch {
    return false;
  }
}

function loadKey({ label, der }: ParsedPem, members: readonly DerNode[]): KeyObject {
  if (label === "RSA PRIVATE KEY") return load(der, "pkcs1");
  if (label === "EC PRIVATE KEY") return load(der, "sec1");
  // PKCS#8 is SEQUENCE { version, SEQUENCE { algorithm, parameters }, OCTET STRING { key }, … } (RFC 5958).
  const algorithm = oidOf(membersOf(members[1])?.[0]);
  const inner = bytesOf(members[2], OCTET_STRING);
  if (bytesOf(members[0], INTEGER) === undefined || algorithm === undefined || inner === undefined) throw unreadable();
  // OpenSSL reads the PKCS#1 or SEC1 inside in a third of the time that it takes for the PKCS#8 around it.
  if (algorithm === RSA_OID) return load(exactly(inner), "pkcs1");
  if (algorithm === EC_OID) return load(sec1Of(inner, membersOf(members[1])?.[1]), "sec1");
  throw unsupported(UNSUPPORTED_ALGORITHMS.get(algorithm) ?? "unknown");
}

function exactly(bytes: string): Buffer {
  const der = Buffer.from(bytes, "latin1");
  parseDer(der, WHAT);
  return der;
}

function sec1Of(inner: string, parameters: DerNode | undefined): Buffer {
  const curve = bytesOf(parameters, OBJECT_IDENTIFIER);
  const [, privatePart, ...optional] = membersOf(parseDer(Buffer.from(inner, "latin1"), WHAT)) ?? [];
  const scalar = bytesOf(privatePart, OCTET_STRING);
  if (curve === undefined) throw unsupported(OTHER_CURVE);
  if (scalar === undefined) throw unreadable();
  // The SEC1 inside PKCS#8 leaves out its curve (RFC 5915): it is put back. The public point goes along where it is
  // there, since computing it costs more than all the rest.
  const tagged = optional.map((node) => membersOf(node, 1)?.[0]).find((node) => node !== undefined);
  const point = bytesOf(tagged, BIT_STRING);
  return derOf(
    0x30,
    derOf(INTEGER, Buffer.from([1])),
    derOf(OCTET_STRING, Buffer.from(scalar, "latin1")),
    derOf(0xa0, derOf(OBJECT_IDENTIFIER, Buffer.from(curve, "latin1"))),
    ...(point === undefined ? [] : [derOf(0xa1, derOf(BIT_STRING, Buffer.from(point, "latin1")))]),
  );
}

function derOf(tag: number, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content);
  // Two length bytes would only be needed beyond every supported curve.
  if (body.length > 0xff) throw unsupported(OTHER_CURVE);
  const head = body.length < 0x80 ? [tag, body.length] : [tag, 0x81, body.length];
  return Buffer.concat([Buffer.from(head), body]);
}

function load(der: Buffer, type: "pkcs1" | "pkcs8" | "sec1"): KeyObject {
  try {
    return createPrivateKey({ key: der, format: "der", type });
  } catch {
    throw unreadable();
  }
}

function assertSupported(key: KeyObject): void {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (type === "rsa") return;
  if (type === "ec" && SUPPORTED_CURVES.has(details?.namedCurve ?? "")) return;
  throw unsupported(type === "ec" ? OTHER_CURVE : "unknown");
}

function unsupported(keyType: string): CodedError {
  return new CodedError("ERR_CERTIFICATE_PARSE", `the private key has a type that is not supported (${keyType})`, {
    details: { keyType },
    remedy: "use an RSA key of 2048 bits or more, or EC on P-256, P-384 or P-521",
  });
}

function unreadable(): CodedError {
  return new CodedError("ERR_CERTIFICATE_PARSE", "the private key is damaged: its DER cannot be read", {
    remedy: "copy the file again, or convert it with `openssl pkey -in FILE -out FILE.pem`",
  });
}
