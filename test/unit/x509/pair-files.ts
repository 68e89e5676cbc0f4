// SPDX-License-Identifier: Apache-2.0
// A certificate with its CA and key, and the files that openssl and people make of them.

import { createPrivateKey, createPublicKey } from "node:crypto";
import { makeCa, makeCertificate } from "../../fixtures/certificates/make";
import type { KeyType } from "../../fixtures/certificates/make";
import { armour, der } from "../../fixtures/certificates/odd";
import { Workbench } from "../../fixtures/certificates/openssl";

/** Of everything that is encrypted. */
export const PASSPHRASE = "secret";
/** Holds the files of the pair, and what openssl makes of them; for all tests of the process. */
export const bench: Workbench = new Workbench();
process.on("exit", () => {
  bench.remove();
});

const VERSION_BYTES = 3;
const P256_POINT_BYTES = 65;

/** All PEM; the key in PKCS#8, and in PKCS#1 or SEC1. */
export interface Pair {
  readonly leaf: string;
  readonly ca: string;
  readonly key: string;
  readonly pkcs1: string;
}

/** A chain: an EC CA, whose signature node-forge writes in another way than it was, over a client certificate. */
export async function makePair(keyType: KeyType): Promise<Pair> {
  const authority = await makeCa();
  const made = await makeCertificate({ ca: authority, keyType });
  const pair = { leaf: made.certificatePem, ca: authority.certificatePem, key: made.privateKeyPem };
  bench.write("leaf.crt", pair.leaf);
  bench.write("ca.crt", pair.ca);
  bench.write("leaf.key", pair.key);
  return { ...pair, pkcs1: made.pkcs1Pem ?? made.sec1Pem ?? "" };
}

export const derOf = (pem: string): Buffer => Buffer.from(pem.replaceAll(/-----.*-----/g, ""), "base64");
export const crlf = (text: string): string => text.replaceAll("\n", "\r\n");
export const utf16be = (text: string): Buffer => Buffer.from(`\ufeff${text}`, "utf16le").swap16();
export const bareBase64 = (pem: string): string => pem.replaceAll(/-----.*-----\n/g, "");
export const pkcs12 = (options: string): Buffer =>
  bench.openssl(`pkcs12 -export -inkey leaf.key -in leaf.crt -certfile ca.crt -out out.p12 ${options}`, "out.p12");
export const secretPkcs12 = (options = ""): Buffer => pkcs12(`-passout pass:${PASSPHRASE}${options}`);
export const encrypted = (options: string): Buffer =>
  bench.openssl(`pkcs8 -topk8 -in leaf.key -passout pass:${PASSPHRASE} -out out.key ${options}`, "out.key");
export const traditional = (cipher: string): Buffer =>
  bench.openssl(
    `pkey -traditional -in leaf.key -passout pass:${PASSPHRASE} -out out.key -provider legacy -provider default ${cipher}`,
    "out.key",
  );
export const pkcs7 = (options: string): Buffer =>
  bench.openssl(`crl2pkcs7 -nocrl -certfile leaf.crt -certfile ca.crt -out out.p7 ${options}`, "out.p7");

/** As `kubectl get secret -o json` prints it. */
export function kubernetesSecret({ leaf, ca, key }: Pair): string {
  const base64 = (text: string): string => Buffer.from(text).toString("base64");
  const data = { "ca.crt": base64(ca), "tls.crt": base64(leaf), "tls.key": base64(key) };
  return JSON.stringify({ kind: "Secret", data });
}

/** SEQUENCE { version 1 instead of 0, what was there, [1] public key } (RFC 5958). */
export function pkcs8Version2(key: string): string {
  const version1 = createPrivateKey(key).export({ type: "pkcs8", format: "der" });
  const publicKey = createPublicKey(key);
  const head = 2 + ((version1[1] ?? 0) & 0x7f) + VERSION_BYTES;
  const bits =
    publicKey.asymmetricKeyType === "rsa"
      ? publicKey.export({ type: "pkcs1", format: "der" })
      : publicKey.export({ type: "spki", format: "der" }).subarray(-P256_POINT_BYTES);
  const body = [der(2, Buffer.from([1])), version1.subarray(head), der(0x81, Buffer.from([0]), bits)];
  return armour("PRIVATE KEY", der(0x30, ...body));
}
