// SPDX-License-Identifier: Apache-2.0

// Installs the newest pair of a folder. Rotation: put the next pair (`2027.pem`, `2027.key`) beside the others, and run
// `pulumi up`. The README says what to do at the key server before and after.

import { X509Certificate } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { KmsClientCertificate } from "pulumi-vsphere-trust-authority";

const config = new pulumi.Config();
const folder = config.require("pairsFolder");

interface Pair {
  readonly pem: string;
  readonly keyFile: string;
  readonly validFrom: number;
}

/** The pair that begins last, of those that are valid already. */
function newestPair(): Pair {
  const pairs = readdirSync(folder)
    .filter((name) => name.endsWith(".pem"))
    .map((name): Pair => {
      const pem = readFileSync(join(folder, name), "utf8");
      const validFrom = Date.parse(new X509Certificate(pem).validFrom);
      return { pem, keyFile: join(folder, name.replace(/\.pem$/, ".key")), validFrom };
    })
    .filter(({ validFrom }) => validFrom <= Date.now())
    .sort((one, other) => other.validFrom - one.validFrom);
  if (pairs[0] === undefined) throw new Error(`${folder} holds no certificate that is valid already`);
  return pairs[0];
}

const pair = newestPair();
const certificate = new KmsClientCertificate("kms-client-certificate", {
  cluster: config.require("cluster"),
  keyProvider: config.require("keyProvider"),
  certificate: pair.pem,
  privateKeyFile: pair.keyFile,
  // Ends only when the key server accepts the new certificate.
  waitForHealth: true,
});

/** Upper-case hex: the one in use. */
export const serialNumber = certificate.serialNumber;

/** Upper-case hex: the one to revoke at the key server, now that the last update has replaced it. */
export const revokeAtKeyServer = certificate.previousSerialNumber;

/** ISO 8601, UTC: when to have rotated. */
export const notAfter = certificate.notAfter;
