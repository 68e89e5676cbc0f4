// SPDX-License-Identifier: Apache-2.0

// The hosts make key and certificate themselves. For key servers that trust single certificates instead of a CA.

import * as pulumi from "@pulumi/pulumi";
import { KmsSelfSignedClientCertificate } from "pulumi-vsphere-trust-authority";

const config = new pulumi.Config();

const certificate = new KmsSelfSignedClientCertificate("kms-client-certificate", {
  cluster: config.require("cluster"),
  keyProvider: config.require("keyProvider"),
  triggers: [config.get("rotation") ?? "first"],
  // From two weeks before its end, an `up` makes a new one.
  earlyRenewalHours: 14 * 24,
});

/** Give this to the key server after every `up` that made a new one. */
export const pem = certificate.certificate;

/** As `openssl x509 -fingerprint -sha256` prints it. */
export const sha256Fingerprint = certificate.sha256Fingerprint;

/** ISO 8601, UTC. */
export const notAfter = certificate.notAfter;
