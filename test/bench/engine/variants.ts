// SPDX-License-Identifier: Apache-2.0
// The ways to declare the same resources that are compared, and the resources.

import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { MadeCertificate } from "../../fixtures/certificates/make";
import { makeCertificate } from "../../fixtures/certificates/make";

/** A program that declares `resources.json`. */
export interface Variant {
  readonly name: "ours" | "empty" | "usual";
  /** In tables and pictures. */
  readonly label: string;
  /** The program's text. */
  readonly program: string;
}

/** Ours, what everybody starts from, and what the usual guide leads to. */
export const VARIANTS: readonly Variant[] = (
  [
    ["ours", "ours"],
    ["empty", "empty provider"],
    ["usual", "provider per resource"],
  ] as const
).map(([name, label]) => ({
  name,
  label,
  program: readFileSync(resolve(__dirname, "programs", `${name}.cjs`), "utf8"),
}));

/** The simulated cluster that holds every key provider. */
export const CLUSTER = "domain-c8";

/** Resources for every variant alike. */
export interface Resources {
  /** Ids of the key providers, in order. */
  readonly keyProviders: readonly string[];
  /** A certificate that a vCenter may start with, PEM. */
  readonly anyCertificate: string;
  /** The files that declare the first `count` of them: `resources.json`, and a key for each. */
  readonly files: (count: number) => Readonly<Record<string, string>>;
}

/**
 * Makes resources, each with a certificate and a key file of its own, as real ones have: no memo helps then.
 *
 * @param most - how many there can be
 */
export async function makeResources(most: number): Promise<Resources> {
  const made: MadeCertificate[] = [];
  // P-256 keys cost a millisecond each.
  for (let at = 0; at < most; at += 1) made.push(await makeCertificate({ subject: `CN=esx-kms-client-${at}` }));
  const keyProviders = made.map((_, at) => `kms-${at}`);
  return {
    keyProviders,
    anyCertificate: (await makeCertificate()).certificatePem,
    files: (count) => {
      const chosen = made.slice(0, count);
      const declared = chosen.map(({ certificatePem }, at) => ({
        name: `certificate-${at}`,
        args: {
          cluster: CLUSTER,
          keyProvider: keyProviders[at],
          certificate: certificatePem,
          privateKeyFile: `keys/${at}.pem`,
        },
      }));
      const keys = chosen.map(({ privateKeyPem }, at) => [`keys/${at}.pem`, privateKeyPem] as const);
      return { "resources.json": JSON.stringify(declared), ...Object.fromEntries(keys) };
    },
  };
}
