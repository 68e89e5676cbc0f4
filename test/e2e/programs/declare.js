// SPDX-License-Identifier: Apache-2.0
// Declares the resources that resources.json lists, in its order.
"use strict";

const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const types = require("pulumi-vsphere-trust-authority");

const declared = JSON.parse(readFileSync(join(__dirname, "resources.json"), "utf8"));
for (const { type = "KmsClientCertificate", name, args, options } of declared) {
  exports[name] = new types[type](name, args, options).sha256Fingerprint;
}
