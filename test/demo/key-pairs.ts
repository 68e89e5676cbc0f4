// SPDX-License-Identifier: Apache-2.0
// The certificates of the demonstration: a key server's CA and what it issues, made anew for every run.

import { createPrivateKey, webcrypto } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { makeCa, makeCertificate } from "../fixtures/certificates/make";

/** A certificate and its private key, as PEM texts and as files that only their owner can read. */
export interface KeyPair {
  readonly certificate: string;
  readonly privateKey: string;
  readonly certificateFile: string;
  readonly privateKeyFile: string;
}

/** What the story needs: a certificate, its renewal, and what somebody else puts in place by hand. */
export type KeyPairs = Readonly<Record<"first" | "second" | "foreign", KeyPair>>;

const YEAR_MS = 365 * 86_400_000;

/** Makes a CA (`ca.pem`, `ca.key`) and three client certificates, with files in an existing folder. */
export async function makeKeyPairs(folder: string): Promise<KeyPairs> {
  const ca = await makeCa({ subject: "CN=Demo Key Server CA" });
  const caKey = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", ca.keys.privateKey));
  const caKeyPem = createPrivateKey({ key: caKey, type: "pkcs8", format: "der" }).export({
    type: "pkcs8",
    format: "pem",
  });
  await writeFile(resolve(folder, "ca.pem"), ca.certificatePem);
  await writeFile(resolve(folder, "ca.key"), caKeyPem, { mode: 0o600 });
  const issue = async (name: string): Promise<KeyPair> => {
    const { certificatePem: certificate, privateKeyPem: privateKey } = await makeCertificate({
      ca,
      subject: `CN=Trust Authority hosts (${name}),O=Demo`,
      keyType: "rsa-3072",
      freshKey: true,
      notAfter: new Date(Date.now() + YEAR_MS),
    });
    const certificateFile = resolve(folder, `${name}.pem`);
    const privateKeyFile = resolve(folder, `${name}.key`);
    await writeFile(certificateFile, certificate, { mode: 0o600 });
    await writeFile(privateKeyFile, privateKey, { mode: 0o600 });
    return { certificate, privateKey, certificateFile, privateKeyFile };
  };
  return { first: await issue("first"), second: await issue("second"), foreign: await issue("foreign") };
}
