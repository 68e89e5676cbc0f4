// SPDX-License-Identifier: Apache-2.0
// Having the cluster make a certificate of its own over the present one, and waiting until it has.

import { CodedError, isCodedError } from "../core/coded-error";
import { poll } from "../core/poll";
import { retry } from "../core/retry";
import type { RetryDecision } from "../core/retry";
import type { CertificateInfo } from "../x509/certificate";
import { MANAGE_PRIVILEGE, postClientCertificate } from "../vsphere/kms/client-certificate-api";
import type { Acceptance } from "../vsphere/kms/client-certificate-api";
import { RequestError } from "../vsphere/errors/request-error";
import { isOutage, judgeWrite, MAX_RECONNECTS } from "../vsphere/errors/retry-table";
import { findOpenTask } from "./find-task";
import type { Operation } from "./operation";
import { readCertificateIfAny } from "./read-certificate";
import { waitUntilSpent } from "./spent-task";

/** So often a POST that may have been carried out is sent at most; a look at tasks and certificate stands between. */
const MAX_AMBIGUOUS_SENDS = 2;

/**
 * Has the cluster make a self-signed certificate, which overwrites the present one.
 *
 * @param operation - connection, target, deadline, whom to tell
 * @param present - what the server holds: it is overwritten when a read shows anything else
 * @throws CodedError where it failed, or is not known to have ended in time
 * @internal
 */
export async function generateSelfSigned(operation: Operation, present: CertificateInfo): Promise<void> {
  const { connection, deadline, onProgress } = operation;
  const accepted = await post(operation, present);
  if (accepted === "seen") return;
  if (accepted.kind !== "task") {
    await waitUntilOverwritten(operation, present);
    return;
  }
  const { taskId, acceptedMs } = accepted;
  const options = { taskId, acceptedMs, deadline, onProgress, privilege: MANAGE_PRIVILEGE };
  const ended = await connection.tasks.wait(options);
  if (ended.end === "failed") throw ended.error;
  if (ended.end === "vanished") await waitUntilOverwritten(operation, present);
}

async function post(operation: Operation, present: CertificateInfo): Promise<Acceptance | "seen"> {
  const { connection, target, deadline } = operation;
  let ambiguousSends = 0;
  return retry<Acceptance | "seen">({
    deadline,
    budget: connection.budget,
    attempt: async () => {
      if (ambiguousSends > 0) {
        const open = await findOpenTask(operation);
        if (open === "unknown") return { kind: "task-id-lost", why: "tasks are not listed" };
        if (open !== "none") await waitUntilSpent(operation, open.taskId);
        if (await isOverwritten(operation, present)) return "seen";
      }
      return postClientCertificate(connection.api, target, deadline);
    },
    decide: (error, failures): RetryDecision | undefined => {
      const retryAfterMs = error instanceof RequestError ? error.request.retryAfterMs : undefined;
      switch (judgeWrite(error)) {
        case "repeat":
          return { retryAfterMs, free: true };
        case "reconnect":
          return failures <= MAX_RECONNECTS ? {} : undefined;
        case "verify":
          ambiguousSends += 1;
          return ambiguousSends < MAX_AMBIGUOUS_SENDS ? { retryAfterMs } : undefined;
        case "fail":
        case "verify-only":
        case "already":
          return undefined;
      }
    },
  });
}

/** Without a task that could be followed, the certificate itself tells. */
async function waitUntilOverwritten(operation: Operation, present: CertificateInfo): Promise<void> {
  const { deadline } = operation;
  operation.onStep("reading the certificate until another one shows");
  await poll<true>({
    deadline,
    look: async (afterMs) => {
      await deadline.clock.sleep(afterMs, deadline.signal);
      return (await isOverwritten(operation, present)) ? { final: true, value: true } : { final: false };
    },
    onFailedLook: (error) => {
      if (isOutage(error)) return 0;
      throw error;
    },
  }).catch((error: unknown) => {
    if (!isCodedError(error, "ERR_OPERATION_TIMEOUT")) throw error;
    throw new CodedError(
      "ERR_OUTCOME_UNKNOWN",
      `vCenter accepted the order to make a self-signed certificate, but the server still shows SHA-256 ${present.sha256Fingerprint}`,
      { cause: error, remedy: "look at the tasks in vCenter, then run `pulumi destroy` again" },
    );
  });
}

async function isOverwritten(operation: Operation, present: CertificateInfo): Promise<boolean> {
  return (await readCertificateIfAny(operation))?.sha256Fingerprint !== present.sha256Fingerprint;
}
