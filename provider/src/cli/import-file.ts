// SPDX-License-Identifier: Apache-2.0
// `import-file`: what is on the hosts as a file for `pulumi import --file`, with inputs and outputs, so that the engine takes it
// into the state without asking a provider. Source: Pulumi CLI 3.254, import.go (`inputs` and `outputs` of a resource).

import type { Fingerprinted } from "../kms/make-another";
import type { ReadingOne } from "../kms/operation";
import { orUndefinedIfAbsent } from "../kms/read-result";
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
import type { CommonInputs } from "../resources/input-decoders";
import { toId } from "../resources/key-provider-id";
import { kmsClientCertificate } from "../resources/kms-client-certificate";
import type { ResourceType } from "../resources/resource-type";
import { selfSigned } from "../resources/self-signed";
import { signingRequest } from "../resources/signing-request";
import { cleanLine, printableJson } from "./clean";
import { PROGRAM, UsageError } from "./command-line";
import type { Flags } from "./command-line";
import { counted } from "./in-words";
import { problemsOf, takeInventory } from "./inventory";
import type { FoundKeyProvider } from "./inventory";
import { openSession, settingsOf } from "./settings-flags";
import type { Surroundings } from "./surroundings";

interface Importable {
  readonly type: RegisteredType;
  readonly noun: string;
  /** Outputs that follow from what is on the hosts. */
  readonly read: (reading: ReadingOne) => Promise<Properties>;
  /** Outputs that are inputs, too. */
  readonly inputNames: readonly string[];
}

function importable<I extends CommonInputs, L extends Fingerprinted>(
  type: RegisteredType,
  resourceType: ResourceType<I, L>,
  inputNames: readonly string[],
): Importable {
  const read = async (reading: ReadingOne): Promise<Properties> =>
    resourceType.refreshed(await resourceType.read(reading), {}).outputs;
  return { type, noun: resourceType.noun, read, inputNames };
}

const IMPORTABLE: readonly Importable[] = [
  importable(KMS_CLIENT_CERTIFICATE, kmsClientCertificate, ["certificate"]),
  importable(KMS_SELF_SIGNED, selfSigned, []),
  importable(KMS_SIGNING_REQUEST, signingRequest, []),
];

/** @returns the exit status @internal */
export async function importFile(flags: Flags, { environment, out, err }: Surroundings): Promise<number> {
  const wanted = importableNamed(flags.type ?? KMS_CLIENT_CERTIFICATE.name);
  const session = openSession("import-file", settingsOf(flags, environment), err);
  try {
    const clusters = await takeInventory(session, flags, {
      what: `Reading the ${wanted.noun}`,
      read: (reading) => orUndefinedIfAbsent(wanted.read(reading)),
    });
    const all = clusters.flatMap(({ keyProviders }) => keyProviders);
    const problems = problemsOf(clusters);
    for (const { message } of problems) err(`${cleanLine(session, message)}\n`);
    // A file with a part of what there is would look like a file with all of it.
    if (problems.length > 0) return 1;
    const there = all.filter(({ found }) => found !== undefined);
    const outcome = there.length === 0 ? "nothing to import" : "left out";
    for (const { cluster, keyProvider } of all.filter(({ found }) => found === undefined)) {
      const what = `key provider "${keyProvider}" in cluster "${cluster}" has no ${wanted.noun}: ${outcome}`;
      err(`${cleanLine(session, what)}\n`);
    }
    if (there.length === 0) return 1;
    out(printableJson({ resources: resourcesOf(wanted, session, there) }));
    const next = "run `pulumi import --file FILE --generate-code=false`, then declare the same names in the program";
    err(`${counted(there.length, "resource")} written; ${next}\n`);
    return 0;
  } finally {
    await session.close();
  }
}

function importableNamed(name: string): Importable {
  const found = IMPORTABLE.find(({ type }) => type.name === name);
  if (found !== undefined) return found;
  const known = IMPORTABLE.map(({ type }) => type.name).join(", ");
  throw new UsageError(`--type must be one of ${known}; see \`npx ${PROGRAM} import-file --help\``);
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
