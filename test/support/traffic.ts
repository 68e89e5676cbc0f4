// SPDX-License-Identifier: Apache-2.0
// What a vCenter has seen, counted at the simulator.

import type { Simulator } from "../simulator";

/** Requests by kind. */
export interface Traffic {
  readonly requests: number;
  readonly logins: number;
  readonly patches: number;
  /** Of a self-signed certificate or a signing request. */
  readonly posts: number;
  /** Reads of a certificate or a signing request. */
  readonly reads: number;
  /** Reads of a key provider, for its health. */
  readonly healthReads: number;
}

/** Nothing at all. */
export const NOTHING: Traffic = { requests: 0, logins: 0, patches: 0, posts: 0, reads: 0, healthReads: 0 };

/** Counts what a vCenter has seen since it was asked last, and starts anew. */
export function takeTraffic({ journal }: Simulator): Traffic {
  const seen = {
    requests: journal.count(),
    logins: journal.logins(),
    patches: journal.patches(),
    posts: journal.count({ operation: "post" }) + journal.count({ operation: "createCsr" }),
    reads: journal.count({ operation: "readCertificate" }) + journal.count({ operation: "readCsr" }),
    healthReads: journal.count({ operation: "readKeyProvider" }),
  };
  journal.clear();
  return seen;
}
