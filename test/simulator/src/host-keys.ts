// SPDX-License-Identifier: Apache-2.0
// The keys of the hosts, and what they make with them: a self-signed client certificate, a signing request. Keys are kept in
// memory only, and are used for nothing but the hosts' own connection to their key server.

import "reflect-metadata";
import type { X509Certificate } from "node:crypto";
import { KeyObject, createPrivateKey, createPublicKey, webcrypto } from "node:crypto";
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

/** What the hosts of one vCenter hold. */
export class HostKeys {
  /** By public key: which key a certificate needs is told by its own. */
  readonly #keys = new Map<string, KeyObject>();

  /** Keeps a key that was sent with a certificate. */
  keep(key: KeyObject | string): void {
    const held = typeof key === "string" ? createPrivateKey(key) : key;
    this.#keys.set(nameOf(createPublicKey(held)), held);
  }

  /** The key of a certificate; undefined if the hosts have none, as for a certificate that somebody else has set. */
  of(certificate: X509Certificate): KeyObject | undefined {
    return this.#keys.get(nameOf(certificate.publicKey));
  }

  /** A new self-signed client certificate (EC P-256, valid for a year), PEM with a final newline. */
  async makeSelfSignedCertificate(cluster: string): Promise<string> {
    const keys = await this.#make(EC);
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
  async makeCsr(cluster: string, keyType: "rsa" | "ec"): Promise<HeldCsr> {
    const signingAlgorithm = keyType === "rsa" ? RSA : EC;
    const keys = await this.#make(signingAlgorithm);
    const request = await Pkcs10CertificateRequestGenerator.create({ name: subject(cluster), keys, signingAlgorithm });
    return { pem: `${request.toString("pem")}\n`, publicKeyPem: request.publicKey.toString("pem") };
  }

  async #make(algorithm: typeof EC | typeof RSA): Promise<webcrypto.CryptoKeyPair> {
    const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
    this.keep(KeyObject.from(keys.privateKey));
    return keys;
  }
}

/** A signing request that a person had made elsewhere. */
export function heldCsr(pem: string): HeldCsr {
  return { pem, publicKeyPem: new Pkcs10CertificateRequest(pem).publicKey.toString("pem") };
}

function subject(cluster: string): string {
  made += 1;
  return `CN=ESXi KMS client ${cluster.replace(/[^A-Za-z0-9 -]/g, "-")} ${made},O=Simulated Trust Authority`;
}

function nameOf(publicKey: KeyObject): string {
  return publicKey.export({ type: "spki", format: "der" }).toString("base64");
}
