// SPDX-License-Identifier: Apache-2.0
// What the constant line in every state requires: one export for each type, all on one process state. This specifier and
// these names are a compatibility contract; state written by any released version must keep working.

import type { ResourceProvider } from "@pulumi/pulumi/dynamic";
import { engineAddress, makeDisplay } from "../process/display";
import { ProviderProcess } from "../process/provider-process";
import { surviveUnheardOutput } from "../process/unheard-output";
import { kmsClientCertificate } from "../resources/kms-client-certificate";
import { selfSigned } from "../resources/self-signed";
import { signingRequest } from "../resources/signing-request";
import { resourceProvider } from "./provider";

surviveUnheardOutput();

const shared = new ProviderProcess({ display: makeDisplay(engineAddress(process.argv)) });

/**
 * `KmsClientCertificate`, as the engine's host calls it.
 *
 * @public
 */
export const provider: ResourceProvider = resourceProvider(shared, kmsClientCertificate);

/**
 * `KmsClientCertificateSigningRequest`, as the engine's host calls it.
 *
 * @public
 */
export const kmsClientCertificateSigningRequest: ResourceProvider = resourceProvider(shared, signingRequest);

/**
 * `KmsSelfSignedClientCertificate`, as the engine's host calls it.
 *
 * @public
 */
export const kmsSelfSignedClientCertificate: ResourceProvider = resourceProvider(shared, selfSigned);
