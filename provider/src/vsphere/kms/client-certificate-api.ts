// SPDX-License-Identifier: Apache-2.0
// The three calls on a key provider's client certificate. Each answers 202 and a task; the certificate that was read is
// in that task's result. Source: vSphere Automation API, trust_authority_clusters/kms/providers/client_certificate,
// description 7.0.3 (documented).

import type { Deadline } from "../../core/deadline";
import { Redactor } from "../../core/redact";
import { visible } from "../../core/visible";
import type { ApiAnswer, VsphereApi } from "../api";
import { RequestError } from "../errors/request-error";
import { isRecord } from "../errors/messages";
import { parseJson } from "../http/json";

/** Whose client certificate. @internal */
export interface Target {
  /** ClusterComputeResource id of the Trust Authority cluster, e.g. `domain-c8`. */
  readonly cluster: string;
  /** Id of the key provider; vSphere's path parameter `provider`. */
  readonly keyProvider: string;
}

/** How vCenter took a request that starts a task. @internal */
export type Acceptance =
  | { readonly kind: "task"; readonly taskId: string; readonly acceptedMs: number }
  /** 200 or 204 instead of 202: carried out already. */
  | { readonly kind: "done"; readonly body: unknown }
  /** Accepted, but the answer holds no usable task id. */
  | { readonly kind: "task-id-lost"; readonly why: string };

/** Name of the service in task ids and task lists. *Assumed* from the naming of all vSphere services. @internal */
export const CLIENT_CERTIFICATE_SERVICE =
  "com.vmware.vcenter.trusted_infrastructure.trust_authority_clusters.kms.providers.client_certificate";

/** What replacing needs besides `System.View` on the cluster. Source: the description's text (documented). @internal */
export const MANAGE_PRIVILEGE = "TrustedAdmin.ManageKMSTrust";
/** What reading needs besides `System.View` on the cluster. Source: as above. @internal */
export const READ_PRIVILEGE = "TrustedAdmin.ReadKMSTrust";
const EXPECTED = [200, 202, 204] as const;
/** Longer task ids are not believed. */
const MAX_TASK_ID_LENGTH = 512;

/**
 * Replaces certificate and key: `PATCH`, flat body.
 *
 * @param api - the vCenter
 * @param target - cluster and key provider
 * @param pair - certificate as PEM; `privateKeyPem` is left out for a certificate signed from the hosts' last CSR
 * @param deadline - the operation's bound
 * @returns how it was accepted
 * @throws RequestError as {@link VsphereApi.call}
 * @internal
 */
export async function patchClientCertificate(
  api: VsphereApi,
  target: Target,
  pair: { readonly certificatePem: string; readonly privateKeyPem?: string | undefined },
  deadline: Deadline,
): Promise<Acceptance> {
  const body = {
    certificate: pair.certificatePem,
    ...(pair.privateKeyPem === undefined ? {} : { private_key: pair.privateKeyPem }),
  };
  return orIdLost(async () =>
    acceptance(await api.call({ ...operation("PATCH", target, MANAGE_PRIVILEGE), body }, deadline), pair.privateKeyPem),
  );
}

/**
 * Has the cluster make a new self-signed certificate and key: `POST`, no body. It overwrites the present one.
 *
 * @param api - the vCenter
 * @param target - cluster and key provider
 * @param deadline - the operation's bound
 * @returns how it was accepted
 * @throws RequestError as {@link VsphereApi.call}
 * @internal
 */
export async function postClientCertificate(api: VsphereApi, target: Target, deadline: Deadline): Promise<Acceptance> {
  return orIdLost(async () => acceptance(await api.call(operation("POST", target, MANAGE_PRIVILEGE), deadline)));
}

/**
 * Begins to read the certificate: `GET`, which is a task as well.
 *
 * @param api - the vCenter
 * @param target - cluster and key provider
 * @param deadline - the operation's bound
 * @returns how it was accepted; `done` carries the certificate in its body
 * @throws RequestError `ERR_KEY_PROVIDER_NOT_FOUND`, `ERR_ENDPOINT_ABSENT` and as {@link VsphereApi.call}
 * @internal
 */
