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
export { getKmsClientCertificate, getKmsClientCertificateOutput } from "./get-kms-client-certificate";
export type {
  GetKmsClientCertificateArgs,
  GetKmsClientCertificateOutputArgs,
  GetKmsClientCertificateResult,
} from "./get-kms-client-certificate";
export { getKmsKeyProviders, getKmsKeyProvidersOutput } from "./get-kms-key-providers";
export type {
  GetKmsKeyProvidersArgs,
  GetKmsKeyProvidersOutputArgs,
  KmsKeyProviderSummary,
} from "./get-kms-key-providers";
export { getTrustAuthorityClusters, getTrustAuthorityClustersOutput } from "./get-trust-authority-clusters";
export type { TrustAuthorityClusterSummary } from "./get-trust-authority-clusters";
