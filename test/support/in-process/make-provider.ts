// SPDX-License-Identifier: Apache-2.0
// One type of resource on a process state of its own, in this process.

import type { ResourceProvider } from "@pulumi/pulumi/dynamic";
import { resourceProvider } from "../../../provider/src/lifecycle/provider";
import { ProviderProcess } from "../../../provider/src/process/provider-process";
import type { Properties } from "../../../provider/src/process/properties";
import type { ProcessOptions } from "../../../provider/src/process/provider-process";
import { kmsClientCertificate } from "../../../provider/src/resources/kms-client-certificate";

/** The methods that the engine's host would call. */
export function makeProvider(options: ProcessOptions): ResourceProvider<Properties, Record<string, unknown>> {
  return resourceProvider(new ProviderProcess(options), kmsClientCertificate);
}
