// SPDX-License-Identifier: Apache-2.0
// Makes the connection that the settings describe: reads the CA file, warns of weak TLS settings, and loads the HTTP code.

import type { TextSource } from "./setting-values";
import type { VCenterConnection } from "../vsphere/connection";
import { readBoundedBytes } from "./bounded-file";
import type { ProviderProcess } from "./provider-process";

/** Prepares the connection to the configured vCenter. Nothing is sent yet. @throws CodedError of the settings @internal */
export async function openConnection(process: ProviderProcess): Promise<VCenterConnection> {
  const where = process.requireWhere();
  const ca = where.ca === undefined ? undefined : await readCa(where.ca);
  const { VCenterConnection } = await import("../vsphere/connection.js");
  return new VCenterConnection({
    address: where.address,
    trust: { ca, fingerprint: where.fingerprint, allowUnverified: where.allowUnverifiedTls },
    credentials: () => process.credentials(),
    clock: process.clock,
    onBusy: (busy) => {
      process.shutdown.watch(busy);
    },
  });
}

/** Warns of settings that weaken TLS, or seem to. Cheap, and printed once. @internal */
export function warnOfTlsSettings(process: ProviderProcess): void {
  const resolved = process.where();
  if ("where" in resolved && resolved.where.allowUnverifiedTls) {
    const { address, fingerprint, ca } = resolved.where;
    const rest =
      fingerprint === undefined
        ? ca === undefined
          ? ""
          : "; the CA certificate is ignored"
        : "; only the pinned fingerprint is checked";
    process.notices.print(
      "warning",
      `allowUnverifiedTls is on: anybody on the way to ${address.authority} can read the private key${rest}. Never use it outside a lab`,
      { urn: undefined },
    );
  }
  if (process.environment["NODE_TLS_REJECT_UNAUTHORIZED"] === "0") {
    process.notices.print(
      "warning",
      "NODE_TLS_REJECT_UNAUTHORIZED=0 is set; vCenter's certificate is verified regardless. Unset it, and set caCertificateFile or serverFingerprint",
      { urn: undefined },
    );
  }
}

async function readCa(source: TextSource): Promise<string> {
  const { MAX_CA_BYTES, parseCaCertificates } = await import("../vsphere/http/ca-certificates.js");
  if ("text" in source) return parseCaCertificates(Buffer.from(source.text));
  const options = { maxBytes: MAX_CA_BYTES };
  return parseCaCertificates(await readBoundedBytes(source.file, "caCertificateFile", "ERR_CONFIG_INVALID", options));
}
