// SPDX-License-Identifier: Apache-2.0

// The certificate is a file of this repository; its private key is not. A pull request with a new certificate is the
// rotation: the pipeline provides the key as a file, and only its path is stored.

import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { KmsClientCertificate } from "pulumi-vsphere-trust-authority";

const config = new pulumi.Config();

const clientCertificate = new KmsClientCertificate("kms-client-certificate", {
  cluster: config.require("cluster"),
  keyProvider: config.require("keyProvider"),
  certificate: readFileSync("kms-client.pem", "utf8"),
  privateKeyFile: process.env["KMS_CLIENT_KEY_FILE"] ?? "kms-client.key",
  // Longer than vCenter's longest task: an `up` that ends earlier is red although nothing is wrong.
  timeoutSeconds: 900,
});

/** As `openssl x509 -fingerprint -sha256` prints it. */
export const sha256Fingerprint = clientCertificate.sha256Fingerprint;

/** ISO 8601, UTC. The expiry check of the pipelines reads it. */
export const notAfter = clientCertificate.notAfter;
