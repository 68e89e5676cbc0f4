// SPDX-License-Identifier: Apache-2.0
// `list`: clusters, key providers, their health and their client certificates.

import { readCertificateIfAny } from "../kms/read-certificate";
import type { CertificateInfo } from "../x509/certificate";
import { cleanJson, cleanLine } from "./clean";
import type { Flags } from "./command-line";
import { problemsOf, takeInventory } from "./inventory";
import type { FoundCluster, FoundKeyProvider } from "./inventory";
import { timeLeft } from "./in-words";
import { openSession, settingsOf } from "./settings-flags";
import type { Surroundings } from "./surroundings";

/** @returns the exit status @internal */
export async function list(flags: Flags, { environment, out, err }: Surroundings): Promise<number> {
  const session = openSession("list", settingsOf(flags, environment), err);
  try {
    const clusters = await takeInventory(session, flags, {
      what: "Reading the client certificate",
      read: readCertificateIfAny,
    });
    const server = session.access.server() ?? "";
    if (flags.json === true) out(cleanJson(session, asJson(server, clusters)));
    else for (const line of asText(server, clusters)) out(`${cleanLine(session, line)}\n`);
    const problems = problemsOf(clusters);
    for (const { message } of problems) err(`${cleanLine(session, message)}\n`);
    return problems.length === 0 ? 0 : 1;
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

function asText(server: string, clusters: readonly FoundCluster<CertificateInfo>[]): string[] {
  const lines = clusters.flatMap(({ cluster, state, keyProviders, problem }) => [
    `  cluster ${cluster}  ${state}`,
    ...(problem === undefined ? [] : ["    its key providers cannot be listed"]),
    ...(problem === undefined && keyProviders.length === 0 ? ["    no key provider"] : []),
    ...keyProviders.flatMap(keyProviderText),
  ]);
  return [server, ...lines];
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
    `      not after   ${found.notAfter} (${timeLeft(found)})`,
  ];
}
