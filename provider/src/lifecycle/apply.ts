// SPDX-License-Identifier: Apache-2.0
// `create` and `update`: one PATCH where the server does not hold the wanted certificate yet, proved by reading back.
// What an earlier run has left open is asked after first.

import type { CreateResult, UpdateResult } from "@pulumi/pulumi/dynamic";
import { CodedError } from "../core/coded-error";
import { replaceAndProve, waitUntilSpent } from "../trust/client-certificate";
import type { Operation } from "../trust/operation";
import { readCertificateIfAny } from "../trust/read-certificate";
import type { Unfinished } from "../trust/unfinished";
import type { CertificateInfo } from "../x509/certificate";
import type { Wire } from "./check";
import { parseDesired, prepareDesired } from "./desired";
import type { DesiredCertificate } from "./desired";
import { requireInputs, urnOf } from "./inputs";
import type { KmsClientCertificateInputs } from "./inputs";
import { certificateOutputs, inputOutputs, isPending, readState, toId } from "./outputs";
import type { KnownState, Outputs } from "./outputs";
import type { ProviderProcess } from "./provider-process";
import { runOperation, toResourceError } from "./run-operation";
import type { Task } from "./run-operation";

/** What the server was proved to hold, and the task that brought it there. */
interface Held {
  readonly certificate: CertificateInfo;
  readonly taskId: string | undefined;
}

/**
 * Brings the certificate to the server: always one PATCH, unless `adopt` finds it there.
 *
 * @param process - the provider process
 * @param news - checked inputs
 * @returns id and outputs
 * @throws NotFinishedError where the PATCH was accepted and its outcome is unknown; ResourceError otherwise
 * @internal
 */
export async function create(process: ProviderProcess, news: Wire): Promise<CreateResult<Outputs>> {
  const attempt = await begin(process, news, {}, "Creating the client certificate");
  const { inputs } = attempt;
  const held = await attempt.run(async (desired, operation) => {
    if (inputs.adopt) {
      operation.onStep("reading the certificate that is there");
      const present = await readCertificateIfAny(operation);
      if (present?.sha256Fingerprint === desired.certificate.sha256Fingerprint) {
        return { certificate: present, taskId: undefined };
      }
      if (present !== undefined) throw alreadyPresent(present, desired.certificate);
    }
    return attempt.replace(desired, operation);
  });
  return { id: toId(inputs), outs: attempt.outputs(held) };
}

/**
 * Brings a changed certificate to the server, or settles what an earlier run left open. Sends nothing where the server
 * was last proved to hold the wanted certificate.
 *
 * @param process - the provider process
 * @param olds - outputs as saved
 * @param news - checked inputs
 * @returns outputs
 * @throws as {@link create}
 * @internal
 */
export async function update(process: ProviderProcess, olds: Wire, news: Wire): Promise<UpdateResult<Outputs>> {
  const attempt = await begin(process, news, olds, "Replacing the client certificate");
  const { inputs, state } = attempt;
  if (!isPending(state) && inputs.detectDrift === "onRefresh") {
    const unchanged = await attempt.explain(async () => {
      const wanted = await parseDesired(inputs.certificate);
      return wanted.sha256Fingerprint === state.sha256Fingerprint ? wanted : undefined;
    });
    if (unchanged !== undefined) {
      return { outs: attempt.outputs({ certificate: unchanged, taskId: state.taskId }) };
    }
  }
  const held = await attempt.run(async (desired, operation) => {
    if (isPending(state) || inputs.detectDrift === "always") {
      if (state.pendingTaskId !== undefined) {
        operation.onStep(`asking after task ${state.pendingTaskId} of an earlier run`);
        await waitUntilSpent(operation, state.pendingTaskId);
      }
      const live = await readCertificateIfAny(operation);
      if (live?.sha256Fingerprint === desired.certificate.sha256Fingerprint) {
        return { certificate: live, taskId: state.pendingTaskId ?? state.taskId };
      }
    }
    return attempt.replace(desired, operation);
  });
  return { outs: attempt.outputs(held) };
}

interface Attempt {
  readonly inputs: KmsClientCertificateInputs;
  readonly state: KnownState;
  /** Runs within session and time; the desired certificate is looked at before any request. */
  run(work: (desired: DesiredCertificate, operation: Operation) => Promise<Held>): Promise<Held>;
  /** Runs without a session; failures get the same text. */
  explain<T>(work: () => Promise<T>): Promise<T>;
  /** Looks at key and dates once more, then replaces. */
  replace(desired: DesiredCertificate, operation: Operation): Promise<Held>;
  outputs(held: Held): Outputs;
}

