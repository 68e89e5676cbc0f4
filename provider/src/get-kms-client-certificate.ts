// SPDX-License-Identifier: Apache-2.0
// The function `getKmsClientCertificate`.

import type * as pulumi from "@pulumi/pulumi";
import { lookUp, lookUpOutput } from "./lookup";
import type { Lookup } from "./lookup";

/**
 * The arguments of {@link getKmsClientCertificate}.
 *
 * @public
 */
export interface GetKmsClientCertificateArgs {
  /** ClusterComputeResource id of the Trust Authority cluster, e.g. `domain-c8`. */
  cluster: string;
  /** The key provider's id. */
  keyProvider: string;
}

/**
 * The arguments of {@link getKmsClientCertificateOutput}.
 *
 * @public
 */
export interface GetKmsClientCertificateOutputArgs {
  /** ClusterComputeResource id of the Trust Authority cluster, e.g. `domain-c8`. */
  cluster: pulumi.Input<string>;
  /** The key provider's id. */
  keyProvider: pulumi.Input<string>;
}

/**
 * The certificate that the hosts of a cluster show to their key server now.
 *
 * @public
 */
export interface GetKmsClientCertificateResult {
  /** The vCenter it lives on: lower-case host, `:port` unless 443. */
  server: string;
  /** PEM. */
  certificate: string;
  /** SHA-256 of the DER, upper-case hex with colons, as `openssl x509 -fingerprint -sha256` prints it. */
  sha256Fingerprint: string;
  /** One line, e.g. `CN=esx-ta, O=Example`. */
  subject: string;
  /** One line. */
  issuer: string;
  /** Upper-case hex. */
  serialNumber: string;
  /** ISO 8601, UTC. */
  notBefore: string;
  /** ISO 8601, UTC. */
  notAfter: string;
}

const LOOKUP: Lookup<GetKmsClientCertificateArgs, GetKmsClientCertificateResult> = {
  name: "getKmsClientCertificate",
  argNames: ["cluster", "keyProvider"],
  find: (lookups, settings, { cluster, keyProvider }) =>
    lookups.findClientCertificate(settings, { cluster, keyProvider }),
};

/**
 * Reads the client certificate of a key provider, in previews too.
 *
 * @param args - which key provider
 * @param opts - `provider` may be a `TrustAuthorityProvider`; a `parent` may have one to inherit
 * @returns the certificate
 * @throws Error with a `code` as ERRORS.md lists them: `ERR_KEY_PROVIDER_NOT_FOUND` if cluster, key provider or
 * certificate does not exist
 * @example
 * ```ts
 * import { getKmsClientCertificate } from "pulumi-vsphere-trust-authority";
 *
 * const certificate = getKmsClientCertificate({ cluster: "domain-c8", keyProvider: "kms-1" });
 * export const validUntil = certificate.then(({ notAfter }) => notAfter);
 * ```
 * @public
 */
export function getKmsClientCertificate(
  args: GetKmsClientCertificateArgs,
  opts?: pulumi.InvokeOptions,
): Promise<GetKmsClientCertificateResult> {
  return lookUp(LOOKUP, args, opts);
}

/**
 * The same as {@link getKmsClientCertificate} with Inputs, as an Output. In a preview it is unknown while an argument is, or
 * while a resource that it depends on is still to be created.
 *
 * @param args - which key provider
 * @param opts - as of {@link getKmsClientCertificate}, and `dependsOn`
 * @returns the certificate
 * @public
 */
export function getKmsClientCertificateOutput(
  args: GetKmsClientCertificateOutputArgs,
  opts?: pulumi.InvokeOutputOptions,
): pulumi.Output<GetKmsClientCertificateResult> {
  return lookUpOutput(LOOKUP, { ...args }, opts);
}
