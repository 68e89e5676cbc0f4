// SPDX-License-Identifier: Apache-2.0
// What a key server can answer, and programs that wait for it.

import type { StatedHealth } from "../simulator";

export const WAITS = { waitForHealth: true };
/** Gives up after what a write takes and two looks. */
export const WAITS_BRIEFLY = { ...WAITS, timeoutSeconds: 2 };
export const REFUSES: StatedHealth = { health: "ERROR", details: ["The key server does not know it."] };
export const REFUSED =
  /health ERROR \(The key server does not know it\).*key server "kms-1 server": ERROR, it does not trust the hosts/;
export const WARNS: StatedHealth = {
  health: "WARNING",
  details: ["One of two does not answer."],
  serverTrustsClient: true,
};
