// SPDX-License-Identifier: Apache-2.0
// What the drivers know of a type of resource.

/** Inputs or outputs. */
export type Properties = Readonly<Record<string, unknown>>;

/** A resource type, as the engine knows it. */
export interface ResourceType {
  /** The class in a program. */
  readonly className: string;
  /** Its token, as in a URN. */
  readonly token: string;
  /** What the engine keeps as `__provider`. */
  readonly handlerLine: string;
}

function resourceType(className: string, exportedName: string): ResourceType {
  return {
    className,
    token: `pulumi-nodejs:dynamic/trustauthority:${className}`,
    handlerLine: `exports.handler = () => require("pulumi-vsphere-trust-authority/lifecycle").${exportedName};`,
  };
}

export const KMS_CLIENT_CERTIFICATE: ResourceType = resourceType("KmsClientCertificate", "provider");
export const SIGNING_REQUEST: ResourceType = resourceType(
  "KmsClientCertificateSigningRequest",
  "kmsClientCertificateSigningRequest",
);
export const SELF_SIGNED: ResourceType = resourceType(
  "KmsSelfSignedClientCertificate",
  "kmsSelfSignedClientCertificate",
);
