// SPDX-License-Identifier: Apache-2.0
// A certificate whose cluster, certificate and key another resource has yet to make: unknown in the first preview.
"use strict";

const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const { CustomResource } = require("@pulumi/pulumi");
const { KmsClientCertificate } = require("pulumi-vsphere-trust-authority");

const PROVIDER = `exports.handler = () => ({
  create: async ({ will }) => ({ id: "issued", outs: will }),
  diff: async () => ({ changes: false }),
})`;

/** Hands out, once it is created, what it was told to. */
class Issuer extends CustomResource {
  constructor(name, will) {
    const outputs = Object.fromEntries(Object.keys(will).map((key) => [key, undefined]));
    super("pulumi-nodejs:dynamic/example:Issuer", name, { ...outputs, will, __provider: PROVIDER });
  }
}

const issuer = new Issuer("issuer", JSON.parse(readFileSync(join(__dirname, "issue.json"), "utf8")));
const { cluster, certificate, privateKey } = issuer;
exports.kms = new KmsClientCertificate("kms", {
  cluster,
  keyProvider: "kms-1",
  certificate,
  privateKey,
}).sha256Fingerprint;
