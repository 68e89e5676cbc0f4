// SPDX-License-Identifier: Apache-2.0
// The client-certificate family of one key provider: read, replace, generate, and the CSR; and the key provider itself.
// Every answer is 202 and a task id. Source: trust_authority_clusters/kms of VMware's 7.0.3 description (documented).

import type { Answer } from "./answer";
import { json } from "./answer";
import type { Exchange } from "./exchange";
import { assertJsonBody, assertNoBody, parameter } from "./exchange";
import type { TaskOperation } from "./operation";
import { isWrite } from "./operation";
import type { Privilege } from "./options";
import { assertFromLastCsr, assertKeyOf, parseCertificate } from "./pem-checks";
import { parseStrictObject } from "./strict-json";
import type { Change } from "./task-store";
import { malformed } from "./vapi-errors";
import type { VCenter } from "./vcenter";
import { notFound } from "./vcenter";

const UPDATE_SPEC =
  "com.vmware.vcenter.trusted_infrastructure.trust_authority_clusters.kms.providers.client_certificate.update_spec";

/** Answers 202 for any operation of the family. */
export async function familyTask(vcenter: VCenter, exchange: Exchange, by: TaskOperation): Promise<Answer> {
  const session = vcenter.authenticate(exchange);
  if (by === "patch") assertJsonBody(exchange);
  else assertNoBody(exchange);
  const privilege: Privilege = isWrite(by) ? "TrustedAdmin.ManageKMSTrust" : "TrustedAdmin.ReadKMSTrust";
  vcenter.authorize(privilege, "System.View");
  const cluster = parameter(exchange, "cluster");
  const keyProvider = by === "listKeyProviders" ? undefined : parameter(exchange, "provider");
  const task = await vcenter.startTask(by, { cluster, keyProvider }, exchange, session.user, () =>
    prepare(vcenter, by, cluster, keyProvider, exchange.body),
  );
  exchange.noted.taskId = task.id;
  return json(202, task.id);
}

/** Checks what a request asks for and makes what it will change. */
async function prepare(
  vcenter: VCenter,
  by: TaskOperation,
  cluster: string,
  keyProvider: string | undefined,
  body: Buffer,
): Promise<Change | undefined> {
  const held = vcenter.clusters.keyProvider(cluster, keyProvider ?? "");
  switch (by) {
    case "readCertificate":
      if (typeof held?.certificatePem === "string") return undefined;
      throw notFound(
        "com.vmware.vcenter.trusted_infrastructure.client_certificate.notFound",
        "Provider %s has no client certificate.",
        keyProvider ?? "",
      );
    case "readCsr":
      if (held?.csr !== undefined) return undefined;
      throw notFound(
        "com.vmware.vcenter.trusted_infrastructure.csr.notFound",
        "Provider %s has no CSR.",
        keyProvider ?? "",
      );
    case "patch":
      return { kind: "certificate", pem: parseUpdate(vcenter, body, held?.csr?.publicKeyPem) };
    case "post":
      return { kind: "certificate", pem: await vcenter.hostKeys.makeSelfSignedCertificate(cluster) };
    case "createCsr":
      return { kind: "csr", csr: await vcenter.hostKeys.makeCsr(cluster, vcenter.options.csrKey) };
    case "readKeyProvider":
    case "listKeyProviders":
      await vcenter.askKeyServer(cluster, keyProvider);
      return undefined;
  }
}

/** The certificate of a PATCH body, checked against its key or, without one, against the last CSR. */
function parseUpdate(vcenter: VCenter, body: Buffer, csrPublicKeyPem: string | undefined): string {
  const spec = parseStrictObject(body, UPDATE_SPEC, ["certificate", "private_key"]);
  const pem = text(spec["certificate"], "certificate");
  // Missing and null mean the same, documented for 9.1.
  const keyPem = spec["private_key"] == null ? undefined : text(spec["private_key"], "private_key");
  const certificate = parseCertificate(pem);
  if (keyPem === undefined) assertFromLastCsr(certificate, csrPublicKeyPem);
  else {
    assertKeyOf(certificate, keyPem);
    vcenter.hostKeys.keep(keyPem);
  }
  return certificate.toString();
}

function text(value: unknown, field: string): string {
  if (value === undefined) {
    throw malformed("vapi.data.structure.field.missing", 'Structure %s is missing a field "%s"', [UPDATE_SPEC, field]);
  }
  if (typeof value !== "string" || value === "") {
    throw malformed("vapi.data.structure.field.invalid", 'Found invalid field "%s" in structure "%s".', [
      field,
      UPDATE_SPEC,
    ]);
  }
  return value;
}
