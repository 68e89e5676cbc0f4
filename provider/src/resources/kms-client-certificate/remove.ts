// SPDX-License-Identifier: Apache-2.0
// `delete`: the API has no removal. `retain` sends nothing and says so; `generateSelfSigned` has the cluster make a new
// certificate, but only over the one that this resource put there.

import { isCodedError } from "../../core/coded-error";
import { Redactor } from "../../core/redact";
import { Unfinished } from "../../kms/unfinished";
import { generateSelfSigned } from "../../kms/generate-self-signed";
import { readCertificateIfAny } from "../../kms/read-certificate";
import { waitUntilSpent } from "../../kms/spent-task";
import type { Wire } from "./check";
import { urnOf } from "../inputs";
import { fromId, readState } from "../outputs";
import type { NoticeSubject } from "../../process/notices";
import type { ProviderProcess } from "../../process/provider-process";
import { runOperation, toResourceError } from "../../process/run-operation";
import type { Task } from "../../process/run-operation";

/**
 * Ends the management of a certificate.
 *
 * @param process - the provider process
 * @param id - `<cluster>/<keyProvider>`
 * @param props - outputs as saved
 * @throws ResourceError where `generateSelfSigned` could not be carried out
 * @internal
 */
export async function remove(process: ProviderProcess, id: string, props: Wire): Promise<void> {
  const state = readState(props);
  const urn = urnOf(props);
  const task: Task = {
    what: "Overwriting the client certificate with a self-signed one",
    target: { cluster: "?", keyProvider: "?" },
    urn,
    timeoutSeconds: state.timeoutSeconds,
    keys: new Redactor(),
  };
  let target;
  try {
    target = fromId(id);
  } catch (error) {
    throw toResourceError(process, task, error);
  }
  const subject: NoticeSubject = { urn, target };
  const note = (severity: "info" | "warning", text: string): void => {
    process.notices.print(severity, text, subject);
  };
  if (state.onDelete !== "generateSelfSigned") {
    note("info", "the certificate stays on the hosts (the API has no removal); it is no longer managed here");
    return;
  }
  const server = process.server();
  if (state.server !== undefined && server !== undefined && server !== state.server) {
    note(
      "warning",
      `it lives on ${state.server}, but the provider is configured for ${server}; the certificate was left as it is`,
    );
    return;
  }
  if (process.isHeldByAnother(target, urn)) {
    note("warning", "another resource manages it now, or has just put its certificate there; it was left as it is");
    return;
  }
  await runOperation(process, { ...task, target }, async (operation) => {
    if (state.pendingTaskId !== undefined) {
      // Destroying works on what is not finished, too: what the task leaves behind, the read tells.
      await waitUntilSpent(operation, state.pendingTaskId).catch((error: unknown) => {
        if (!(error instanceof Unfinished) || isCodedError(error.error, "ERR_ABORTED", "ERR_TASK_TIMEOUT")) throw error;
      });
    }
    const live = await readCertificateIfAny(operation);
    if (live === undefined) {
      note("info", "cluster, key provider or certificate are gone already");
      return;
    }
    if (live.sha256Fingerprint !== state.sha256Fingerprint && live.sha256Fingerprint !== state.pendingFingerprint) {
      note("warning", "the server holds a certificate of somebody else; it was left as it is");
      return;
    }
    operation.onStep("having a self-signed certificate made");
    await generateSelfSigned(operation, live);
  });
}
