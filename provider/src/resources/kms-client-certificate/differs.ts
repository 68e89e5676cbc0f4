// SPDX-License-Identifier: Apache-2.0
// Whether the certificate differs, by its fingerprint and never by its text. Sends nothing, unless the program asks for
// `detectDrift: "always"`.

import { Redactor } from "../../core/redact";
import { readCertificateIfAny } from "../../kms/read-certificate";
import { runOperation } from "../../process/run-operation";
import { isGiven, isUnknown } from "../decode-inputs";
import { driftWarning } from "../drift-warning";
import type { DiffCall } from "../resource-type";
import { savedText } from "../saved-state";
import type { KmsClientCertificateInputs } from "./inputs";
import { fingerprintOfPem } from "./wanted-certificate";

/** Compares with what the server was last proved to hold. @internal */
export function differs(call: DiffCall<KmsClientCertificateInputs>): boolean | Promise<boolean> {
  const { news, olds, inputs } = call;
  if (isUnknown(news["certificate"])) return true;
  const saved = savedText(olds, "sha256Fingerprint");
  // Without one, its file is missing: `check` has warned.
  if (isGiven(news["certificate"]) && fingerprintOfPem(news["certificate"]) !== saved) return true;
  return inputs.detectDrift === "always" ? hasDrifted(call, saved) : false;
}

async function hasDrifted(
  { providerProcess, inputs, urn }: DiffCall<KmsClientCertificateInputs>,
  saved: string | undefined,
): Promise<boolean> {
  const { cluster, keyProvider, timeoutSeconds } = inputs;
  if (cluster === undefined || keyProvider === undefined) return false;
  const target = { cluster, keyProvider };
  const what = "Checking for drift of the client certificate";
  const request = { what, command: "pulumi preview" as const, target, urn, timeoutSeconds, keys: new Redactor() };
  try {
    const live = await runOperation(providerProcess, request, readCertificateIfAny);
    if (live?.sha256Fingerprint === saved) return false;
    if (saved !== undefined) {
      providerProcess.notices.print("warning", driftWarning(live?.sha256Fingerprint, saved), { urn, target });
    }
    return true;
  } catch (error) {
    // A preview must not fail because vCenter cannot be reached.
    const text = error instanceof Error ? error.message : "the read failed";
    providerProcess.notices.print("warning", `drift could not be checked. ${text}`, { urn, target });
    return false;
  }
}
