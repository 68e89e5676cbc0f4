// SPDX-License-Identifier: Apache-2.0
// Replace and prove: the one promise of this package. A replacement is reported only when a read that was sent after its
// task had SUCCEEDED shows the wanted certificate (or, where no task can be followed, after that ambiguity arose and the
// task was looked for).

import { CodedError, isCodedError } from "../core/coded-error";
import { withDeadline } from "../core/deadline";
import { poll } from "../core/poll";
import type { CertificateInfo } from "../x509/certificate";
import { MANAGE_PRIVILEGE } from "../vsphere/kms/client-certificate-api";
import { isOutage } from "../vsphere/errors/retry-table";
import type { Operation, WantedCertificate } from "./operation";
import { readCertificate, readCertificateIfAny } from "./read-certificate";
import { sendReplacement } from "./send-replacement";
import { Unfinished } from "./unfinished";

/** A replacement that was proved. @internal */
export interface Proof {
  /** As the server holds it. */
  readonly certificate: CertificateInfo;
  /** The task that did it; undefined where none could be followed. */
  readonly taskId: string | undefined;
}

/** After SUCCEEDED another certificate is read again for so long, milliseconds: a replica may lag. */
const LAG_ALLOWANCE_MS = 30_000;

/**
 * Replaces the certificate and proves it.
 *
 * @param operation - connection, target, deadline, whom to tell
 * @param wanted - certificate, key and fingerprint
 * @returns the proof
 * @throws {@link Unfinished} where the outcome is not known in time; CodedError where nothing was changed
 * @internal
 */
export async function replaceAndProve(operation: Operation, wanted: WantedCertificate): Promise<Proof> {
  const sent = await sendReplacement(operation, wanted);
  switch (sent.kind) {
    case "task":
      return followAndProve(operation, wanted, sent.taskId, sent.acceptedMs);
    case "done":
      return prove(operation, wanted, undefined);
    case "seen":
      return { certificate: sent.certificate, taskId: sent.taskId };
    case "task-id-lost":
      return waitUntilShown(operation, wanted, sent.why);
  }
}

async function followAndProve(
  operation: Operation,
  wanted: WantedCertificate,
  taskId: string,
  acceptedMs: number,
): Promise<Proof> {
  const { connection, deadline, onProgress } = operation;
  const ended = await orUnfinished({ taskId }, () =>
    connection.tasks.wait({ taskId, acceptedMs, deadline, onProgress, privilege: MANAGE_PRIVILEGE }),
  );
  switch (ended.end) {
    case "succeeded":
      return prove(operation, wanted, taskId);
    case "failed":
      throw ended.error;
    case "vanished": {
      const live = await orUnfinished({ taskId }, () => readCertificateIfAny(operation));
      if (live?.sha256Fingerprint === wanted.sha256Fingerprint) return { certificate: live, taskId };
      throw new CodedError(
        "ERR_TASK_NOT_FOUND",
        `${ended.error.message}; the server ${live === undefined ? "holds no certificate" : `still shows SHA-256 ${live.sha256Fingerprint}`}, so task ${taskId} did not replace it`,
        { cause: ended.error, details: { taskId }, remedy: "run `pulumi up` again" },
      );
    }
  }
}

/** Reads until the wanted certificate shows, for 30 s at most. */
async function prove(operation: Operation, wanted: WantedCertificate, taskId: string | undefined): Promise<Proof> {
  operation.onStep("reading the certificate back");
  const said = taskId === undefined ? "vCenter called the replacement done at once" : `task ${taskId} SUCCEEDED`;
  const certificate = await readUntilShown(operation, wanted, { taskId, said, allowanceMs: LAG_ALLOWANCE_MS });
  return { certificate, taskId };
}

