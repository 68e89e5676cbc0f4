// SPDX-License-Identifier: Apache-2.0

// What vCenter received during one step of the demonstration: measured at the simulator, not told by the provider.

import { X509Certificate } from "node:crypto";
import type { Simulator } from "../simulator/src/index";

/** The requests of one step, and what vCenter holds after it. */
export interface Received {
  readonly requests: number;
  readonly logins: number;
  readonly patches: number;
  readonly reads: number;
  readonly openSessions: number;
  /** SHA-256 of the live certificate, upper-case hex with colons; undefined when there is none. */
  readonly fingerprint: string | undefined;
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
    reads: journal.count({ method: "GET" }),
    openSessions: simulator.openSessions(),
    fingerprint: fingerprintOf(simulator.certificate()),
  };
  journal.clear();
  return received;
}

/**
 * SHA-256 of a certificate as `openssl x509 -fingerprint -sha256` prints it.
 *
 * @param pem - undefined or null give undefined.
 */
export function fingerprintOf(pem: string | null | undefined): string | undefined {
  return pem === undefined || pem === null ? undefined : new X509Certificate(pem).fingerprint256;
}
