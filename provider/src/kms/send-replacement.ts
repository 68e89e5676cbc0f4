// SPDX-License-Identifier: Apache-2.0
// Sending the PATCH so that it is neither lost nor done twice: refusals are repeated, ambiguity is looked into first.

import { CodedError, isCodedError } from "../core/coded-error";
import { failIfTooLong, noteAttempts, pauseBeforeRetryMs } from "../core/retry";
import { patchClientCertificate } from "../vsphere/kms/client-certificate-api";
import type { Acceptance } from "../vsphere/kms/client-certificate-api";
import { RequestError } from "../vsphere/errors/request-error";
import { judgeWrite, MAX_RECONNECTS } from "../vsphere/errors/retry-table";
import type { CertificateInfo } from "../x509/certificate";
import { findReplaceTask } from "./find-task";
import type { FoundTask, LostPatch } from "./find-task";
import type { Operation, WantedCertificate } from "./operation";
import { readCertificateIfAny } from "./read-certificate";
import { waitUntilSpent } from "./spent-task";
import { Unfinished } from "./unfinished";

/** How the sending ended. @internal */
export type Sent =
  | Acceptance
  /** The answer was lost, and a read shows the wanted certificate. */
  | { readonly kind: "seen"; readonly certificate: CertificateInfo; readonly taskId: string | undefined };

/** A PATCH that may have been carried out is sent so often at most; a read stands between the two. */
const MAX_AMBIGUOUS_SENDS = 2;

/**
 * Sends the PATCH until it is accepted, refused for good, or its fate cannot be told.
 *
 * @param operation - connection, target, deadline
 * @param wanted - what is sent
 * @returns how it was accepted, or that it has taken effect
 * @throws {@link Unfinished} where its fate is unknown; CodedError where it was refused
 * @internal
 */
export async function sendReplacement(operation: Operation, wanted: WantedCertificate): Promise<Sent> {
  const { connection, target, deadline } = operation;
  let ambiguousSends = 0;
  let reconnects = 0;
  for (let failures = 1; ; failures += 1) {
    const sentMs = deadline.clock.nowMs();
    let refusal: CodedError;
    try {
      const accepted = await patchClientCertificate(connection.api, target, wanted, deadline);
      return accepted.kind === "task-id-lost" ? await findAccepted(operation, wanted, accepted, sentMs) : accepted;
    } catch (error) {
      if (!isCodedError(error)) throw error;
      refusal = error;
    }
    const verdict = judgeWrite(refusal);
    switch (verdict) {
      case "fail":
        throw refusal;
      case "already":
        return { kind: "done", body: undefined };
      case "reconnect":
        reconnects += 1;
        if (reconnects > MAX_RECONNECTS || !connection.budget.take()) throw noteAttempts(refusal, failures);
        break;
      case "repeat":
        break;
      case "verify":
      case "verify-only": {
        ambiguousSends += 1;
        if (verdict === "verify") await pause(operation, refusal, failures);
        const fate = await lookInto(operation, wanted, refusal, sentMs);
        if (fate !== "not-applied") return fate;
        const again = verdict === "verify" && ambiguousSends < MAX_AMBIGUOUS_SENDS && connection.budget.take();
        if (!again) throw givenUp(noteAttempts(refusal, failures));
        continue;
      }
    }
    await pause(operation, refusal, failures);
  }
}

/** Waits as the server asked, or backs off. Nothing was applied so far, so time being up is a plain failure. */
async function pause(operation: Operation, refusal: CodedError, failures: number): Promise<void> {
  const { deadline } = operation;
  const request = refusal instanceof RequestError ? refusal.request : undefined;
  const ambiguous = request?.fate === "maybe-sent";
  try {
    failIfTooLong(refusal, request?.retryAfterMs, deadline);
    await deadline.clock.sleep(pauseBeforeRetryMs(failures, request?.retryAfterMs), deadline.signal);
  } catch (error) {
    if (ambiguous) throw new Unfinished(outcomeUnknown(refusal, error), {});
    if (!isCodedError(error, "ERR_OPERATION_TIMEOUT")) throw error;
    throw new CodedError(
      refusal.code,
      `${refusal.message}; tried ${failures} times in ${deadline.timeoutMs / 1000} s`,
      {
        cause: refusal,
        details: refusal.details,
        ...(refusal.remedy === undefined ? {} : { remedy: refusal.remedy }),
      },
    );
  }
}

async function lookInto(
  operation: Operation,
  wanted: WantedCertificate,
  refusal: CodedError,
  sentMs: number,
): Promise<Sent | "not-applied"> {
  operation.onStep("the answer to the replacement was lost; looking for its task");
  try {
    for (;;) {
      const found = await findReplaceTask(operation, lostPatch(wanted, sentMs));
      if (found?.isOurs === true) return following(found, operation);
      if (found !== undefined) await waitUntilSpent(operation, found.taskId);
      const live = await readCertificateIfAny(operation);
      if (live?.sha256Fingerprint === wanted.sha256Fingerprint) {
        return { kind: "seen", certificate: live, taskId: found?.taskId };
      }
      if (found === undefined) return "not-applied";
    }
  } catch (error) {
    const [cause, facts] = error instanceof Unfinished ? [error.error, error.facts] : [error, {}];
    throw new Unfinished(outcomeUnknown(refusal, cause), facts);
  }
}

function lostPatch({ privateKeyPem, earlierTaskIds }: WantedCertificate, sentMs: number): LostPatch {
  return { sentMs, privateKeyPem, notThese: new Set(earlierTaskIds) };
}

function following({ taskId }: FoundTask, { deadline }: Operation): Sent {
  return { kind: "task", taskId, acceptedMs: deadline.clock.nowMs() };
}

async function findAccepted(
  operation: Operation,
  wanted: WantedCertificate,
  accepted: Acceptance & { readonly kind: "task-id-lost" },
  sentMs: number,
): Promise<Sent> {
  operation.onStep("vCenter named no task; looking for it");
  try {
    const found = await findReplaceTask(operation, lostPatch(wanted, sentMs));
    if (found?.isOurs === true) return following(found, operation);
    if (found !== undefined) await waitUntilSpent(operation, found.taskId);
    return accepted;
  } catch {
    return accepted;
  }
}

/** After an answer of vCenter and a read that shows the old certificate it is a failure; after silence it is unknown. */
function givenUp(refusal: CodedError): Error {
  const answered = refusal instanceof RequestError && refusal.request.fate === "answered";
  const unclear = !answered || [502, 504].includes(refusal.request.httpStatus ?? 0);
  return unclear ? new Unfinished(outcomeUnknown(refusal, undefined), {}) : refusal;
}

function outcomeUnknown(refusal: CodedError, lookFailed: unknown): CodedError {
  const look =
    lookFailed instanceof Error
      ? `; looking for the outcome failed: ${lookFailed.message}`
      : "; the server still shows the old certificate";
  return new CodedError(
    "ERR_OUTCOME_UNKNOWN",
    `it is unknown whether the replacement took effect: ${refusal.message}${look}`,
    {
      cause: refusal,
      details: refusal.details,
      remedy: "run `pulumi up` again, which reads the certificate first",
    },
  );
}
