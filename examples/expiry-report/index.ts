// SPDX-License-Identifier: Apache-2.0

// Lists every client certificate of one Trust Authority vCenter with the health of its key provider. It manages nothing; it
// fails if a certificate ends within `alertDays`, so that a scheduled `pulumi preview` is an alert.

import * as pulumi from "@pulumi/pulumi";
import { getKmsClientCertificate, getKmsKeyProviders, getTrustAuthorityClusters } from "pulumi-vsphere-trust-authority";

const alertDays = new pulumi.Config().getNumber("alertDays") ?? 21;

interface Line {
  readonly cluster: string;
  readonly keyProvider: string;
  readonly health: string;
  readonly subject: string;
  readonly notAfter: string;
  readonly daysLeft?: number;
}

async function lineOf(cluster: string, keyProvider: string, health: string): Promise<Line> {
  try {
    const { subject, notAfter } = await getKmsClientCertificate({ cluster, keyProvider });
    const daysLeft = Math.floor((Date.parse(notAfter) - Date.now()) / 86_400_000);
    return { cluster, keyProvider, health, subject, notAfter, daysLeft };
  } catch (error) {
    if ((error as { code?: string }).code !== "ERR_KEY_PROVIDER_NOT_FOUND") throw error;
    return { cluster, keyProvider, health, subject: "no certificate", notAfter: "" };
  }
}

async function makeReport(): Promise<Line[]> {
  // Together, not one after the other: lookups that overlap share one login.
  const clusters = await getTrustAuthorityClusters();
  const found = clusters.map(async ({ cluster }) => {
    const keyProviders = await getKmsKeyProviders({ cluster });
    return Promise.all(keyProviders.map(({ keyProvider, health }) => lineOf(cluster, keyProvider, health)));
  });
  const lines = (await Promise.all(found)).flat();
  for (const { cluster, keyProvider, health, subject, notAfter, daysLeft } of lines) {
    const end = daysLeft === undefined ? "" : `, ends ${notAfter}, in ${String(daysLeft)} days`;
    await pulumi.log.info(`${cluster}/${keyProvider}: ${subject}${end}, key server ${health}`);
  }
  const ending = lines.filter(({ daysLeft }) => daysLeft !== undefined && daysLeft < alertDays);
  if (ending.length > 0) {
    const names = ending.map(({ cluster, keyProvider }) => `${cluster}/${keyProvider}`).join(", ");
    await pulumi.log.error(`ends in less than ${String(alertDays)} days: ${names}`);
    process.exitCode = 1; // Fails the preview.
  }
  return lines;
}

/** One line for each key provider. */
export const report = makeReport();
