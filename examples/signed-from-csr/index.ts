// SPDX-License-Identifier: Apache-2.0

// The hosts make a key that never leaves them, a CA signs their request, and the certificate goes back: in one `pulumi up`.
// Rotation: another value of the config key `rotation`.

import * as pulumi from "@pulumi/pulumi";
import { KmsClientCertificate, KmsClientCertificateSigningRequest } from "pulumi-vsphere-trust-authority";
import { signOnce } from "./lab-ca";

const config = new pulumi.Config();
const where = { cluster: config.require("cluster"), keyProvider: config.require("keyProvider") };
const caFolder = config.require("caFolder");
const lifetimeDays = config.getNumber("lifetimeDays") ?? 365;

const request = new KmsClientCertificateSigningRequest("request", {
  ...where,
  triggers: [config.get("rotation") ?? "first"],
});

const certificate = new KmsClientCertificate("kms-client-certificate", {
  ...where,
  certificate: request.csr.apply((csr) => signOnce(caFolder, csr, lifetimeDays)),
  signingRequest: request.csr,
  // The `up` ends only when the key server accepts the certificate.
  waitForHealth: true,
});

/** SHA-256 of the public key, upper-case hex with colons. */
export const publicKeySha256 = request.publicKeySha256;

/** As `openssl x509 -fingerprint -sha256` prints it. */
export const sha256Fingerprint = certificate.sha256Fingerprint;

/** ISO 8601, UTC. */
export const notAfter = certificate.notAfter;