/** Accepted, but there is no task to follow: reads until the wanted certificate shows or the time is up. */
async function waitUntilShown(operation: Operation, wanted: WantedCertificate, why: string): Promise<Proof> {
  operation.onStep("reading the certificate until the new one shows");
  try {
    const allowanceMs = operation.deadline.remainingMs();
    return { certificate: await readUntilShown(operation, wanted, { allowanceMs }), taskId: undefined };
  } catch (error) {
    const cause = error instanceof Unfinished ? error.error : error;
    const message = cause instanceof Error ? `: ${cause.message}` : "";
    throw new Unfinished(
      new CodedError(
        "ERR_OUTCOME_UNKNOWN",
        `vCenter accepted the replacement, but its task id is unknown (${why})${message}`,
        {
          cause,
          remedy: "run `pulumi up` again, which reads the certificate first",
        },
      ),
      error instanceof Unfinished ? { live: error.facts.live } : {},
    );
  }
}

/** A read-back: after what, and for how long. */
interface ReadBack {
  readonly taskId?: string | undefined;
  /** What vCenter has said about the replacement; undefined where nothing is known of its end. */
  readonly said?: string;
  readonly allowanceMs: number;
}

async function readUntilShown(
  operation: Operation,
  wanted: WantedCertificate,
  options: ReadBack,
): Promise<CertificateInfo> {
  const { clock, signal } = operation.deadline;
  let live: CertificateInfo | undefined;
  const timeoutMs = Math.min(options.allowanceMs, operation.deadline.remainingMs());
  try {
    return await withDeadline({ clock, timeoutMs, parent: signal }, (deadline) =>
      poll({
        deadline,
        lookFirst: true,
        look: async (afterMs) => {
          await clock.sleep(afterMs, deadline.signal);
          // A first certificate that nobody has called done is not there until it is.
          const read = options.said === undefined ? readCertificateIfAny : readCertificate;
          live = await read({ ...operation, deadline });
          return live?.sha256Fingerprint === wanted.sha256Fingerprint ? { final: true, value: live } : { final: false };
        },
        onFailedLook: (error) => {
          // The replacement is done: an outage that ends in time costs nothing but time.
          if (isOutage(error)) return 0;
          throw error;
        },
      }),
    );
  } catch (error) {
    // What vCenter says is gone, is gone: there is nothing to wait for.
    if (isCodedError(error, "ERR_KEY_PROVIDER_NOT_FOUND")) throw error;
    const timeIsUp = isCodedError(error, "ERR_OPERATION_TIMEOUT", "ERR_TASK_TIMEOUT");
    if (live === undefined && timeIsUp) {
      throw new Unfinished(unread(error, timeoutMs, options), { taskId: options.taskId });
    }
    if (live === undefined || !timeIsUp) throw new Unfinished(error, { taskId: options.taskId, live });
    throw new Unfinished(mismatch(wanted, live, options), { live, settled: true });
  }
}

function unread(cause: CodedError, timeoutMs: number, { said, taskId }: ReadBack): CodedError {
  const late =
    timeoutMs < LAG_ALLOWANCE_MS
      ? "there was not enough time left to read the certificate back"
      : `the certificate could not be read back within ${timeoutMs / 1_000} s`;
  return new CodedError(cause.code, but(said, late), {
    cause,
    details: { ...cause.details, taskId },
    remedy: "run `pulumi up` again, which reads the certificate first; look at the load of vCenter",
  });
}

function mismatch(wanted: WantedCertificate, live: CertificateInfo, { said, taskId }: ReadBack): CodedError {
  const { sha256Fingerprint: actual } = live;
  const { sha256Fingerprint: expected } = wanted;
  return new CodedError(
    "ERR_READBACK_MISMATCH",
    but(said, `the server shows SHA-256 ${actual} instead of ${expected}`),
    {
      details: { expected, actual, taskId },
      remedy:
        "the certificate was changed by someone else, or a replica of vCenter lags: find out who else changes it, then run `pulumi up` again",
    },
  );
}

function but(said: string | undefined, text: string): string {
  return said === undefined ? text : `${said}, but ${text}`;
}

async function orUnfinished<T>(facts: { readonly taskId: string }, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new Unfinished(error, facts);
  }
}
