// SPDX-License-Identifier: Apache-2.0
// The certificates and signing requests that histories speak of.

import { fingerprintOf, makeCa, makeCertificate, makeSigningRequest } from "../fixtures/certificates/make";
import type { Slot } from "./model-tasks";
import type { Candidate } from "./resource";

/** The certificates of a run. */
export interface Certificates {
  /** What programs and people choose from; the first is there at the start, the second is wanted first. */
  readonly candidates: readonly [Candidate, Candidate, Candidate];
  /** What no program wants. */
  readonly strangers: Readonly<Record<Slot, string>>;
  /** What the hosts make themselves, in this order. */
  readonly made: Readonly<Record<Slot, readonly Candidate[]>>;
  /** SHA-256 of the DER that a PEM text holds, in whatever way it is written. */
  readonly fingerprintOf: (pem: string) => string | undefined;
}

/** More than a history has writes. */
const MADE_BY_HOSTS = 40;
const DAY_MS = 86_400_000;

/** Makes certificates whose dates bear a clock that is wrong by days. */
export async function makeCertificates(): Promise<Certificates> {
  const notBefore = new Date(Date.now() - 30 * DAY_MS);
  // Signed by a CA: where a self-signed one is looked at its signature is verified, which would cost most of a run.
  const ca = await makeCa({ notBefore });
  const make = async (name: string): Promise<Candidate> => {
    const { certificatePem: pem, fingerprint } = await makeCertificate({ subject: `CN=${name}`, ca, notBefore });
    return { pem, fingerprint };
  };
  const candidates = [await make("present"), await make("one"), await make("two")] as const;
  const stranger = await make("stranger");
  const made = await Promise.all(Array.from({ length: MADE_BY_HOSTS }, (_none, index) => make(`made ${index}`)));
  const [strange, ...requests] = await Promise.all([request(), ...Array.from({ length: MADE_BY_HOSTS }, request)]);
  const fingerprints = new Map(
    [...candidates, stranger, ...made, strange, ...requests].map(({ pem, fingerprint }) => [bare(pem), fingerprint]),
  );
  return {
    candidates: [...candidates],
    strangers: { certificate: stranger.pem, csr: strange.pem, "second certificate": stranger.pem },
    made: { certificate: made, csr: requests, "second certificate": [] },
    fingerprintOf: (pem) => fingerprints.get(bare(pem)),
  };
}

async function request(): Promise<Candidate> {
  const { csrPem: pem } = await makeSigningRequest();
  return { pem, fingerprint: fingerprintOf(Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ""), "base64")) };
}

function bare(pem: string): string {
  return pem.replace(/\s/g, "");
}
