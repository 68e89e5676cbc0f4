// SPDX-License-Identifier: Apache-2.0
// The provider's modules that a stack is made of. Their folder is chosen at run time: copies with a planted bug are played
// by the same code.

import { join } from "node:path";
import type * as Lifecycle from "../../provider/src/lifecycle/provider";
import type * as Process from "../../provider/src/process/provider-process";
import type * as Certificate from "../../provider/src/resources/kms-client-certificate";
import type * as SelfSigned from "../../provider/src/resources/self-signed";
import type * as SigningRequest from "../../provider/src/resources/signing-request";
import type * as Connection from "../../provider/src/vsphere/connection";
import type * as Errors from "../../provider/src/vsphere/errors/request-error";
import { PROVIDER_SOURCES } from "./compiled-provider";

/** What is used of them. */
export type ProviderModules = Pick<typeof Lifecycle, "resourceProvider"> &
  Pick<typeof Process, "ProviderProcess"> &
  Pick<typeof Certificate, "kmsClientCertificate"> &
  Pick<typeof SelfSigned, "selfSigned"> &
  Pick<typeof SigningRequest, "signingRequest"> &
  Pick<typeof Connection, "VCenterConnection"> &
  Pick<typeof Errors, "RequestError">;

/** Loads them from a folder of sources, compiled or not. */
export function loadProvider(folder: string = PROVIDER_SOURCES): ProviderModules {
  /* eslint-disable @typescript-eslint/no-require-imports -- the path is chosen at run time */
  const { resourceProvider } = require(join(folder, "lifecycle/provider")) as typeof Lifecycle;
  const { ProviderProcess } = require(join(folder, "process/provider-process")) as typeof Process;
  const { kmsClientCertificate } = require(join(folder, "resources/kms-client-certificate")) as typeof Certificate;
  const { selfSigned } = require(join(folder, "resources/self-signed")) as typeof SelfSigned;
  const { signingRequest } = require(join(folder, "resources/signing-request")) as typeof SigningRequest;
  const { VCenterConnection } = require(join(folder, "vsphere/connection")) as typeof Connection;
  const { RequestError } = require(join(folder, "vsphere/errors/request-error")) as typeof Errors;
  /* eslint-enable @typescript-eslint/no-require-imports */
  return {
    resourceProvider,
    ProviderProcess,
    kmsClientCertificate,
    selfSigned,
    signingRequest,
    VCenterConnection,
    RequestError,
  };
}
