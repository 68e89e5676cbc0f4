// SPDX-License-Identifier: Apache-2.0
// A strict program in ES modules: what must compile, and what must not.

import * as pulumi from "@pulumi/pulumi";
import {
  getKmsClientCertificateOutput,
  getTrustAuthorityClusters,
  KmsClientCertificate,
  KmsClientCertificateSigningRequest,
  KmsSelfSignedClientCertificate,
  TrustAuthorityProvider,
} from "pulumi-vsphere-trust-authority";
import type { KmsClientCertificateArgs } from "pulumi-vsphere-trust-authority";

const config = new pulumi.Config();
const args: KmsClientCertificateArgs = {
  cluster: "domain-c8",
  keyProvider: config.require("keyProvider"),
  certificate: pulumi.output("pem"),
};
// People fill in what depends on something.
args.timeoutSeconds = config.get("timeout") ?? 600;
args.privateKey = config.requireSecret("key");
args.detectDrift = "always";

const provider = new TrustAuthorityProvider("east", { server: "vcenter.example.com", passwordEnv: "PASSWORD" });
const kms = new KmsClientCertificate("kms", args, { provider });
export const fingerprint: pulumi.Output<string> = kms.sha256Fingerprint;
export const found: pulumi.Output<string> = KmsClientCertificate.get("found", "domain-c8/kms-1").notAfter;
const something: unknown = kms;
if (KmsClientCertificate.isInstance(something)) void something.server;

const target = { cluster: "domain-c8", keyProvider: kms.keyProvider };
const request = new KmsClientCertificateSigningRequest("csr", { ...target, triggers: ["2026", kms.notAfter] });
export const csr: pulumi.Output<string> = request.csr;
const algorithm: pulumi.Output<"RSA" | "EC"> = request.keyAlgorithm;
void algorithm;
export const own = new KmsSelfSignedClientCertificate("own", { ...target, earlyRenewalHours: 12 }, { provider });
export const live: pulumi.Output<string> = getKmsClientCertificateOutput(target, { provider }).sha256Fingerprint;
export const clusters: Promise<string[]> = getTrustAuthorityClusters().then((all) => all.map(({ cluster }) => cluster));

// @ts-expect-error: no key provider
new KmsClientCertificate("kms", { cluster: "domain-c8", certificate: "pem" });
// @ts-expect-error: a value that is not there
args.detectDrift = "never";
// @ts-expect-error: an argument that is not there
args.onDelete = "generateSelfSigned";
// @ts-expect-error: outputs are not assigned to
kms.server = fingerprint;
