// SPDX-License-Identifier: Apache-2.0
// The calls on a key provider's client certificate. Each starts a task; the certificate that was read is in that task's
// result. Source: vSphere Automation API, trust_authority_clusters/kms/providers/client_certificate, description 7.0.3
// (documented).

import type { Deadline } from "../../core/deadline";
import type { VsphereApi } from "../api";
import { CHECK_PAIR } from "../errors/remedies";
import { startTask } from "../tasks/start-task";
import type { Accepted } from "../tasks/start-task";
import { keyProviderPath, pemIn, readOf, writeTo } from "./key-provider";
import type { KeyProvider } from "./key-provider";

/** Name of the service in task ids and task lists. *Assumed* from the naming of all vSphere services. @internal */
export const CLIENT_CERTIFICATE_SERVICE =
  "com.vmware.vcenter.trusted_infrastructure.trust_authority_clusters.kms.providers.client_certificate";

/** What a PATCH sends; without a key the certificate is signed from the hosts' last CSR. @internal */
export interface CertificatePair {
  readonly certificatePem: string;
  readonly privateKeyPem?: string | undefined;
}

/** Replaces certificate and key: `PATCH`, flat body. @internal */
export function patchClientCertificate(
  api: VsphereApi,
  target: KeyProvider,
  { certificatePem, privateKeyPem }: CertificatePair,
  deadline: Deadline,
): Promise<Accepted> {
  const body = { certificate: certificatePem, ...(privateKeyPem === undefined ? {} : { private_key: privateKeyPem }) };
  return startTask(
    api,
    { ...writeTo("PATCH", clientCertificatePath(target)), checkArguments: CHECK_PAIR, body },
    deadline,
  );
}

/** Has the hosts make a new self-signed certificate in place of the present one: `POST`, no body. @internal */
export function postClientCertificate(api: VsphereApi, target: KeyProvider, deadline: Deadline): Promise<Accepted> {
  return startTask(api, writeTo("POST", clientCertificatePath(target)), deadline);
}

/** Begins to read the certificate: `GET`, which is a task as well. @internal */
export function getClientCertificate(api: VsphereApi, target: KeyProvider, deadline: Deadline): Promise<Accepted> {
  return startTask(api, readOf(clientCertificatePath(target)), deadline);
}

/** The path without query. @internal */
export function clientCertificatePath(target: KeyProvider): string {
  return `${keyProviderPath(target)}/client-certificate`;
}

/** The PEM in the result of a read, as the server wrote it. @throws TypeError if it holds no PEM @internal */
export function certificateIn(result: unknown): string {
  return pemIn(result, "certificate");
}
