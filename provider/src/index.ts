// SPDX-License-Identifier: Apache-2.0
// What a Pulumi program imports. It loads @pulumi/pulumi and nothing else: what speaks HTTP and reads certificates is
// loaded in the provider process alone.

export { KmsClientCertificate } from "./kms-client-certificate";
export type { KmsClientCertificateArgs } from "./kms-client-certificate";
export { KmsClientCertificateSigningRequest } from "./kms-client-certificate-signing-request";
export type { KmsClientCertificateSigningRequestArgs } from "./kms-client-certificate-signing-request";
export { KmsSelfSignedClientCertificate } from "./kms-self-signed-client-certificate";
export type { KmsSelfSignedClientCertificateArgs } from "./kms-self-signed-client-certificate";
export { TrustAuthorityProvider } from "./trust-authority-provider";
export type { TrustAuthorityProviderArgs } from "./trust-authority-provider";
