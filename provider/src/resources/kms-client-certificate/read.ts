// SPDX-License-Identifier: Apache-2.0
// `read`: what the server holds now, for `refresh` and `.get`. An empty answer drops the resource from the state, so it
// is given only where vCenter says definitely that cluster, key provider or certificate is gone.

import type { ReadResult } from "@pulumi/pulumi/dynamic";
import { CodedError, isCodedError } from "../../core/coded-error";
import { Redactor } from "../../core/redact";
import type { Operation } from "../../kms/operation";
import { readCertificate, readCertificateIfAny } from "../../kms/read-certificate";
import { findOpenTask } from "../../kms/find-task";
import { getTask } from "../../vsphere/tasks/tasks";
import type { Target } from "../../vsphere/kms/client-certificate-api";
import type { CertificateInfo } from "../../x509/certificate";
import type { Wire } from "./check";
import { urnOf } from "../inputs";
import { certificateOutputs, fromId, isPending, readState } from "../outputs";
import type { KnownState, Outputs } from "../outputs";
import type { ProviderProcess } from "../../process/provider-process";
import { runOperation, toResourceError } from "../../process/run-operation";
import type { Task } from "../../process/run-operation";

/** A read's answer; `{}` means that the resource is gone. @internal */
export type Read = Partial<ReadResult<Outputs>> & { readonly inputs?: Outputs };

/**
 * Reads the live certificate.
 *
 * @param process - the provider process
 * @param id - `<cluster>/<keyProvider>`
 * @param props - outputs as saved; without `server` it is a `.get`
 * @returns the outputs; with `inputs` where the certificate is another than the state's; `{}` where it is gone
 * @throws ResourceError
 * @internal
 */
export async function read(process: ProviderProcess, id: string, props: Wire): Promise<Read> {
  const state = readState(props);
  let target: Target = { cluster: "?", keyProvider: "?" };
  const task = (): Task => ({
    what: "Reading the client certificate",
    target,
    urn: urnOf(props),
    timeoutSeconds: state.timeoutSeconds,
    keys: new Redactor(),
  });
  try {
    target = fromId(id);
    assertServerOf(process, state);
  } catch (error) {
    throw toResourceError(process, task(), error);
  }
  return runOperation(process, task(), async (operation) => {
    if (state.server === undefined) return get(process, id, target, await readCertificate(operation));
    const open = isPending(state) && (await isStillOpen(operation, state));
    const live = await readCertificateIfAny(operation);
    if (live === undefined) return open ? { id, props: { ...props } } : {};
    return refreshed({ id, props, live, state, open });
  });
}

function get(process: ProviderProcess, id: string, target: Target, live: CertificateInfo): Read {
  return {
    id,
    props: { ...target, server: process.server(), certificate: live.pem, ...certificateOutputs(live) },
  };
}

interface Refreshed {
  readonly id: string;
  readonly props: Wire;
  readonly live: CertificateInfo;
  readonly state: KnownState;
  /** True: a replacement may still be under way. */
  readonly open: boolean;
}

function refreshed({ id, props, live, state, open }: Refreshed): Read {
  const drifted = live.sha256Fingerprint !== state.sha256Fingerprint;
  const { pendingTaskId, pendingFingerprint, ...rest } = props;
  // Its text stays as the program wrote it as long as it is the same certificate.
  const certificate = drifted ? live.pem : (state.certificate ?? live.pem);
  const outputs: Outputs = {
    ...rest,
    certificate,
    ...certificateOutputs(live),
    ...(open && pendingTaskId !== undefined ? { pendingTaskId } : {}),
    ...(open && pendingFingerprint !== undefined ? { pendingFingerprint } : {}),
  };
  if (!drifted) return { id, props: outputs };
  const { cluster, keyProvider, timeoutSeconds, onDelete } = rest;
  return {
    id,
    props: outputs,
    inputs: withoutUndefined({ cluster, keyProvider, certificate, timeoutSeconds, onDelete }),
  };
}

/** Asks after the pending task once. Unknown is open: only a definite end settles it. */
async function isStillOpen(operation: Operation, state: KnownState): Promise<boolean> {
  const { connection, deadline } = operation;
  try {
    // Its id was lost: whether one like it still runs is all that can be asked.
    if (state.pendingTaskId === undefined) return (await findOpenTask(operation)) !== "none";
    const { status } = await getTask(connection.api, state.pendingTaskId, deadline);
    return status !== "SUCCEEDED" && status !== "FAILED";
  } catch (error) {
    return !isCodedError(error, "ERR_TASK_NOT_FOUND");
  }
}

function assertServerOf(process: ProviderProcess, state: KnownState): void {
  const server = process.requireWhere().address.authority;
  if (state.server === undefined || state.server === server) return;
  throw new CodedError(
    "ERR_SERVER_CHANGED",
    `the resource lives on ${state.server}, but the provider is configured for ${server}`,
    {
      details: { stateServer: state.server, server },
      remedy: "configure the provider for the server in the state; nothing was read from the other one",
    },
  );
}

function withoutUndefined(record: Outputs): Outputs {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}
