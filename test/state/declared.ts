// SPDX-License-Identifier: Apache-2.0
// What the recordings declare. 0.1.0 had the first two only.

import { createPrivateKey } from "node:crypto";
import type { Declaration } from "../e2e/scene";
import { makeCa, makeCertificate } from "../fixtures/certificates/make";
import type { MadeCertificate } from "../fixtures/certificates/make";
import { Workbench } from "../fixtures/certificates/openssl";

const CLUSTER = "domain-c8";
const PASSPHRASE = "open sesame";

/** The vCenter of the recordings. */
export const CLUSTERS = [{ id: CLUSTER, keyProviders: ["kms-1", "kms-2", "kms-3", "kms-4", "kms-5"] }];

/** A certificate with its key, and a signing request for that key. */
export interface RecordedPair extends MadeCertificate {
  readonly requestPem: string;
}

/** Pairs with the names in the recordings. */
export async function makePairs(count: number): Promise<RecordedPair[]> {
  const bench = new Workbench();
  const ca = await makeCa({ subject: "CN=Key Server CA" });
  try {
    return await Promise.all(
      Array.from({ length: count }, async (_none, at) => {
        // No two end at the same time: placeholders replace their dates.
        const notAfter = new Date(Date.now() + (100 + at) * 86_400_000);
        const made = await makeCertificate({ subject: "CN=esx-kms-client, O=Example", ca, notAfter });
        bench.write(`${at}.key`, made.privateKeyPem);
        const request = bench.openssl(`req -new -key ${at}.key -subj /CN=esx-kms-client -out ${at}.csr`, `${at}.csr`);
        return { ...made, requestPem: request.toString() };
      }),
    );
  } finally {
    bench.remove();
  }
}

/** The files that {@link declarationsOf} names. */
export function filesOf({ certificatePem, privateKeyPem }: RecordedPair): Readonly<Record<string, string>> {
  const options = { type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: PASSPHRASE } as const;
  return {
    "kms.key": privateKeyPem,
    "kms.pem": certificatePem,
    "encrypted.key": createPrivateKey(privateKeyPem).export(options).toString(),
  };
}

/** What may differ from one declaration of a recording to the next. */
export interface Variation {
  /** Of what the hosts make. Default `first`, as recorded. */
  readonly trigger?: string;
  readonly timeoutSeconds?: number;
}

/** Every type with every input that leaves something in the state. */
export function declarationsOf(pair: RecordedPair, variation: Variation = {}): readonly Declaration[] {
  const { certificatePem: certificate, privateKeyPem: privateKey, requestPem: signingRequest } = pair;
  const { trigger = "first", timeoutSeconds = 60 } = variation;
  const hostMade = { cluster: CLUSTER, triggers: [trigger], adopt: true, timeoutSeconds };
  const options = { timeoutSeconds: 60, expiryWarningDays: 10, detectDrift: "onRefresh", adopt: false };
  const files = { certificateFile: "kms.pem", privateKeyFile: "encrypted.key", passphrase: PASSPHRASE };
  const waits = { signingRequest, waitForHealth: true, timeoutSeconds };
  return [
    { name: "kms-1", args: { cluster: CLUSTER, keyProvider: "kms-1", certificate, privateKeyFile: "kms.key" } },
    { name: "kms-2", args: { cluster: CLUSTER, keyProvider: "kms-2", certificate, privateKey, ...options } },
    { type: "KmsSelfSignedClientCertificate", name: "kms-3", args: { ...hostMade, keyProvider: "kms-3" } },
    { type: "KmsClientCertificateSigningRequest", name: "kms-4", args: { ...hostMade, keyProvider: "kms-4" } },
    { name: "kms-5", args: { cluster: CLUSTER, keyProvider: "kms-5", ...files, ...waits } },
  ];
}
