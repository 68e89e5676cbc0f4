// SPDX-License-Identifier: Apache-2.0
// From settings to a connection: reads the CA file; nothing is sent yet.

import { CodedError } from "../core/coded-error";
import { ENVIRONMENT_PREFIX } from "./settings";
import type { TextSource } from "./settings";
import { VCenterConnection } from "../vsphere/connection";
import { readBoundedFile } from "./bounded-file";
import type { VCenterAccess } from "./vcenter-access";
import { parseServerCertificate } from "../x509/certificate";

/**
 * Prepares the connection to the configured vCenter. Nothing is sent yet.
 *
 * @throws CodedError `ERR_CONFIG_MISSING`, `ERR_CONFIG_INVALID`
 * @internal
 */
export async function openConnection(access: VCenterAccess): Promise<VCenterConnection> {
  const where = access.requireWhere();
  const ca = where.ca === undefined ? undefined : await readCa(where.ca);
  return new VCenterConnection({
    address: where.address,
    trust: { ca, fingerprint: where.fingerprint, allowUnverified: where.allowUnverifiedTls },
    credentials: () => access.credentials(),
    clock: access.clock,
    onBusy: access.onBusy,
  });
}

async function readCa(source: TextSource): Promise<string> {
  const pem =
    "text" in source ? source.text : await readBoundedFile(source.file, "caCertificateFile", "ERR_CONFIG_INVALID");
  try {
    parseServerCertificate(pem);
  } catch (error) {
    throw new CodedError("ERR_CONFIG_INVALID", "the CA certificate is not a PEM certificate", {
      cause: error,
      remedy: `give PEM in caCertificate (or ${ENVIRONMENT_PREFIX}CA_CERTIFICATE), or the path of such a file in caCertificateFile`,
    });
  }
  return pem;
}
