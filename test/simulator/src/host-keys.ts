// SPDX-License-Identifier: Apache-2.0
// What the hosts of a cluster make by themselves: a self-signed client certificate, a key with a signing request. The
// private halves never leave this file, as they never leave real hosts.

import "reflect-metadata";
import { webcrypto } from "node:crypto";
import {
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Pkcs10CertificateRequest,
  Pkcs10CertificateRequestGenerator,
  X509CertificateGenerator,
  cryptoProvider,
} from "@peculiar/x509";
import type { HeldCsr } from "./cluster-store";

cryptoProvider.set(webcrypto);

const EC = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
/** RSA, because a signing request meets other people's tools, and 2048 bits is what vSphere's hosts make. */
const RSA = {
  name: "RSASSA-PKCS1-v1_5",
  hash: "SHA-256",
  publicExponent: new Uint8Array([1, 0, 1]),
  modulusLength: 2048,
} as const;
const DAY_MS = 86_400_000;

/** Every host-made subject carries a running number, so that two certificates of one run are told apart by eye. */
let made = 0;

/** A new self-signed client certificate (EC P-256, valid for a year), PEM with a final newline. */
export async function makeSelfSignedCertificate(cluster: string): Promise<string> {
  const keys = await webcrypto.subtle.generateKey(EC, false, ["sign", "verify"]);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: subject(cluster),
    notBefore: new Date(Date.now() - DAY_MS),
    notAfter: new Date(Date.now() + 365 * DAY_MS),
    signingAlgorithm: EC,
    keys,
    extensions: [
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth]),
    ],
  });
  return `${certificate.toString("pem")}\n`;
}

/** A new key that stays here, and the signing request for it. */
export async function makeCsr(cluster: string, keyType: "rsa" | "ec"): Promise<HeldCsr> {
  const signingAlgorithm = keyType === "rsa" ? RSA : EC;
  const keys = await webcrypto.subtle.generateKey(signingAlgorithm, false, ["sign", "verify"]);
  const request = await Pkcs10CertificateRequestGenerator.create({ name: subject(cluster), keys, signingAlgorithm });
  return { pem: `${request.toString("pem")}\n`, publicKeyPem: request.publicKey.toString("pem") };
}

/** A signing request that a person had made elsewhere. */
export function heldCsr(pem: string): HeldCsr {
  return { pem, publicKeyPem: new Pkcs10CertificateRequest(pem).publicKey.toString("pem") };
}

function subject(cluster: string): string {
  made += 1;
  return `CN=ESXi KMS client ${cluster.replace(/[^A-Za-z0-9 -]/g, "-")} ${made},O=Simulated Trust Authority`;
}
