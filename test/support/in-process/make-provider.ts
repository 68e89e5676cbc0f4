// SPDX-License-Identifier: Apache-2.0
// One type of resource on a process state of its own, in this process.

import type { ResourceProvider } from "@pulumi/pulumi/dynamic";
import { resourceProvider } from "../../../provider/src/lifecycle/provider";
import { ProviderProcess } from "../../../provider/src/process/provider-process";
import type { Properties } from "../../../provider/src/process/properties";
import type { ProcessOptions } from "../../../provider/src/process/provider-process";
import { kmsClientCertificate } from "../../../provider/src/resources/kms-client-certificate";
import { selfSigned } from "../../../provider/src/resources/self-signed";
import { signingRequest } from "../../../provider/src/resources/signing-request";
import { KMS_CLIENT_CERTIFICATE, SELF_SIGNED, SIGNING_REQUEST } from "../driver";
import type { ResourceType } from "../driver";

/** The methods that the engine's host would call. @param type - default KmsClientCertificate */
export function makeProvider(
  options: ProcessOptions,
  { className }: ResourceType = KMS_CLIENT_CERTIFICATE,
): ResourceProvider<Properties, Record<string, unknown>> {
  const providerProcess = new ProviderProcess(options);
  switch (className) {
    case SIGNING_REQUEST.className:
      return resourceProvider(providerProcess, signingRequest);
    case SELF_SIGNED.className:
      return resourceProvider(providerProcess, selfSigned);
    default:
      return resourceProvider(providerProcess, kmsClientCertificate);
  }
}
