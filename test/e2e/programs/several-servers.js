// SPDX-License-Identifier: Apache-2.0
// One certificate on each of several vCenters, as servers.json lists them: name, arguments of the provider, arguments of
// the certificate.
"use strict";

const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const { KmsClientCertificate, TrustAuthorityProvider } = require("pulumi-vsphere-trust-authority");

for (const { name, connection, args } of JSON.parse(readFileSync(join(__dirname, "servers.json"), "utf8"))) {
  const provider = new TrustAuthorityProvider(name, connection);
  exports[name] = new KmsClientCertificate(`${name}-kms`, args, { provider }).server;
}
