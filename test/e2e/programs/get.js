// SPDX-License-Identifier: Apache-2.0
// Reads the certificate whose id is in id.txt, and manages nothing.
"use strict";

const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const { KmsClientCertificate } = require("pulumi-vsphere-trust-authority");

const found = KmsClientCertificate.get("found", readFileSync(join(__dirname, "id.txt"), "utf8"));
module.exports = { server: found.server, fingerprint: found.sha256Fingerprint, certificate: found.certificate };
