// SPDX-License-Identifier: Apache-2.0
// Reading the certificate that a key provider holds. The read is a task of its own.

import { CodedError } from "../core/coded-error";
import { retry } from "../core/retry";
import {
  certificateIn,
  clientCertificatePath,
  getClientCertificate,
  READ_PRIVILEGE,
} from "../vsphere/kms/client-certificate-api";
import { describeFault, RequestError, saysEndpointAbsent } from "../vsphere/errors/request-error";
import { remedyFor } from "../vsphere/errors/remedies";
import { judgeRead } from "../vsphere/errors/retry-table";
import type { TaskInfo } from "../vsphere/tasks/tasks";
import { parseServerCertificate } from "../x509/certificate";
import type { CertificateInfo } from "../x509/certificate";
import type { Operation } from "./operation";

/** A read changes nothing on the hosts: its task is looked at sooner than one that does, milliseconds. *Assumed*. */
const FIRST_GAP_MS = 25;

/**
 * Reads the certificate that the server holds now.
 *
 * Sends one GET and the looks at its task; repeats both as the retry table allows.
 * @param operation - connection, target, deadline
 * @returns the leaf certificate, in whatever way the server encodes it
 * @throws RequestError `ERR_KEY_PROVIDER_NOT_FOUND` only where vCenter says definitely that cluster, key provider or
 * certificate does not exist; `ERR_ENDPOINT_ABSENT`; others as VsphereApi.call; CodedError `ERR_TASK_TIMEOUT` and alike
 * @internal
 */
export async function readCertificate(operation: Operation): Promise<CertificateInfo> {
  const { connection, deadline } = operation;
  // The wait for the read's task has counted its own failures: they are not counted, and not tried, once more.
  const waitFailed = new WeakSet();
  return retry({
    deadline,
    budget: connection.budget,
    attempt: async () => parse(await readResult(operation, waitFailed), operation),
    decide: (error, failures) =>
      error instanceof Error && waitFailed.has(error) ? undefined : judgeRead(error, failures),
  });
}

/**
 * As {@link readCertificate}, for callers to whom an absent certificate is an answer.
 *
 * @param operation - connection, target, deadline
 * @returns the certificate, or undefined where cluster, key provider or certificate definitely do not exist
 * @throws as {@link readCertificate}, but for `ERR_KEY_PROVIDER_NOT_FOUND`
 * @internal
 */
export async function readCertificateIfAny(operation: Operation): Promise<CertificateInfo | undefined> {
  try {
    return await readCertificate(operation);
  } catch (error) {
    if (error instanceof CodedError && error.code === "ERR_KEY_PROVIDER_NOT_FOUND") return undefined;
    throw error;
  }
}

async function readResult(operation: Operation, waitFailed: WeakSet<WeakKey>): Promise<unknown> {
  const { connection, target, deadline } = operation;
  const accepted = await getClientCertificate(connection.api, target, deadline);
  if (accepted.kind === "done") return accepted.body;
  if (accepted.kind === "task-id-lost") throw unreadable(accepted.why, operation);
  const { taskId, acceptedMs } = accepted;
  const ended = await connection.tasks
    .wait({ taskId, acceptedMs, deadline, firstGapMs: FIRST_GAP_MS })
    .catch((error: unknown) => {
      if (error instanceof Error) waitFailed.add(error);
      throw error;
    });
  switch (ended.end) {
    case "succeeded":
      return ended.info.result;
    case "failed":
      throw readFailed(ended.info, taskId, operation);
    case "vanished":
      throw unreadable(`vCenter forgot the task of the read (task ${taskId})`, operation);
  }
}

function parse(result: unknown, operation: Operation): CertificateInfo {
  const pem = certificateIn(result);
  if (pem === undefined) throw unreadable("the result of the read holds no certificate", operation);
  try {
    return parseServerCertificate(pem);
  } catch (error) {
    throw unreadable("the certificate that vCenter returned cannot be read", operation, error);
  }
}

function readFailed(info: TaskInfo, taskId: string, { target }: Operation): RequestError {
  const { fault } = info;
  const path = clientCertificatePath(target);
  const absent = saysEndpointAbsent(fault);
  const gone = fault.errorType === "NOT_FOUND" && !absent;
  return new RequestError(
    absent ? "ERR_ENDPOINT_ABSENT" : gone ? "ERR_KEY_PROVIDER_NOT_FOUND" : "ERR_TASK_FAILED",
    `reading the certificate failed: ${describeFault(fault, [`GET ${path}`, `task ${taskId}`])}`,
    { method: "GET", path, fate: "answered", fault },
    {
      details: { taskId },
      remedy: gone ? "check cluster and keyProvider" : remedyFor(fault.errorType, undefined, READ_PRIVILEGE),
    },
  );
}

function unreadable(why: string, { target }: Operation, cause?: unknown): RequestError {
  const path = clientCertificatePath(target);
  return new RequestError(
    "ERR_RESPONSE_INVALID",
    `${why} (GET ${path})`,
    { method: "GET", path, fate: "answered" },
    { cause },
  );
}
