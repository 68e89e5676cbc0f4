// SPDX-License-Identifier: Apache-2.0
// Brings the certificate to the server: always one PATCH, unless `adopt` finds it there.

import { CodedError } from "../../core/coded-error";
import type { Operation } from "../../kms/operation";
import { readCertificateIfAny } from "../../kms/read-certificate";
import type { Proof } from "../../kms/write";
import type { Properties } from "../../process/properties";
import type { CertificateInfo } from "../../x509/certificate";
import type { WriteCall } from "../resource-type";
import { tellHealth } from "./health";
import type { KmsClientCertificateInputs } from "./inputs";
import { heldOutputs, prepareBeforeRequests, replace, wantedCertificate } from "./replace";

type Call = WriteCall<KmsClientCertificateInputs>;

/** @internal */
export async function create(call: Call): Promise<Properties> {
  const { inputs } = call;
  return call.run(async (operation) => {
    const wanted = await wantedCertificate(call, operation);
    if (inputs.adopt) {
      // A read may tell that nothing is to be sent: then neither a valid date nor a key is needed.
      const present = await adopt(wanted, operation);
      if (present !== undefined) return heldOutputs(call, present);
    } else {
      await prepareBeforeRequests(call, wanted, operation);
    }
    const outputs = heldOutputs(call, await replace(call, wanted, operation));
    await tellHealth(call, operation, outputs);
    return outputs;
  });
}

async function adopt(wanted: CertificateInfo, operation: Operation): Promise<Proof<CertificateInfo> | undefined> {
  operation.onStep("reading the certificate that is there");
  const live = await readCertificateIfAny(operation);
  if (live === undefined) return undefined;
  if (live.sha256Fingerprint === wanted.sha256Fingerprint) return { live, taskId: undefined };
  const message = `the server holds another certificate, and adopt is set: SHA-256 ${live.sha256Fingerprint} (${live.subject}) instead of ${wanted.sha256Fingerprint} (${wanted.subject})`;
  throw new CodedError("ERR_ALREADY_PRESENT", message, {
    remedy: "give the certificate that is there, or remove adopt to replace it",
  });
}
