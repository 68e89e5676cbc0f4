// SPDX-License-Identifier: Apache-2.0
// The provider's own way to the scripted server: its HTTP client, session and task board.

import { systemClock } from "../../../provider/src/core/clock";
import { parseServerAddress } from "../../../provider/src/vsphere/http/address";
import { VCenterConnection } from "../../../provider/src/vsphere/connection";
import type { ServerFacts } from "./index";

/**
 * Makes a connection. Nothing is sent before it is used.
 *
 * @param facts - where the server is
 */
export function connectTo({ port, caPem }: ServerFacts): VCenterConnection {
  return new VCenterConnection({
    address: parseServerAddress(`127.0.0.1:${port}`),
    trust: { ca: caPem, allowUnverified: false },
    credentials: () => Promise.resolve({ user: "administrator@vsphere.local", password: "bench" }),
    clock: systemClock,
  });
}
