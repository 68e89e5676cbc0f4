// SPDX-License-Identifier: Apache-2.0

// Signing request, CA and certificate as one resource, so that programs say what they want in four lines.

import * as pulumi from "@pulumi/pulumi";
import { KmsClientCertificate, KmsClientCertificateSigningRequest } from "pulumi-vsphere-trust-authority";

/** The arguments of a {@link SignedKmsClientCertificate}. */
export interface SignedKmsClientCertificateArgs {
  /** ClusterComputeResource id of the Trust Authority cluster, e.g. `domain-c8`. */
  cluster: pulumi.Input<string>;
  /** The key provider's id. */
  keyProvider: pulumi.Input<string>;
  /** Takes a signing request and returns a certificate, both PEM; the same certificate for the same request. */
  sign: (csr: string) => string | Promise<string>;
  /** Any values; when one of them changes, the hosts make a new key, and `sign` is called. */
  triggers?: pulumi.Input<unknown[]>;
}

/** A client certificate with a key that never leaves the hosts. */
export class SignedKmsClientCertificate extends pulumi.ComponentResource {
  /** As `openssl x509 -fingerprint -sha256` prints it. */
  readonly sha256Fingerprint: pulumi.Output<string>;
  /** ISO 8601, UTC. */
  readonly notAfter: pulumi.Output<string>;

  constructor(name: string, args: SignedKmsClientCertificateArgs, options?: pulumi.ComponentResourceOptions) {
    super("example:kms:SignedKmsClientCertificate", name, {}, options);
    const { cluster, keyProvider, sign, triggers } = args;
    const parent = { parent: this };
    const request = new KmsClientCertificateSigningRequest(name, { cluster, keyProvider, triggers }, parent);
    const certificate = new KmsClientCertificate(
      name,
      { cluster, keyProvider, certificate: request.csr.apply(async (csr) => sign(csr)), signingRequest: request.csr },
      parent,
    );
    this.sha256Fingerprint = certificate.sha256Fingerprint;
    this.notAfter = certificate.notAfter;
    this.registerOutputs({ sha256Fingerprint: this.sha256Fingerprint, notAfter: this.notAfter });
  }
}
