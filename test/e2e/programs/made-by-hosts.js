// SPDX-License-Identifier: Apache-2.0
// What the hosts make: a signing request whose certificate a CA signs in the same program, and a self-signed certificate
// beside it. settings.json says what triggers a new one of both, and whether to wait for the key server; ca.pem and ca.key are the CA's.
"use strict";

const { execFileSync } = require("node:child_process");
const { createHash } = require("node:crypto");
const { existsSync, readFileSync } = require("node:fs");
const { join } = require("node:path");
const pulumi = require("@pulumi/pulumi");
const {
  KmsClientCertificate,
  KmsClientCertificateSigningRequest,
  KmsSelfSignedClientCertificate,
} = require("pulumi-vsphere-trust-authority");

/** As a CA would: one certificate for one request, however often it is asked for. */
function sign(csr) {
  const file = join(__dirname, `${createHash("sha256").update(csr).digest("hex")}.pem`);
  if (!existsSync(file)) {
    const ca = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "client.cnf"];
    execFileSync("openssl", ["x509", "-req", "-days", "60", ...ca, "-out", file], { cwd: __dirname, input: csr });
  }
  return readFileSync(file, "utf8");
}

const settings = JSON.parse(readFileSync(join(__dirname, "settings.json"), "utf8"));
const { rotation, timeoutSeconds, waitForHealth } = settings;
const triggers = [pulumi.secret(rotation), { also: 1 }];
const cluster = "domain-c8";
const request = new KmsClientCertificateSigningRequest("request", { cluster, keyProvider: "kms-1", triggers });
exports.signed = new KmsClientCertificate("signed", {
  cluster,
  keyProvider: "kms-1",
  certificate: request.csr.apply(sign),
  ...(waitForHealth && { signingRequest: request.csr, waitForHealth, timeoutSeconds }),
}).sha256Fingerprint;
exports.own = new KmsSelfSignedClientCertificate("own", {
  cluster,
  keyProvider: "kms-2",
  triggers,
  timeoutSeconds,
}).sha256Fingerprint;
