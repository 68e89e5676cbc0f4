// SPDX-License-Identifier: Apache-2.0

// What differs from one run to the next in a recorded state: server and certificates. A recording holds names in their
// place; everything else in it is what that release wrote.

import { X509Certificate } from "node:crypto";
import { fingerprintOf } from "../fixtures/certificates/make";
import type { RecordedPair } from "./declared";

/** What stands for the names in one run. */
export interface Actual {
  /** `host:port` of the vCenter. */
  readonly server: string;
  /** What the resources have. */
  readonly pair: RecordedPair;
  /** What the unfinished replacement was for. */
  readonly pending: RecordedPair;
  /** PEM of the signing request, and the SHA-256 of its public key. */
  readonly signingRequest: { readonly csrPem: string; readonly publicKeySha256: string };
}

/** Puts names in the place of values. */
export function generalize(text: string, actual: Actual): string {
  let general = text;
  for (const [name, value] of values(actual)) general = general.replaceAll(value, `{{${name}}}`);
  return general;
}

/**
 * Puts values in the place of names.
 *
 * @throws Error, when a name is left that nobody knows.
 */
export function substitute(text: string, actual: Actual): string {
  let specific = text;
  for (const [name, value] of values(actual)) specific = specific.replaceAll(`{{${name}}}`, value);
  const unknown = /\{\{[^{}]*\}\}/.exec(specific);
  if (unknown !== null) throw new Error(`the recording holds ${unknown[0]}, for which there is no value`);
  return specific;
}

/** As they stand in JSON, in the form in which the releases have written them: a contract, so not taken from the code. */
function values({ server, pair, pending, signingRequest }: Actual): readonly (readonly [string, string])[] {
  return [
    ["server", server] as const,
    ["csr", JSON.stringify(signingRequest.csrPem).slice(1, -1)] as const,
    ["csr.sha256Fingerprint", fingerprintOf(derOf(signingRequest.csrPem))] as const,
    ["publicKeySha256", signingRequest.publicKeySha256] as const,
    ...pairValues("", pair),
    ...pairValues("pending.", pending),
  ];
}

const derOf = (pem: string): Buffer => Buffer.from(pem.replaceAll(/-----.*-----/g, ""), "base64");

function pairValues(prefix: string, pair: RecordedPair): readonly (readonly [string, string])[] {
  const { certificatePem, requestPem } = pair;
  const { fingerprint256, serialNumber, validFrom, validTo } = new X509Certificate(certificatePem);
  return [
    [`${prefix}certificate`, JSON.stringify(certificatePem).slice(1, -1)],
    [`${prefix}signingRequest`, JSON.stringify(requestPem).slice(1, -1)],
    [`${prefix}sha256Fingerprint`, fingerprint256],
    [`${prefix}serialNumber`, serialNumber],
    [`${prefix}notBefore`, new Date(validFrom).toISOString()],
    [`${prefix}notAfter`, new Date(validTo).toISOString()],
  ];
}
