// SPDX-License-Identifier: Apache-2.0
// Warnings about settings that weaken or seem to weaken TLS.

import type { ProviderProcess } from "./provider-process";

/** Cheap, and printed once in a process. @internal */
export function warnOfTlsSettings({ access, notices }: Pick<ProviderProcess, "access" | "notices">): void {
  const resolved = access.where();
  if ("where" in resolved && resolved.where.allowUnverifiedTls) {
    const { address, fingerprint, ca } = resolved.where;
    const rest =
      fingerprint === undefined
        ? ca === undefined
          ? ""
          : "; the CA certificate is ignored"
        : "; only the pinned fingerprint is checked";
    notices.print(
      "warning",
      `allowUnverifiedTls is on: anybody on the way to ${address.authority} can read the private key${rest}. Never use it outside a lab`,
      { urn: undefined },
    );
  }
  if (access.environment["NODE_TLS_REJECT_UNAUTHORIZED"] === "0") {
    notices.print(
      "warning",
      "NODE_TLS_REJECT_UNAUTHORIZED=0 is set; vCenter's certificate is verified regardless. Unset it, and set caCertificateFile or serverFingerprint",
      { urn: undefined },
    );
  }
}
