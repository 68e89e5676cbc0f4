// SPDX-License-Identifier: Apache-2.0
// A KmsClientCertificate, and a resource of the trial type beside it.
"use strict";

const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const { KmsClientCertificate } = require("pulumi-vsphere-trust-authority");
const { DynamicResource } = require("./node_modules/pulumi-vsphere-trust-authority/dist/dynamic-resource.js");

class Trial extends DynamicResource {
  constructor(name, args, opts = {}) {
    super({ name: "Trial", handler: "trial" }, name, { ...args, sha256Fingerprint: undefined }, opts);
  }
}

const [kms, trial] = JSON.parse(readFileSync(join(__dirname, "resources.json"), "utf8"));
const certificate = new KmsClientCertificate(kms.name, kms.args);
exports.seen = new Trial(trial.name, trial.args, { dependsOn: certificate }).sha256Fingerprint;
