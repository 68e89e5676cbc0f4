// SPDX-License-Identifier: Apache-2.0

// What differs from one run to the next in a recorded state: server and certificates. A recording holds names in their
// place; everything else in it is what that release wrote.

import { X509Certificate } from "node:crypto";

/** What stands for the names in one run. */
export interface Actual {
  /** `host:port` of the vCenter. */
  readonly server: string;
  /** PEM of the certificate that the resources have. */
  readonly certificate: string;
  /** PEM of the certificate that the unfinished replacement was for. */
  readonly pending: string;
  /** PEM of the signing request, and the SHA-256 of its public key. */
  readonly signingRequest: { readonly csrPem: string; readonly publicKeySha256: string };
}

/**
 * Puts names in the place of values.
 *
 * @param text - an exported state.
 * @param actual - the values in it.
 */
export function generalize(text: string, actual: Actual): string {
  let general = text;
  for (const [name, value] of values(actual)) general = general.replaceAll(value, `{{${name}}}`);
  return general;
}

/**
 * Puts values in the place of names.
 *
 * @param text - a recording.
 * @param actual - the values to put into it.
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
function values({ server, certificate, pending, signingRequest }: Actual): readonly (readonly [string, string])[] {
  return [
    ["server", server] as const,
    ["csr", JSON.stringify(signingRequest.csrPem).slice(1, -1)] as const,
    ["publicKeySha256", signingRequest.publicKeySha256] as const,
    ...certificateValues("", certificate),
    ...certificateValues("pending.", pending),
  ];
}

function certificateValues(prefix: string, pem: string): readonly (readonly [string, string])[] {
  const { fingerprint256, serialNumber, validFrom, validTo } = new X509Certificate(pem);
  return [
    [`${prefix}certificate`, JSON.stringify(pem).slice(1, -1)],
    [`${prefix}sha256Fingerprint`, fingerprint256],
    [`${prefix}serialNumber`, serialNumber],
    [`${prefix}notBefore`, new Date(validFrom).toISOString()],
    [`${prefix}notAfter`, new Date(validTo).toISOString()],
  ];
}
