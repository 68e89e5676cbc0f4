// SPDX-License-Identifier: Apache-2.0
// Every function with an explicit provider whose password is a secret of the stack, and a certificate that one of them reads.
"use strict";

const pulumi = require("@pulumi/pulumi");
const ta = require("pulumi-vsphere-trust-authority");

const target = { cluster: "domain-c8", keyProvider: "kms-1" };

module.exports = async () => {
  const config = new pulumi.Config();
  const provider = new ta.TrustAuthorityProvider("ta", {
    server: config.require("server"),
    user: config.require("user"),
    password: config.requireSecret("password"),
    caCertificateFile: config.require("ca"),
  });
  const [clusters, keyProviders, before] = await Promise.all([
    ta.getTrustAuthorityClusters({ provider }),
    ta.getKmsKeyProviders({ cluster: target.cluster }, { provider }),
    ta.getKmsClientCertificate({ ...target, cluster: config.get("cluster") ?? target.cluster }, { provider }),
  ]);
  const options = { provider };
  const files = { certificate: config.require("certificate"), privateKeyFile: config.require("key") };
  const kms = new ta.KmsClientCertificate("kms", { ...target, ...files }, options);
  const after = ta.getKmsClientCertificateOutput({ cluster: kms.cluster, keyProvider: kms.keyProvider }, options);
  return { clusters, keyProviders, before: before.sha256Fingerprint, after: after.sha256Fingerprint };
};
