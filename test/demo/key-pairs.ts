// SPDX-License-Identifier: Apache-2.0

// The certificates of the demonstration: a key server's CA and what it issues, made anew for every run.

import "reflect-metadata";
import { webcrypto } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  X509CertificateGenerator,
  cryptoProvider,
} from "@peculiar/x509";
import type { X509Certificate } from "@peculiar/x509";

cryptoProvider.set(webcrypto);

/** A certificate and its private key, as PEM texts and as files that only their owner can read. */
export interface KeyPair {
  readonly certificate: string;
  readonly privateKey: string;
  readonly certificateFile: string;
  readonly privateKeyFile: string;
}

/** What the story needs. */
export interface KeyPairs {
  readonly first: KeyPair;
  /** The renewal of {@link KeyPairs.first}. */
  readonly second: KeyPair;
  /** What somebody else puts in place by hand. */
  readonly foreign: KeyPair;
}

interface Authority {
  readonly certificate: X509Certificate;
  readonly keys: webcrypto.CryptoKeyPair;
}

const RSA = {
  name: "RSASSA-PKCS1-v1_5",
  hash: "SHA-256",
  publicExponent: new Uint8Array([1, 0, 1]),
  modulusLength: 3072,
} as const;
const DAY_MS = 86_400_000;

/**
 * Makes a CA and three client certificates, valid for a year.
 *
 * @param folder - where the files go; it must exist.
 */
export async function makeKeyPairs(folder: string): Promise<KeyPairs> {
  const keys = await webcrypto.subtle.generateKey(RSA, true, ["sign", "verify"]);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: "CN=Demo Key Server CA",
    ...validity(3_650),
    signingAlgorithm: RSA,
    keys,
    extensions: [new BasicConstraintsExtension(true, undefined, true)],
  });
  const authority = { certificate, keys };
  return {
    first: await issue(authority, folder, "first"),
    second: await issue(authority, folder, "second"),
    foreign: await issue(authority, folder, "foreign"),
  };
}

async function issue(authority: Authority, folder: string, name: string): Promise<KeyPair> {
  const keys = await webcrypto.subtle.generateKey(RSA, true, ["sign", "verify"]);
  const issued = await X509CertificateGenerator.create({
    subject: `CN=Trust Authority hosts (${name}),O=Demo`,
    issuer: authority.certificate.subject,
    ...validity(365),
    signingAlgorithm: RSA,
    publicKey: keys.publicKey,
    signingKey: authority.keys.privateKey,
    extensions: [
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth]),
    ],
  });
  const certificate = `${issued.toString("pem")}\n`;
  const encoded = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
  const privateKey = `${PemConverter.encode(encoded, "PRIVATE KEY")}\n`;
  const certificateFile = resolve(folder, `${name}.pem`);
  const privateKeyFile = resolve(folder, `${name}.key`);
  await writeFile(certificateFile, certificate, { mode: 0o600 });
  await writeFile(privateKeyFile, privateKey, { mode: 0o600 });
  return { certificate, privateKey, certificateFile, privateKeyFile };
}

function validity(days: number): { readonly notBefore: Date; readonly notAfter: Date } {
  return { notBefore: new Date(Date.now() - DAY_MS), notAfter: new Date(Date.now() + days * DAY_MS) };
}
