// SPDX-License-Identifier: Apache-2.0
// Client certificates as a person would bring them to the simulator: pairs made elsewhere, and certificates signed from a
// CSR. Made anew each time, nothing is kept.

import "reflect-metadata";
import { KeyObject, webcrypto } from "node:crypto";
import {
  ExtendedKeyUsageExtension,
  Pkcs10CertificateRequest,
  X509CertificateGenerator,
  cryptoProvider,
} from "@peculiar/x509";

cryptoProvider.set(webcrypto);

const EC = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const DAY_MS = 86_400_000;
const CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

/** A certificate and its key, PEM with final newlines. */
export interface Pair {
  readonly certificate: string;
  readonly privateKey: string;
}

/** What to make. Default: EC P-256, valid from yesterday for 100 days, clientAuth. */
export interface PairOptions {
  readonly name?: string;
  readonly rsaBits?: number;
  readonly notBeforeDays?: number;
  readonly notAfterDays?: number;
  readonly extendedKeyUsage?: string;
}

/** A self-signed pair. */
export async function makePair(options: PairOptions = {}): Promise<Pair> {
  const rsa = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256", publicExponent: new Uint8Array([1, 0, 1]) };
  const algorithm = options.rsaBits === undefined ? EC : { ...rsa, modulusLength: options.rsaBits };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${options.name ?? "esx-kms-client"}`,
    notBefore: new Date(Date.now() + (options.notBeforeDays ?? -1) * DAY_MS),
    notAfter: new Date(Date.now() + (options.notAfterDays ?? 100) * DAY_MS),
    signingAlgorithm: algorithm,
    keys,
    extensions: [new ExtendedKeyUsageExtension([options.extendedKeyUsage ?? CLIENT_AUTH])],
  });
  return {
    certificate: `${certificate.toString("pem")}\n`,
    privateKey: KeyObject.from(keys.privateKey).export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

/** A certificate for the key of a CSR, signed by a CA made for the purpose. */
export async function signCsr(csrPem: string): Promise<string> {
  const request = new Pkcs10CertificateRequest(csrPem);
  const ca = await webcrypto.subtle.generateKey(EC, false, ["sign", "verify"]);
  const certificate = await X509CertificateGenerator.create({
    subject: request.subject,
    issuer: "CN=Corporate CA",
    notBefore: new Date(Date.now() - DAY_MS),
    notAfter: new Date(Date.now() + 100 * DAY_MS),
    signingAlgorithm: EC,
    publicKey: request.publicKey,
    signingKey: ca.privateKey,
    extensions: [new ExtendedKeyUsageExtension([CLIENT_AUTH])],
  });
  return `${certificate.toString("pem")}\n`;
}
