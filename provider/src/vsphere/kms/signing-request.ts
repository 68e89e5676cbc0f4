// SPDX-License-Identifier: Apache-2.0
// The calls on the signing request (CSR) of a key provider's hosts. Each starts a task. Source: vSphere Automation API,
// trust_authority_clusters/kms/providers/client_certificate/csr, description 7.0.3 (documented).

import type { Deadline } from "../../core/deadline";
import type { VsphereApi } from "../api";
import { startTask } from "../tasks/start-task";
import type { Accepted } from "../tasks/start-task";
import { CLIENT_CERTIFICATE_SERVICE, clientCertificatePath } from "./client-certificate";
import { pemIn, readOf, writeTo } from "./key-provider";
import type { KeyProvider } from "./key-provider";

/** Name of the service in task ids and task lists. *Assumed* as that of the certificate. @internal */
export const SIGNING_REQUEST_SERVICE: string = `${CLIENT_CERTIFICATE_SERVICE}.csr`;

/** Has the hosts make a new key and its request in place of the present ones: `POST`, no body. @internal */
export function postSigningRequest(api: VsphereApi, target: KeyProvider, deadline: Deadline): Promise<Accepted> {
  return startTask(api, writeTo("POST", signingRequestPath(target)), deadline);
}

/** Begins to read the request: `GET`, which is a task as well. @internal */
export function getSigningRequest(api: VsphereApi, target: KeyProvider, deadline: Deadline): Promise<Accepted> {
  return startTask(api, readOf(signingRequestPath(target)), deadline);
}

/** The path without query. @internal */
export function signingRequestPath(target: KeyProvider): string {
  return `${clientCertificatePath(target)}/csr`;
}

/** The PEM in the result of a read, as the server wrote it. @throws TypeError if it holds no PEM @internal */
export function signingRequestIn(result: unknown): string {
  return pemIn(result, "csr");
}
