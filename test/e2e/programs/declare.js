// SPDX-License-Identifier: Apache-2.0
// Declares the certificates that resources.json lists, in its order.
"use strict";

const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const { KmsClientCertificate } = require("pulumi-vsphere-trust-authority");

for (const { name, args, options } of JSON.parse(readFileSync(join(__dirname, "resources.json"), "utf8"))) {
  const certificate = new KmsClientCertificate(name, args, options);
  exports[name] = certificate.sha256Fingerprint;
}
