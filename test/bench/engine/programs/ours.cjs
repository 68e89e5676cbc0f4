// SPDX-License-Identifier: Apache-2.0
// Declares what resources.json lists, with this project's resource.
"use strict";

const { KmsClientCertificate } = require("pulumi-vsphere-trust-authority");

for (const { name, args } of require("./resources.json")) new KmsClientCertificate(name, args);
