// SPDX-License-Identifier: Apache-2.0
// Makes the connection that the settings describe: reads the CA file; nothing is sent yet.

import { isCodedError } from "../core/coded-error";
import { visible } from "../core/visible";
import { VCenterConnection } from "../vsphere/connection";
import { MAX_CA_BYTES, parseCaCertificates } from "../vsphere/http/ca-certificates";
import { readBoundedBytes } from "./bounded-file";
import type { TextSource } from "./setting-values";
import type { VCenterAccess } from "./vcenter-access";

/** Prepares the connection to the configured vCenter. @throws CodedError of the settings @internal */
export async function openConnection(access: VCenterAccess): Promise<VCenterConnection> {
  const where = access.requireWhere();
  const ca = where.ca === undefined ? undefined : await readCa(where.ca);
  return new VCenterConnection({
    address: where.address,
    trust: { ca, fingerprint: where.fingerprint, allowUnverified: where.allowUnverifiedTls },
    credentials: (signal) => access.credentials(signal),
    clock: access.clock,
    onBusy: access.onBusy,
  });
}

/** The text of a CA. @internal */
export async function readCa(source: TextSource): Promise<string> {
  if ("text" in source) return parseCaCertificates(Buffer.from(source.text));
  const options = { maxBytes: MAX_CA_BYTES };
  const bytes = await readBoundedBytes(source.file, "caCertificateFile", "ERR_CONFIG_INVALID", options);
  try {
    return parseCaCertificates(bytes);
  } catch (error) {
    throw isCodedError(error)
      ? error.extended({ prefix: `caCertificateFile "${visible(source.file, 200)}": ` })
      : error;
  }
}
