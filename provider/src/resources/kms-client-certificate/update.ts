// SPDX-License-Identifier: Apache-2.0
// Brings a changed certificate to the server, or settles what an earlier run left open. Sends nothing if the server was
// last proved to hold the wanted certificate.

import type { Operation } from "../../kms/operation";
import { outcomeOf, settle } from "../../kms/pending-write";
import type { NotShown } from "../../kms/pending-write";
import { readCertificateIfAny } from "../../kms/read-certificate";
import type { Proof } from "../../kms/write";
import type { Properties } from "../../process/properties";
import type { CertificateInfo } from "../../x509/certificate";
import { pendingWriteOf } from "../pending";
import type { Pending } from "../pending";
import type { WriteCall } from "../resource-type";
import { savedText } from "../saved-state";
import { tellHealth } from "./health";
import type { KmsClientCertificateInputs } from "./inputs";
import { heldOutputs, prepareBeforeRequests, replace, wantedCertificate } from "./replace";
import { parseOne } from "./wanted-certificate";

type Call = WriteCall<KmsClientCertificateInputs>;
type Held = Proof<CertificateInfo>;

/** @internal */
export async function update(call: Call): Promise<Properties> {
  const { inputs, olds, state } = call;
  const given = parseOne(inputs.certificate);
  const isUnchanged = given !== undefined && isProved(olds, given);
  if (state.pending === undefined && inputs.detectDrift === "onRefresh" && isUnchanged) {
    return heldOutputs(call, { live: given, taskId: state.taskId });
  }
  return call.run(async (operation) => {
    const wanted = await wantedCertificate(call, operation);
    const found = await find(call, wanted, operation);
    const isThere = found !== undefined && "taskId" in found;
    const outputs = isThere
      ? heldOutputs(call, found)
      : heldOutputs(call, await replace(call, wanted, operation), found?.live);
    // What an earlier run has replaced is news to the key server as well.
    if (!isThere || state.pending !== undefined) await tellHealth(call, operation, outputs);
    return outputs;
  });
}

function isProved(olds: Properties, { sha256Fingerprint }: CertificateInfo): boolean {
  return savedText(olds, "sha256Fingerprint") === sha256Fingerprint;
}

type Another = NotShown<CertificateInfo>;

/** The wanted certificate, if a read may and does show it. Else certificate and key are checked before any request. */
async function find(call: Call, wanted: CertificateInfo, operation: Operation): Promise<Held | Another | undefined> {
  const { inputs, olds, state } = call;
  const write = pendingWriteOf(state.pending);
  if (write !== undefined) return findPending(write, wanted, operation, state.taskId);
  if (inputs.detectDrift === "always") return readAndCompare(operation, wanted, state.taskId);
  // Proved by the run that could not wait any longer for the key server's health.
  if (isProved(olds, wanted)) return { live: wanted, taskId: state.taskId };
  await prepareBeforeRequests(call, wanted, operation);
  return undefined;
}

async function findPending(
  pending: Pending,
  wanted: CertificateInfo,
  operation: Operation,
  taskId: string | undefined,
): Promise<Held | Another | undefined> {
  const { sha256Fingerprint } = wanted;
  if ((pending.fingerprint ?? sha256Fingerprint) === sha256Fingerprint) {
    const isApplied = (live?: CertificateInfo): boolean => live?.sha256Fingerprint === sha256Fingerprint;
    const outcome = await outcomeOf(operation, pending, { read: readCertificateIfAny, isApplied });
    return "taskId" in outcome ? { ...outcome, taskId: outcome.taskId ?? taskId } : outcome;
  }
  // While another certificate may still arrive, the wanted one proves nothing.
  if ((await settle(operation, pending)) === "unknown") return undefined;
  return readAndCompare(operation, wanted, pending.taskId ?? taskId);
}

/** Reads: the wanted certificate with the task that brought it, or another one. */
async function readAndCompare(
  operation: Operation,
  { sha256Fingerprint }: CertificateInfo,
  taskId: string | undefined,
): Promise<Held | Another> {
  const live = await readCertificateIfAny(operation);
  return live?.sha256Fingerprint === sha256Fingerprint ? { live, taskId } : { live };
}
