// SPDX-License-Identifier: Apache-2.0
// What our own code costs in check and diff of one unchanged resource, without the host and its gRPC.

import type { MadeCertificate } from "../../fixtures/certificates/make";
import { makeCertificate } from "../../fixtures/certificates/make";
import { runChild } from "./node-child";

/** What the resources of one measurement are like. */
export interface Kind {
  readonly label: string;
  /** Default `p256`. */
  readonly keyType?: "p256" | "rsa-2048" | "rsa-3072";
  /** Certificates among all resources; each comes again when all the others have been there. */
  readonly distinct: number;
  /** Which input holds the private key, or none. */
  readonly key: "privateKey" | "privateKeyFile" | "none";
}

/** What check and diff of one resource cost. */
export interface OwnCost {
  readonly meanMs: number;
  /** 99 of 100 resources cost no more. */
  readonly p99Ms: number;
  /** File accesses for each resource. */
  readonly files: number;
  /** Connections, of all resources together. */
  readonly connections: number;
}

const SERVER = "vcenter.example";

/**
 * Measures it in a process of its own, after a warm-up.
 *
 * @param kind - what the resources are like
 * @param count - how many resources are looked at
 * @param writeKey - writes a key into a file, and returns its path
 */
export async function measureOwnCode(
  kind: Kind,
  count: number,
  writeKey: (pem: string) => Promise<string>,
): Promise<OwnCost> {
  const resources: Resource[] = [];
  for (let at = 0; at < kind.distinct; at += 1) {
    const made = await makeCertificate({ keyType: kind.keyType ?? "p256", subject: `CN=client-${at}` });
    resources.push(await toResource(at, made, kind.key, writeKey));
  }
  const { ms, files, connections } = (await runChild("check-and-diff.cjs", {
    environment: { VSPHERE_TRUST_AUTHORITY_SERVER: SERVER },
    input: JSON.stringify({ resources, count }),
  })) as { readonly ms: readonly number[]; readonly files: number; readonly connections: number };
  const sorted = [...ms].sort((a, b) => a - b);
  return {
    meanMs: ms.reduce((sum, each) => sum + each, 0) / ms.length,
    p99Ms: sorted[Math.floor(ms.length * 0.99)] ?? NaN,
    files: files / ms.length,
    connections,
  };
}

interface Resource {
  readonly inputs: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
}

async function toResource(
  at: number,
  made: MadeCertificate,
  key: Kind["key"],
  writeKey: (pem: string) => Promise<string>,
): Promise<Resource> {
  const common = { cluster: "domain-c8", keyProvider: `kms-${at}`, certificate: made.certificatePem };
  const urn = `urn:pulumi:test::trial::pulumi-nodejs:dynamic/trustauthority:KmsClientCertificate::certificate-${at}`;
  return {
    inputs: {
      ...common,
      __urn: urn,
      ...(key === "privateKey" ? { privateKey: made.privateKeyPem } : {}),
      ...(key === "privateKeyFile" ? { privateKeyFile: await writeKey(made.privateKeyPem) } : {}),
    },
    outputs: { ...common, server: SERVER, sha256Fingerprint: made.fingerprint },
  };
}
