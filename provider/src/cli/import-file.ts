// SPDX-License-Identifier: Apache-2.0
// `import-file`: what is on the hosts as a file for `pulumi import --file`, with inputs and outputs, so that the engine takes it
// into the state without asking a provider. Source: Pulumi CLI 3.254, import.go (`inputs` and `outputs` of a resource).

import type { Properties } from "../process/properties";
import type { ReadingSession } from "../process/reading-session";
import {
  handlerText,
  KMS_CLIENT_CERTIFICATE,
  KMS_SELF_SIGNED,
  KMS_SIGNING_REQUEST,
  typeToken,
} from "../registered-types";
import type { RegisteredType } from "../registered-types";
import { orUndefinedIfAbsent } from "../kms/read-result";
import { readCertificate } from "../kms/read-certificate";
import type { ReadingOne } from "../kms/operation";
import { readSigningRequest } from "../kms/signing-request";
import { toId } from "../resources/key-provider-id";
import { kmsClientCertificate } from "../resources/kms-client-certificate";
import { selfSigned } from "../resources/self-signed";
import { signingRequest } from "../resources/signing-request";
import type { Flags } from "./command-line";
import { takeInventory } from "./inventory";
import type { FoundKeyProvider } from "./inventory";
import { openSession, settingsEnvironment } from "./settings-flags";
import { UsageError } from "./surroundings";
import type { Surroundings } from "./surroundings";

interface Importable {
  readonly type: RegisteredType;
  readonly noun: string;
  /** Outputs that follow from what is on the hosts. */
  readonly read: (reading: ReadingOne) => Promise<Properties>;
  /** Outputs that are inputs, too. */
  readonly inputNames: readonly string[];
}

const IMPORTABLE: readonly Importable[] = [
  {
    type: KMS_CLIENT_CERTIFICATE,
    noun: kmsClientCertificate.noun,
    read: async (reading) => kmsClientCertificate.refreshed(await readCertificate(reading), {}).outputs,
    inputNames: ["certificate"],
  },
  {
    type: KMS_SELF_SIGNED,
    noun: selfSigned.noun,
    read: async (reading) => selfSigned.refreshed(await readCertificate(reading), {}).outputs,
    inputNames: [],
  },
  {
    type: KMS_SIGNING_REQUEST,
    noun: signingRequest.noun,
    read: async (reading) => signingRequest.refreshed(await readSigningRequest(reading), {}).outputs,
    inputNames: [],
  },
];

/** @returns the exit status @internal */
export async function importFile(flags: Flags, { environment, out, err }: Surroundings): Promise<number> {
  const importable = importableNamed(flags["type"] ?? KMS_CLIENT_CERTIFICATE.name);
  const session = openSession("import-file", settingsEnvironment(flags, environment));
  try {
    const clusters = await takeInventory(session, flags, {
      what: `Reading the ${importable.noun}`,
      read: (reading) => orUndefinedIfAbsent(importable.read(reading)),
    });
    const all = clusters.flatMap(({ keyProviders }) => keyProviders);
    const problems = [...clusters, ...all].flatMap(({ problem }) => (problem === undefined ? [] : [problem]));
    for (const { message } of problems) err(`${message}\n`);
    // A file with a part of what there is would look like a file with all of it.
    if (problems.length > 0) return 1;
    const there = all.filter(({ found }) => found !== undefined);
    for (const { cluster, keyProvider } of all.filter(({ found }) => found === undefined)) {
      err(`key provider "${keyProvider}" in cluster "${cluster}" has no ${importable.noun}: left out\n`);
    }
    if (there.length === 0) return 1;
    out(`${JSON.stringify({ resources: resourcesOf(importable, session, there) }, null, 2)}\n`);
    const next = "run `pulumi import --file FILE --generate-code=false`, and declare them under the same names";
    err(`${String(there.length)} resource(s) written; ${next}\n`);
    return 0;
  } finally {
    await session.close();
  }
}

function importableNamed(name: string | true): Importable {
  const found = IMPORTABLE.find(({ type }) => type.name === name);
  if (found !== undefined) return found;
  const known = IMPORTABLE.map(({ type }) => type.name).join(", ");
  throw new UsageError(`--type must be one of ${known}; see \`pulumi-vsphere-trust-authority import-file --help\``);
}

function resourcesOf(
  { type, inputNames }: Importable,
  session: ReadingSession,
  there: readonly FoundKeyProvider<Properties>[],
): unknown[] {
  const severalClusters = new Set(there.map(({ cluster }) => cluster)).size > 1;
  return there.map(({ cluster, keyProvider, found = {} }) => {
    const __provider = handlerText(type);
    const target = { cluster, keyProvider };
    const inputs = Object.fromEntries(inputNames.map((name) => [name, found[name]]));
    return {
      type: typeToken(type.name),
      name: severalClusters ? `${cluster}-${keyProvider}` : keyProvider,
      id: toId(target),
      inputs: { ...target, ...inputs, __provider },
      outputs: { ...target, server: session.access.server(), ...found, __provider },
    };
  });
}
