// SPDX-License-Identifier: Apache-2.0
// The simulator's own TLS identity: a CA made per run and a server certificate, good or wrong in one chosen way.

import "reflect-metadata";
import { X509Certificate as NodeCertificate, webcrypto } from "node:crypto";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
  cryptoProvider,
} from "@peculiar/x509";
import type { TlsOptions } from "node:tls";

cryptoProvider.set(webcrypto);

/** The server's certificate, or what is wrong with it (or with the protocol version). */
export type ServerCertificateKind = "good" | "expired" | "wrong-host" | "self-signed" | "rsa-1024" | "tls1.1-only";

/** Everything that TLS needs; plain text, so that a state file can hold it. */
export interface TlsIdentity {
  readonly caPem: string;
  readonly certificatePem: string;
  readonly keyPem: string;
  /** SHA-256 of the server's certificate, upper-case hex with colons, as openssl prints it. */
  readonly fingerprint: string;
}

const EC = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const DAY_MS = 86_400_000;

/**
 * Makes a CA and a server certificate (EC P-256, but for `rsa-1024`) for localhost, 127.0.0.1 and ::1.
 * @param kind `self-signed` still returns a CA, which the certificate does not come from.
 */
export async function makeTlsIdentity(kind: ServerCertificateKind): Promise<TlsIdentity> {
  const now = Date.now();
  const caKeys = await webcrypto.subtle.generateKey(EC, true, ["sign", "verify"]);
  const ca = await X509CertificateGenerator.createSelfSigned({
    name: "CN=Simulator CA,O=Simulated vCenter",
    notBefore: new Date(now - 30 * DAY_MS),
    notAfter: new Date(now + 30 * DAY_MS),
    signingAlgorithm: EC,
    keys: caKeys,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(caKeys.publicKey),
    ],
  });
  const keys = await makeServerKeys(kind);
  const selfSigned = kind === "self-signed";
  const names =
    kind === "wrong-host"
      ? [{ type: "dns" as const, value: "another-host.example" }]
      : [
          { type: "dns" as const, value: "localhost" },
          { type: "ip" as const, value: "127.0.0.1" },
          { type: "ip" as const, value: "::1" },
        ];
  const certificate = await X509CertificateGenerator.create({
    subject: "CN=Simulated vCenter",
    issuer: selfSigned ? "CN=Simulated vCenter" : ca.subject,
    notBefore: new Date(kind === "expired" ? now - 20 * DAY_MS : now - DAY_MS),
    notAfter: new Date(kind === "expired" ? now - DAY_MS : now + 20 * DAY_MS),
    signingAlgorithm: selfSigned ? { ...keys.privateKey.algorithm, hash: "SHA-256" } : EC,
    publicKey: keys.publicKey,
    signingKey: selfSigned ? keys.privateKey : caKeys.privateKey,
    extensions: [
      new BasicConstraintsExtension(false),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(names),
      await AuthorityKeyIdentifierExtension.create(selfSigned ? keys.publicKey : caKeys.publicKey),
    ],
  });
  const certificatePem = `${certificate.toString("pem")}\n`;
  const pkcs8 = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
  return {
    caPem: `${ca.toString("pem")}\n`,
    certificatePem,
    keyPem: PemConverter.encode(pkcs8, "PRIVATE KEY"),
    fingerprint: new NodeCertificate(certificatePem).fingerprint256,
  };
}

function makeServerKeys(kind: ServerCertificateKind): Promise<webcrypto.CryptoKeyPair> {
  if (kind !== "rsa-1024") return webcrypto.subtle.generateKey(EC, true, ["sign", "verify"]);
  const weak = {
    name: "RSASSA-PKCS1-v1_5",
    hash: "SHA-256",
    publicExponent: new Uint8Array([1, 0, 1]),
    modulusLength: 1024,
  };
  return webcrypto.subtle.generateKey(weak, true, ["sign", "verify"]);
}

/** TLS settings of the server. A weak key or an old protocol has to be allowed here, so that the client is what refuses it. */
export function tlsOptions(identity: TlsIdentity, kind: ServerCertificateKind): TlsOptions {
  const old = kind === "tls1.1-only";
  return {
    cert: identity.certificatePem,
    key: identity.keyPem,
    minVersion: old ? "TLSv1.1" : "TLSv1.2",
    maxVersion: old ? "TLSv1.1" : "TLSv1.3",
    ...(old || kind === "rsa-1024" ? { ciphers: "DEFAULT@SECLEVEL=0" } : {}),
    ALPNProtocols: ["http/1.1"],
  };
}
