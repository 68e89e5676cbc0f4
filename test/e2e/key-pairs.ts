// SPDX-License-Identifier: Apache-2.0

// The certificates that the end-to-end programs declare, made anew for every run. No certificate is wrong here in any way
// but by its dates.

import "reflect-metadata";
import type { KeyObject } from "node:crypto";
import { createPrivateKey, generateKeyPairSync, webcrypto, X509Certificate } from "node:crypto";
import { ExtendedKeyUsageExtension, X509CertificateGenerator, cryptoProvider } from "@peculiar/x509";

cryptoProvider.set(webcrypto);

const CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
const EC = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const RSA = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" } as const;
const DAY_MS = 86_400_000;

/** A certificate and its key. */
export interface KeyPair {
  /** PEM with LF lines and a final newline. */
  readonly certificate: string;
  /** PKCS#8 PEM. */
  readonly privateKey: string;
  /** SHA-256 of the DER as `openssl x509 -fingerprint -sha256` prints it, by node:crypto. */
  readonly fingerprint: string;
}

/** What to make. */
export interface KeyPairOptions {
  /** Default `ec` (P-256); `rsa` is 3072 bits. */
  readonly keyType?: "ec" | "rsa";
  /** Days from now, negative for an expired one. Default 100. */
  readonly notAfterDays?: number;
}

/** Issuer of all pairs of this process. */
const authority = makeKeys("ec").then(({ loaded }) => loaded);

/**
 * Has a CA issue a certificate, valid since yesterday (an expired one: for the ten days before its end).
 *
 * @param options - see {@link KeyPairOptions}.
 */
export async function makeKeyPair({ keyType = "ec", notAfterDays = 100 }: KeyPairOptions = {}): Promise<KeyPair> {
  const { privateKey, loaded } = await makeKeys(keyType);
  const issued = await X509CertificateGenerator.create({
    subject: "CN=esx-kms-client,O=Example",
    issuer: "CN=Key Server CA",
    notBefore: new Date(Date.now() + Math.min(-1, notAfterDays - 10) * DAY_MS),
    notAfter: new Date(Date.now() + notAfterDays * DAY_MS),
    signingAlgorithm: EC,
    publicKey: loaded.publicKey,
    signingKey: (await authority).privateKey,
    extensions: [new ExtendedKeyUsageExtension([CLIENT_AUTH])],
  });
  const certificate = `${issued.toString("pem")}\n`;
  return {
    certificate,
    privateKey: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    fingerprint: fingerprintOf(certificate),
  };
}

// node:crypto writes the key in its two encodings, WebCrypto is what the generator takes.
async function makeKeys(keyType: "ec" | "rsa"): Promise<{ privateKey: KeyObject; loaded: webcrypto.CryptoKeyPair }> {
  const { privateKey, publicKey } =
    keyType === "ec"
      ? generateKeyPairSync("ec", { namedCurve: "P-256" })
      : generateKeyPairSync("rsa", { modulusLength: 3072 });
  const algorithm = keyType === "ec" ? EC : RSA;
  const { subtle } = webcrypto;
  return {
    privateKey,
    loaded: {
      privateKey: await subtle.importKey(
        "pkcs8",
        privateKey.export({ type: "pkcs8", format: "der" }),
        algorithm,
        true,
        ["sign"],
      ),
      publicKey: await subtle.importKey("spki", publicKey.export({ type: "spki", format: "der" }), algorithm, true, [
        "verify",
      ]),
    },
  };
}

/**
 * The fingerprint of the first certificate in a PEM text.
 *
 * @param pem - null or undefined, as the simulator answers for "none", gives that text.
 */
export function fingerprintOf(pem: string | null | undefined): string {
  return pem == null ? String(pem) : new X509Certificate(pem).fingerprint256;
}

/**
 * The same certificate as another tool writes it: with CRLF lines, and with text before the block.
 *
 * @param certificate - PEM.
 */
export function rewritten(certificate: string): string {
  return `Certificate:\n    Data:\n        Version: 3 (0x2)\n${certificate}`.replaceAll("\n", "\r\n");
}

/**
 * The same key as PKCS#1 PEM.
 *
 * @param privateKey - PEM of an RSA key.
 */
export function asPkcs1(privateKey: string): string {
  return createPrivateKey(privateKey).export({ type: "pkcs1", format: "pem" }).toString();
}
