// SPDX-License-Identifier: Apache-2.0
// After a replacement: whether the key server accepts the certificate is said, or waited for. It is never an output, since it
// changes by itself.

import { isCodedError } from "../../core/coded-error";
import { describeHealth, lookAtHealth, waitForHealth } from "../../kms/health";
import type { Operation } from "../../kms/operation";
import type { Properties } from "../../process/properties";
import type { KeyProviderHealth } from "../../vsphere/kms/key-provider-health";
import type { WriteCall } from "../resource-type";
import type { KmsClientCertificateInputs } from "./inputs";

type Call = WriteCall<KmsClientCertificateInputs>;

/** `outputs`: of the certificate that was proved. Throws as {@link waitForHealth}; never without that input. @internal */
export async function tellHealth(call: Call, operation: Operation, outputs: Properties): Promise<void> {
  const { providerProcess, inputs, urn } = call;
  call.proves(outputs);
  const say = (severity: "info" | "warning", text: string): void => {
    providerProcess.notices.print(severity, operation.redact(text), { urn, target: operation.target });
  };
  let seen: KeyProviderHealth;
  if (inputs.waitForHealth) seen = await waitForHealth(operation);
  else {
    try {
      seen = await lookAtHealth(operation);
    } catch (error) {
      if (!isCodedError(error)) throw error;
      say("info", `the certificate was replaced; the key server's health could not be read: ${error.message}`);
      return;
    }
  }
  switch (seen.health) {
    case "OK":
      return;
    case "NONE":
      say(
        "info",
        `the certificate was replaced; ${describeHealth(seen)}: it is not known yet whether the key server accepts it`,
      );
      return;
    default:
      say("warning", `the certificate was replaced, but the key server may refuse it. ${describeHealth(seen)}`);
  }
}
