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
import type { Pending } from "../pending";
import type { WriteCall } from "../resource-type";
import { savedText } from "../saved-state";
import type { KmsClientCertificateInputs } from "./inputs";
import { assertCertificateIsGiven, heldOutputs, prepareBeforeRequests, replace, wantedCertificate } from "./replace";
import { parseOne } from "./wanted-certificate";

type Call = WriteCall<KmsClientCertificateInputs>;
type Held = Proof<CertificateInfo>;

/** @internal */
export async function update(call: Call): Promise<Properties> {
  const { inputs, olds, state } = call;
  call.explain(() => {
    assertCertificateIsGiven(inputs);
  });
  const given = parseOne(inputs.certificate);
  const isProved = given !== undefined && savedText(olds, "sha256Fingerprint") === given.sha256Fingerprint;
  if (state.pending === undefined && inputs.detectDrift === "onRefresh" && isProved) {
    return heldOutputs(call, { live: given, taskId: state.taskId });
  }
  let present: CertificateInfo | undefined;
  const held = await call.run(async (operation) => {
    const wanted = await wantedCertificate(call, operation);
    const found = await find(call, wanted, operation);
    if (found !== undefined && "taskId" in found) return found;
    present = found?.live;
    return replace(call, wanted, operation);
  });
  return heldOutputs(call, held, present);
}

type Another = NotShown<CertificateInfo>;

/** The wanted certificate, if a read may and does show it. Else certificate and key are checked before any request. */
async function find(call: Call, wanted: CertificateInfo, operation: Operation): Promise<Held | Another | undefined> {
  const { inputs, state } = call;
  if (state.pending !== undefined) return findPending(state.pending, wanted, operation, state.taskId);
  if (inputs.detectDrift === "always") return isThere(operation, wanted, state.taskId);
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
  return isThere(operation, wanted, pending.taskId ?? taskId);
}

async function isThere(
  operation: Operation,
  { sha256Fingerprint }: CertificateInfo,
  taskId: string | undefined,
): Promise<Held | Another> {
  const live = await readCertificateIfAny(operation);
  return live?.sha256Fingerprint === sha256Fingerprint ? { live, taskId } : { live };
}
