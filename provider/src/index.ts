// SPDX-License-Identifier: Apache-2.0
// What a Pulumi program imports. It loads @pulumi/pulumi and nothing else: what speaks HTTP and reads certificates is
// loaded in the provider process alone.

export { KmsClientCertificate } from "./kms-client-certificate";
export type { KmsClientCertificateArgs } from "./kms-client-certificate";
export { TrustAuthorityProvider } from "./trust-authority-provider";
export type { TrustAuthorityProviderArgs } from "./trust-authority-provider";