async function begin(process: ProviderProcess, news: Wire, olds: Wire, what: string): Promise<Attempt> {
  const inputs = await validInputs(process, news, what);
  const state = readState(olds);
  const target = { cluster: inputs.cluster, keyProvider: inputs.keyProvider };
  const secretPems = inputs.privateKey === undefined ? [] : [inputs.privateKey];
  let wantedFingerprint: string | undefined;
  const task: Task = {
    what,
    target,
    urn: urnOf(news),
    timeoutSeconds: inputs.timeoutSeconds,
    get secretPems() {
      return secretPems;
    },
    toSave: (unfinished) => ({
      id: toId(target),
      properties: {
        ...unfinishedOutputs({
          olds,
          base: inputOutputs(inputs, news, process.server() ?? ""),
          unfinished,
          wantedFingerprint,
          state,
        }),
        // The host adds it to results, but not to errors: without it the next read or delete could not run.
        __provider: news["__provider"],
      },
    }),
  };
  const explain = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw await toResourceError(process, task, error);
    }
  };
  const prepare = async (): Promise<DesiredCertificate> => {
    const desired = await prepareDesired(inputs, process.clock.wallMs());
    if (desired.privateKeyPem !== undefined) secretPems.push(desired.privateKeyPem);
    wantedFingerprint = desired.certificate.sha256Fingerprint;
    return desired;
  };
  return {
    inputs,
    state,
    explain,
    async run(work) {
      const desired = await explain(async () => {
        assertSameServer(process, state);
        return prepare();
      });
      return runOperation(process, task, (operation) => work(desired, operation));
    },
    async replace(desired, operation) {
      // A key file may have been exchanged, and time has passed, while an earlier task was waited for.
      const { certificate, privateKeyPem } = operation.deadline.elapsedMs() > 1_000 ? await prepare() : desired;
      process.wrote(target);
      return replaceAndProve(operation, {
        certificatePem: certificate.pem,
        privateKeyPem,
        sha256Fingerprint: certificate.sha256Fingerprint,
      });
    },
    outputs: ({ certificate, taskId }) => ({
      ...inputOutputs(inputs, news, process.server() ?? state.server ?? ""),
      certificate: inputs.certificate,
      ...certificateOutputs(certificate),
      ...(taskId === undefined ? {} : { taskId }),
    }),
  };
}

/** What `check` should have refused is refused here with the same care for the text. */
async function validInputs(process: ProviderProcess, news: Wire, what: string): Promise<KmsClientCertificateInputs> {
  try {
    return requireInputs(news);
  } catch (error) {
    const target = { cluster: "?", keyProvider: "?" };
    const task: Task = { what, target, urn: urnOf(news), timeoutSeconds: undefined, secretPems: [] };
    throw await toResourceError(process, task, error);
  }
}

interface UnfinishedState {
  readonly olds: Wire;
  readonly base: Outputs;
  readonly unfinished: Unfinished;
  readonly wantedFingerprint: string | undefined;
  readonly state: KnownState;
}

/** Only what was read from the server stays a fact; what is open is named as pending. */
function unfinishedOutputs({ olds, base, unfinished, wantedFingerprint, state }: UnfinishedState): Outputs {
  const { live, taskId, settled } = unfinished.facts;
  const known: Outputs =
    live === undefined
      ? Object.fromEntries(CERTIFICATE_OUTPUTS.filter((name) => name in olds).map((name) => [name, olds[name]]))
      : { certificate: live.pem, ...certificateOutputs(live) };
  const pendingTaskId = taskId ?? undefined;
  return {
    ...base,
    ...known,
    ...(state.taskId === undefined ? {} : { taskId: state.taskId }),
    ...(settled === true || pendingTaskId === undefined ? {} : { pendingTaskId }),
    ...(settled === true || wantedFingerprint === undefined ? {} : { pendingFingerprint: wantedFingerprint }),
  };
}

const CERTIFICATE_OUTPUTS = [
  "certificate",
  "sha256Fingerprint",
  "subject",
  "issuer",
  "serialNumber",
  "notBefore",
  "notAfter",
];

function assertSameServer(process: ProviderProcess, state: KnownState): void {
  const server = process.requireWhere().address.authority;
  if (state.server === undefined || state.server === server) return;
  throw new CodedError(
    "ERR_SERVER_CHANGED",
    `the resource lives on ${state.server}, but the provider is configured for ${server}`,
    {
      details: { stateServer: state.server, server },
      remedy: "configure the provider for the server in the state, or let the resource be replaced",
    },
  );
}

function alreadyPresent(present: CertificateInfo, wanted: CertificateInfo): CodedError {
  return new CodedError(
    "ERR_ALREADY_PRESENT",
    `adopt is set, but the server holds another certificate: SHA-256 ${present.sha256Fingerprint} (${present.subject}) instead of ${wanted.sha256Fingerprint} (${wanted.subject})`,
    { remedy: "give the certificate that is there, or remove adopt to replace it" },
  );
}
