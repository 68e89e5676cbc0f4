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

/** The first type of the package. */
export const KMS_CLIENT_CERTIFICATE: ResourceType = {
  className: "KmsClientCertificate",
  token: "pulumi-nodejs:dynamic/trustauthority:KmsClientCertificate",
  handlerLine: 'exports.handler = () => require("pulumi-vsphere-trust-authority/lifecycle").provider;',
};
