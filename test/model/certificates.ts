// SPDX-License-Identifier: Apache-2.0
// The certificates that histories speak of.

import { makeCa, makeCertificate } from "../fixtures/certificates/make";
import type { Candidate } from "./stack";

/** The certificates of a run. */
export interface Certificates {
  /** What programs and people choose from; the first is there at the start, the second is wanted first. */
  readonly candidates: readonly [Candidate, Candidate, Candidate];
  /** What no program wants. */
  readonly stranger: Candidate;
  /** What the hosts make themselves, in this order. */
  readonly made: readonly Candidate[];
  /** Whose certificate a PEM text holds, in whatever way it is written. */
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
  const make = (name: string): Promise<Candidate> => makeCertificate({ subject: `CN=${name}`, ca, notBefore });
  const candidates = [await make("present"), await make("one"), await make("two")] as const;
  const stranger = await make("stranger");
  const made = await Promise.all(Array.from({ length: MADE_BY_HOSTS }, (_none, index) => make(`made ${index}`)));
  const fingerprints = new Map(
    [...candidates, stranger, ...made].map(({ certificatePem, fingerprint }) => [bare(certificatePem), fingerprint]),
  );
  return {
    candidates: [...candidates],
    stranger,
    made,
    fingerprintOf: (pem) => fingerprints.get(bare(pem)),
  };
}

function bare(pem: string): string {
  return pem.replace(/\s/g, "");
}
