// SPDX-License-Identifier: Apache-2.0

// What vCenter received during one step of the demonstration: measured at the simulator, not told by the provider.

import { fingerprintOfPem } from "../fixtures/certificates/make";
import type { Simulator } from "../simulator/src/index";

/** The requests of one step, and what vCenter holds after it. */
export interface Received {
  readonly requests: number;
  readonly logins: number;
  readonly patches: number;
  readonly posts: number;
  readonly reads: number;
  readonly openSessions: number;
  /** SHA-256 of the live certificate, upper-case hex with colons; "null" if there is none. */
  readonly fingerprint: string;
}

/**
 * Returns what arrived since the last call for this simulator, and forgets it.
 *
 * @param simulator - its journal is cleared.
 */
export function takeReceived(simulator: Simulator): Received {
  const { journal } = simulator;
  const received = {
    requests: journal.count(),
    logins: journal.logins(),
    patches: journal.patches(),
    posts: journal.count({ operation: "post" }) + journal.count({ operation: "createCsr" }),
    reads: journal.count({ method: "GET" }),
    openSessions: simulator.openSessions(),
    fingerprint: fingerprintOfPem(simulator.certificate()),
  };
  journal.clear();
  return received;
}
