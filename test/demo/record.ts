// SPDX-License-Identifier: Apache-2.0

// What vCenter received during one step of the demonstration: measured at the simulator, not told by the provider.

import { fingerprintOfPem } from "../fixtures/certificates/make";
import type { Simulator } from "../simulator/src/index";
import type { Traffic } from "../support/traffic";
import { takeTraffic } from "../support/traffic";

/** The requests of one step (as reads, all GETs), and what vCenter holds after it. */
export interface Received extends Traffic {
  readonly openSessions: number;
  /** SHA-256 of the live certificate, upper-case hex with colons; "null" if there is none. */
  readonly fingerprint: string;
}

/** Returns what arrived since the last call for this simulator, and forgets it. */
export function takeReceived(simulator: Simulator): Received {
  const reads = simulator.journal.count({ method: "GET" });
  const fingerprint = fingerprintOfPem(simulator.certificate());
  return { ...takeTraffic(simulator), reads, openSessions: simulator.openSessions(), fingerprint };
}