export async function getClientCertificate(api: VsphereApi, target: Target, deadline: Deadline): Promise<Acceptance> {
  return acceptance(await api.call(operation("GET", target, READ_PRIVILEGE), deadline));
}

/**
 * Path of a key provider's client certificate.
 *
 * @param target - cluster and key provider; percent-encoded as `encodeURIComponent` does
 * @returns the path, without query
 * @internal
 */
export function clientCertificatePath({ cluster, keyProvider }: Target): string {
  const clusterPath = `/api/vcenter/trusted-infrastructure/trust-authority-clusters/${encodeURIComponent(cluster)}`;
  return `${clusterPath}/kms/providers/${encodeURIComponent(keyProvider)}/client-certificate`;
}

function operation<M extends "GET" | "POST" | "PATCH">(
  method: M,
  target: Target,
  privilege: string,
): {
  method: M;
  path: string;
  query: string;
  privilege: string;
  notFound: "ERR_KEY_PROVIDER_NOT_FOUND";
  expected: readonly number[];
} {
  return {
    method,
    path: clientCertificatePath(target),
    // Without it a task-only operation answers 404. Seen on another service of the same kind.
    query: "vmw-task=true",
    privilege,
    notFound: "ERR_KEY_PROVIDER_NOT_FOUND",
    expected: EXPECTED,
  };
}

/** A write whose answer began with a success was accepted, though the rest of that answer cannot be read. */
async function orIdLost(work: () => Promise<Acceptance>): Promise<Acceptance> {
  try {
    return await work();
  } catch (error) {
    // A login that failed on the way has a status, too, but the write was not sent.
    if (!(error instanceof RequestError) || error.request.fate === "not-sent") throw error;
    if (!EXPECTED.some((status) => status === error.request.httpStatus)) throw error;
    const tooLarge = error.code === "ERR_RESPONSE_INVALID";
    return { kind: "task-id-lost", why: `the answer ${tooLarge ? "is too large" : "broke off"}` };
  }
}

function acceptance(answer: ApiAnswer, privateKeyPem?: string): Acceptance {
  if (answer.status !== 202) return { kind: "done", body: answer.body };
  const taskId = answer.body;
  if (typeof taskId !== "string") return { kind: "task-id-lost", why: "the 202 answer holds no task id" };
  if (!isUsableTaskId(taskId, privateKeyPem)) {
    return { kind: "task-id-lost", why: "the task id of the 202 answer is unusable" };
  }
  return { kind: "task", taskId, acceptedMs: answer.receivedMs };
}

/**
 * Whether a task id can stand where task ids go: in paths, messages and the state.
 *
 * @param taskId - as the server wrote it
 * @param privateKeyPem - the key of this operation, which must not come back in it
 * @returns false for what would leave the path of tasks, cannot be printed, is too long, or repeats the key
 * @internal
 */
export function isUsableTaskId(taskId: string, privateKeyPem?: string): boolean {
  // An id of dots alone would leave the path of tasks.
  if (!/[A-Za-z0-9]/.test(taskId) || visible(taskId, MAX_TASK_ID_LENGTH) !== taskId) return false;
  if (privateKeyPem === undefined) return true;
  const redactor = new Redactor();
  redactor.addPem(privateKeyPem);
  return redactor.redact(taskId) === taskId;
}

/**
 * The certificate in the result of a read.
 *
 * @param result - a SUCCEEDED task's `result`, or the body of a 200
 * @returns the PEM as the server wrote it; undefined where there is none
 * @internal
 */
export function certificateIn(result: unknown): string | undefined {
  const record = typeof result === "string" ? parseJson(result) : result;
  const pem = isRecord(record) ? record["certificate"] : undefined;
  return typeof pem === "string" && pem !== "" ? pem : undefined;
}
