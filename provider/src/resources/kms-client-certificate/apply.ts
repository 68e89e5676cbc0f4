// SPDX-License-Identifier: Apache-2.0
// `create` and `update`: one PATCH where the server does not hold the wanted certificate yet, proved by reading back.
// What an earlier run has left open is asked after first.

import type { CreateResult, UpdateResult } from "@pulumi/pulumi/dynamic";
import { CodedError } from "../../core/coded-error";
import { Redactor } from "../../core/redact";
import { replaceAndProve } from "../../kms/replace";
import { findOpenTask } from "../../kms/find-task";
import type { Operation } from "../../kms/operation";
import { readCertificateIfAny } from "../../kms/read-certificate";
import { waitUntilSpent } from "../../kms/spent-task";
import type { CertificateInfo } from "../../x509/certificate";
import type { Wire } from "./check";
import { parseDesired, prepareDesired } from "./desired";
import type { Clocks, DesiredCertificate } from "./desired";
import { requireInputs, urnOf } from "../inputs";
import type { KmsClientCertificateInputs } from "../inputs";
import { certificateOutputs, inputOutputs, isPending, readState, toId } from "../outputs";
import type { KnownState, Outputs } from "../outputs";
import type { ProviderProcess } from "../../process/provider-process";
import { runOperation, toResourceError } from "../../process/run-operation";
import type { Task } from "../../process/run-operation";
import { unfinishedOutputs } from "../unfinished-outputs";

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
  const attempt = begin(process, news, {}, "Creating the client certificate");
  const { inputs } = attempt;
  const held = await attempt.run({ mayFindItThere: inputs.adopt }, async (wanted, operation) => {
    if (inputs.adopt) {
      operation.onStep("reading the certificate that is there");
      const present = await readCertificateIfAny(operation);
      if (present?.sha256Fingerprint === wanted.sha256Fingerprint) return { certificate: present, taskId: undefined };
      if (present !== undefined) throw alreadyPresent(present, wanted);
    }
    return attempt.replace(operation);
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
  const attempt = begin(process, news, olds, "Replacing the client certificate");
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
  const mayFindItThere = isPending(state) || inputs.detectDrift === "always";
  const held = await attempt.run({ mayFindItThere }, async (wanted, operation) => {
    const isThere = async (taskId: string | undefined): Promise<Held | undefined> => {
      const live = await readCertificateIfAny(operation);
      return live?.sha256Fingerprint === wanted.sha256Fingerprint ? { certificate: live, taskId } : undefined;
    };
    if (!mayFindItThere) return attempt.replace(operation);
    const idIsLost = isPending(state) && state.pendingTaskId === undefined;
    if (idIsLost && state.pendingFingerprint === wanted.sha256Fingerprint) {
      // Where it shows, no task need be looked for.
      const held = await isThere(state.taskId);
      if (held !== undefined) return held;
    }
    const spentTaskId = await settlePending(operation, state);
    return (await isThere(spentTaskId ?? state.taskId)) ?? attempt.replace(operation);
  });
  return { outs: attempt.outputs(held) };
}

/** Waits until the replacement that an earlier run left open has ended. @returns its task's id, where that is known */
async function settlePending(operation: Operation, state: KnownState): Promise<string | undefined> {
  if (!isPending(state)) return undefined;
  let taskId = state.pendingTaskId;
  if (taskId === undefined) {
    const open = await findOpenTask(operation);
    if (typeof open === "string") return undefined;
    ({ taskId } = open);
  }
  operation.onStep(`asking after task ${taskId} of an earlier run`);
  await waitUntilSpent(operation, taskId);
  return taskId;
}

interface Attempt {
  readonly inputs: KmsClientCertificateInputs;
  readonly state: KnownState;
  /**
   * Runs within session and time. Certificate and key are looked at before any request, unless `mayFindItThere`: then a
   * read may tell that nothing is to be sent, for which neither a valid date nor a key is needed.
   */
  run(
    options: { readonly mayFindItThere: boolean },
    work: (wanted: CertificateInfo, operation: Operation) => Promise<Held>,
  ): Promise<Held>;
  /** Runs without a session; failures get the same text. */
  explain<T>(work: () => Promise<T>): Promise<T>;
  /** Looks at key and dates once more, then replaces. */
  replace(operation: Operation): Promise<Held>;
  outputs(held: Held): Outputs;
}

function begin(process: ProviderProcess, news: Wire, olds: Wire, what: string): Attempt {
  const inputs = validInputs(process, news, what);
  const state = readState(olds);
  const target = { cluster: inputs.cluster, keyProvider: inputs.keyProvider };
  const keys = new Redactor();
  if (inputs.privateKey !== undefined) keys.addPem(inputs.privateKey);
  // Until this call sends a replacement of its own, what is open is what an earlier run has left.
  let replacing = state.pendingFingerprint;
  const task: Task = {
    what,
    target,
    urn: urnOf(news),
    timeoutSeconds: inputs.timeoutSeconds,
    keys,
    toSave: (unfinished) => ({
      id: toId(target),
      properties: {
        ...unfinishedOutputs({
          olds,
          base: inputOutputs(inputs, news, process.server() ?? ""),
          unfinished,
          pendingFingerprint: replacing,
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
      throw toResourceError(process, task, error);
    }
  };
  const prepare = async (clocks: Clocks): Promise<DesiredCertificate> => {
    const desired = await prepareDesired(inputs, clocks);
    if (desired.privateKeyPem !== undefined) keys.addPem(desired.privateKeyPem);
    return desired;
  };
  return {
    inputs,
    state,
    explain,
    async run({ mayFindItThere }, work) {
      const wanted = await explain(async () => {
        assertSameServer(process, state);
        return mayFindItThere
          ? parseDesired(inputs.certificate)
          : (await prepare({ nowMs: process.clock.wallMs() })).certificate;
      });
      const held = await runOperation(process, task, (operation) => work(wanted, operation));
      process.tookOver(target);
      return held;
    },
    async replace(operation) {
      const { api } = operation.connection;
      // The answer to the login tells the server's clock: the second witness of the certificate's dates.
      await api.login(operation.deadline);
      const nowMs = process.clock.wallMs();
      const aheadMs = api.serverAheadMs();
      const serverDateMs = aheadMs === undefined ? undefined : nowMs + aheadMs;
      const { certificate, privateKeyPem, warnings } = await prepare({ nowMs, serverDateMs });
      for (const warning of warnings) process.notices.print("warning", warning, { urn: task.urn, target });
      process.tookOver(target);
      replacing = certificate.sha256Fingerprint;
      return replaceAndProve(operation, {
        certificatePem: certificate.pem,
        privateKeyPem,
        sha256Fingerprint: certificate.sha256Fingerprint,
        earlierTaskIds: [state.taskId, state.pendingTaskId].filter((id) => id !== undefined),
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
function validInputs(process: ProviderProcess, news: Wire, what: string): KmsClientCertificateInputs {
  try {
    return requireInputs(news);
  } catch (error) {
    const target = { cluster: "?", keyProvider: "?" };
    const task: Task = { what, target, urn: urnOf(news), timeoutSeconds: undefined, keys: new Redactor() };
    throw toResourceError(process, task, error);
  }
}

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
