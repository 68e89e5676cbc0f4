// SPDX-License-Identifier: Apache-2.0
// Health of a key provider, in vSphere's words. Data only.

/** vSphere's words for health; `NONE`: not known yet. */
export const HEALTHS = ["NONE", "OK", "WARNING", "ERROR"] as const;

/** One of them. */
export type Health = (typeof HEALTHS)[number];

/** Health with its reason. Plain data, so that a state file can hold it. */
export interface StatedHealth {
  readonly health: Health;
  /** Sentences for a person; default none. */
  readonly details?: readonly string[];
  /** Whether the key server accepts the hosts' certificate; default: only if the health is OK. */
  readonly serverTrustsClient?: boolean;
  /** Whether the hosts accept the key server's certificate; default true. */
  readonly clientTrustsServer?: boolean;
}
