// SPDX-License-Identifier: Apache-2.0

// One certificate on each of several Trust Authority vCenters. Each has a connection of its own: an explicit provider takes
// nothing from the environment, so that a key never goes to the wrong vCenter.

import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { KmsClientCertificate, TrustAuthorityProvider } from "pulumi-vsphere-trust-authority";

interface Site {
  readonly name: string;
  readonly server: string;
  readonly user: string;
  /** Name of the environment variable that holds the password. */
  readonly passwordEnv: string;
  readonly caCertificateFile: string;
  readonly cluster: string;
  readonly keyProvider: string;
  readonly certificateFile: string;
  readonly privateKeyFile: string;
}

/** When each certificate ends, ISO 8601, UTC. */
export const notAfter: Record<string, pulumi.Output<string>> = {};

for (const site of new pulumi.Config().requireObject<Site[]>("sites")) {
  const { name, server, user, passwordEnv, caCertificateFile } = site;
  const provider = new TrustAuthorityProvider(name, { server, user, passwordEnv, caCertificateFile });
  const certificate = new KmsClientCertificate(
    name,
    {
      cluster: site.cluster,
      keyProvider: site.keyProvider,
      certificate: readFileSync(site.certificateFile, "utf8"),
      privateKeyFile: site.privateKeyFile,
    },
    { provider },
  );
  notAfter[name] = certificate.notAfter;
}
