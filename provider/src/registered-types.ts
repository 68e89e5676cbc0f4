// SPDX-License-Identifier: Apache-2.0
// The types of resources as the engine knows them: token and constant line. It loads nothing, so that the command line
// needs no SDK.

/** Pulumi's own package of dynamic resources: the engine finds the provider process by it. @internal */
export const DYNAMIC_PACKAGE = "pulumi-nodejs";
/** Module part of every type token of this package. */
const TYPE_MODULE = "trustauthority";
/** What the provider process requires. @internal */
export const LIFECYCLE = "pulumi-vsphere-trust-authority/lifecycle";

/** One type of resource, as a program registers it. */
export interface RegisteredType {
  /** Last part of the type token, e.g. `KmsClientCertificate`. */
  readonly name: string;
  /** What `/lifecycle` exports for it. The first type has the name `provider`, as every state of 0.1.0 says. */
  readonly handler: string;
}

/** @internal */
export const KMS_CLIENT_CERTIFICATE: RegisteredType = { name: "KmsClientCertificate", handler: "provider" };

/** @internal */
export const KMS_SIGNING_REQUEST: RegisteredType = {
  name: "KmsClientCertificateSigningRequest",
  handler: "kmsClientCertificateSigningRequest",
};

/** @internal */
export const KMS_SELF_SIGNED: RegisteredType = {
  name: "KmsSelfSignedClientCertificate",
  handler: "kmsSelfSignedClientCertificate",
};

/**
 * The text that the engine's host evaluates, kept in every state forever: `/lifecycle` and the exported names are a
 * compatibility contract. Golden files hold it.
 *
 * @internal
 */
export function handlerText({ handler }: RegisteredType): string {
  return `exports.handler = () => require("${LIFECYCLE}").${handler};`;
}

/**
 * The type token of a resource of this package.
 *
 * @param type - e.g. `KmsClientCertificate`
 * @returns e.g. `pulumi-nodejs:dynamic/trustauthority:KmsClientCertificate`
 * @internal
 */
export function typeToken(type: string): string {
  return `${DYNAMIC_PACKAGE}:dynamic/${TYPE_MODULE}:${type}`;
}
