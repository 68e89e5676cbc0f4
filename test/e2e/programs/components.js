// SPDX-License-Identifier: Apache-2.0
// Certificates at every kind of parent: two siblings in one component, one in a component inside it, and one below
// another certificate. args.json holds what they have in common.
"use strict";

const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const { ComponentResource } = require("@pulumi/pulumi");
const { KmsClientCertificate } = require("pulumi-vsphere-trust-authority");

const common = JSON.parse(readFileSync(join(__dirname, "args.json"), "utf8"));

class Site extends ComponentResource {
  constructor(name, keyProviders, options) {
    super("example:index:Site", name, {}, options);
    this.certificates = keyProviders.map(
      (keyProvider) => new KmsClientCertificate(`${name}-${keyProvider}`, { ...common, keyProvider }, { parent: this }),
    );
    this.registerOutputs({});
  }
}

const outer = new Site("outer", ["kms-1", "kms-2"]);
new Site("inner", ["kms-3"], { parent: outer });
new KmsClientCertificate("below", { ...common, keyProvider: "kms-4" }, { parent: outer.certificates[0] });
