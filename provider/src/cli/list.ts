// SPDX-License-Identifier: Apache-2.0
// `list`: clusters, key providers, their health and their client certificates.

import { systemClock } from "../core/clock";
import { readCertificateIfAny } from "../kms/read-certificate";
import type { CertificateInfo } from "../x509/certificate";
import type { Flags } from "./command-line";
import { takeInventory } from "./inventory";
import type { FoundCluster, FoundKeyProvider } from "./inventory";
import { openSession, settingsEnvironment } from "./settings-flags";
import type { Surroundings } from "./surroundings";

const DAY_MS = 86_400_000;

/** @returns the exit status @internal */
export async function list(flags: Flags, { environment, out, err }: Surroundings): Promise<number> {
  const session = openSession("list", settingsEnvironment(flags, environment));
  try {
    const clusters = await takeInventory(session, flags, {
      what: "Reading the client certificate",
      read: readCertificateIfAny,
    });
    const server = session.access.server() ?? "";
    out(flags["json"] === true ? `${JSON.stringify(asJson(server, clusters), null, 2)}\n` : asText(server, clusters));
    const problems = clusters.flatMap((one) => [one.problem, ...one.keyProviders.map(({ problem }) => problem)]);
    const failed = problems.filter((problem) => problem !== undefined);
    for (const { message } of failed) err(`${message}\n`);
    return failed.length === 0 ? 0 : 1;
  } finally {
    await session.close();
  }
}

function asJson(server: string, clusters: readonly FoundCluster<CertificateInfo>[]): unknown {
  return {
    server,
    clusters: clusters.map(({ cluster, state, keyProviders, problem }) => ({
      cluster,
      state,
      ...(problem === undefined ? {} : { problem: problem.message }),
      keyProviders: keyProviders.map(({ keyProvider, health, found, problem: failed }) => ({
        keyProvider,
        health,
        subject: found?.subject ?? null,
        sha256Fingerprint: found?.sha256Fingerprint ?? null,
        notAfter: found?.notAfter ?? null,
        ...(failed === undefined ? {} : { problem: failed.message }),
      })),
    })),
  };
}

function asText(server: string, clusters: readonly FoundCluster<CertificateInfo>[]): string {
  const lines = clusters.flatMap(({ cluster, state, keyProviders, problem }) => [
    `  cluster ${cluster}  ${state}`,
    ...(problem === undefined ? [] : ["    its key providers cannot be listed"]),
    ...(problem === undefined && keyProviders.length === 0 ? ["    no key provider"] : []),
    ...keyProviders.flatMap(keyProviderText),
  ]);
  return [server, ...lines, ""].join("\n");
}

function keyProviderText({ keyProvider, health, found, problem }: FoundKeyProvider<CertificateInfo>): string[] {
  const head = `    key provider ${keyProvider}  health ${health}`;
  if (found === undefined) {
    return [
      head,
      problem === undefined ? "      no client certificate" : "      its client certificate cannot be read",
    ];
  }
  return [
    head,
    `      subject     ${found.subject}`,
    `      SHA-256     ${found.sha256Fingerprint}`,
    `      not after   ${found.notAfter} (${timeLeft(found.notAfter)})`,
  ];
}

/** E.g. `in 30 days`, `EXPIRED`. @internal */
export function timeLeft(notAfter: string): string {
  const leftMs = Date.parse(notAfter) - systemClock.wallMs();
  if (leftMs <= 0) return "EXPIRED";
  const days = Math.floor(leftMs / DAY_MS);
  return days >= 2 ? `in ${days} days` : `in ${Math.floor(leftMs / 3_600_000)} hours`;
}
