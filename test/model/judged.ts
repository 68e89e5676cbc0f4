// SPDX-License-Identifier: Apache-2.0
// What the invariants judge an operation by: what one resource has seen of it.

import type { Happening } from "./model-key-provider";
import type { Outcome, Resource, Saved } from "./resource";
import type { Stack } from "./stack";

/** SHA-256 of the DER that a PEM text holds. */
export type FingerprintOf = (pem: string) => string | undefined;

/** What stood before an operation, for one resource. */
export interface Before {
  readonly saved: Saved | undefined;
  readonly wantedFingerprint: string;
}

/** One operation, for one resource. */
export interface Judged {
  /** After it. */
  readonly resource: Resource;
  readonly before: Before;
  readonly outcome: Outcome;
  /** What happened to its slot, and to both, until it ended. */
  readonly happenings: readonly Happening[];
  readonly patches: number;
  readonly reads: number;
  readonly fingerprintOf: FingerprintOf;
  /** What a state says that the server holds; undefined: nothing. */
  readonly heldIn: (saved: Saved | undefined) => string | undefined;
}

/** A task that is said to be so has ended. */
export const ENDS: readonly string[] = ["SUCCEEDED", "FAILED", "vanished"];

/** An operation of a stack, as one of its resources sees it. */
export function judgedOf(
  { vcenter }: Stack,
  resource: Resource,
  before: Before,
  outcome: Outcome,
  fingerprintOf: FingerprintOf,
): Judged {
  const { slot: own } = resource;
  const happenings = vcenter.happenings.slice(0, outcome.happened).filter(({ slot = own }) => slot === own);
  const count = (kind: "patch" | "read"): number =>
    happenings.filter((h) => h.type === "request" && h.kind === kind).length;
  return {
    ...{ resource, before, outcome, happenings, fingerprintOf },
    ...{ patches: count("patch"), reads: count("read") },
    heldIn: (saved) => {
      const { csr, sha256Fingerprint } = saved?.outputs ?? {};
      return own === "csr" ? fingerprintOf(String(csr)) : (sha256Fingerprint as string | undefined);
    },
  };
}
