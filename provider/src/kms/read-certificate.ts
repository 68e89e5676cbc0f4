// SPDX-License-Identifier: Apache-2.0
// Reading the certificate that a key provider holds.

import { certificateIn, clientCertificatePath, getClientCertificate } from "../vsphere/kms/client-certificate";
import { parseServerCertificate } from "../x509/certificate";
import type { CertificateInfo } from "../x509/certificate";
import type { ReadingOne } from "./operation";
import { orUndefinedIfAbsent, readResult } from "./read-result";

/** The leaf certificate, in whatever way the server encodes it; throws as {@link readResult}. @internal */
export function readCertificate(operation: ReadingOne): Promise<CertificateInfo> {
  const { connection, target } = operation;
  return readResult(operation, {
    noun: "certificate",
    path: clientCertificatePath(target),
    start: (deadline) => getClientCertificate(connection.api, target, deadline),
    decode: (result) => parseServerCertificate(certificateIn(result)),
  });
}

/** The same, but undefined if it definitely does not exist. @internal */
export function readCertificateIfAny(operation: ReadingOne): Promise<CertificateInfo | undefined> {
  return orUndefinedIfAbsent(readCertificate(operation));
}
