// SPDX-License-Identifier: Apache-2.0

// A program that uses the component: one line for each key provider.

import * as pulumi from "@pulumi/pulumi";
import { signOnce } from "../signed-from-csr/lab-ca";
import { SignedKmsClientCertificate } from "./signed-kms-client-certificate";

const config = new pulumi.Config();
const caFolder = config.require("caFolder");

/** When each certificate ends, ISO 8601, UTC. */
export const notAfter: Record<string, pulumi.Output<string>> = {};

for (const keyProvider of config.requireObject<string[]>("keyProviders")) {
  const certificate = new SignedKmsClientCertificate(keyProvider, {
    cluster: config.require("cluster"),
    keyProvider,
    sign: (csr) => signOnce(caFolder, csr, 365),
    triggers: [config.get("rotation") ?? "first"],
  });
  notAfter[keyProvider] = certificate.notAfter;
}
