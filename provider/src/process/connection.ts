// SPDX-License-Identifier: Apache-2.0
// From settings to a connection: reads the CA file, warns of a lab's switch, and loads what speaks HTTP.

import { CodedError } from "../core/coded-error";
import { ENVIRONMENT_PREFIX } from "./settings";
import type { TextSource } from "./settings";
import type { VCenterConnection } from "../vsphere/connection";
import { readBoundedFile } from "./bounded-file";
import type { ProviderProcess } from "./provider-process";
import { loadX509 } from "../lifecycle/load-x509";

/**
 * Prepares the connection to the configured vCenter. Nothing is sent yet.
 *
 * @param process - the provider process
 * @returns the connection
 * @throws CodedError `ERR_CONFIG_MISSING`, `ERR_CONFIG_INVALID`
 * @internal
 */
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

/**
 * Warns of settings that weaken or seem to weaken TLS. Cheap, and printed once.
 *
 * @param process - the provider process
 * @internal
 */
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
  const pem =
    "text" in source ? source.text : await readBoundedFile(source.file, "caCertificateFile", "ERR_CONFIG_INVALID");
  const { parseServerCertificate } = await loadX509();
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
