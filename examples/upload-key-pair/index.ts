// SPDX-License-Identifier: Apache-2.0

// Gives the hosts of one Trust Authority cluster the client certificate and the private key that your key server's CA has
// issued. Renewal: put the new pair in place of the old one and run `pulumi up`; it is replaced on the server in place.

import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { KmsClientCertificate } from "pulumi-vsphere-trust-authority";

const config = new pulumi.Config();

const clientCertificate = new KmsClientCertificate("kms-client-certificate", {
  cluster: config.require("cluster"),
  keyProvider: config.require("keyProvider"),
  certificate: readFileSync(config.require("certificateFile"), "utf8"),
  // A path, not the key: the key never reaches Pulumi's state, not even encrypted.
  privateKeyFile: config.require("privateKeyFile"),
});

/** As `openssl x509 -fingerprint -sha256` prints it. */
export const sha256Fingerprint = clientCertificate.sha256Fingerprint;

/** ISO 8601, UTC: when to have renewed it. */
export const notAfter = clientCertificate.notAfter;
