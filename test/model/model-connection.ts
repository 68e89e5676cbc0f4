// SPDX-License-Identifier: Apache-2.0
// The provider's connection to the vCenter in memory: its own session, tasks and retries over a transport without sockets.

import { join } from "node:path";
import type { VCenterAccess } from "../../provider/src/process/vcenter-access";
import type * as Connection from "../../provider/src/vsphere/connection";
import type * as Errors from "../../provider/src/vsphere/errors/request-error";
import { WireFault } from "./model-request";
import type { ModelVcenter } from "./model-vcenter";
import type { VirtualClock } from "../support/clock/virtual-clock";

/** The provider process was killed. */
export class Killed extends Error {}

const REQUEST_TIMEOUT_MS = 30_000;

/** Connects a provider process to a vCenter in memory, by the provider's modules in `sources`. */
export function openModelConnection(
  access: VCenterAccess,
  vcenter: ModelVcenter,
  clock: VirtualClock,
  sources: string,
): Connection.VCenterConnection {
  /* eslint-disable @typescript-eslint/no-require-imports -- the path is chosen at run time */
  const { VCenterConnection } = require(join(sources, "vsphere/connection")) as typeof Connection;
  const { RequestError } = require(join(sources, "vsphere/errors/request-error")) as typeof Errors;
  /* eslint-enable @typescript-eslint/no-require-imports */
  let serverAheadMs: number | undefined;
  return new VCenterConnection({
    address: access.requireWhere().address,
    trust: { allowUnverified: false },
    credentials: (signal) => access.credentials(signal),
    clock,
    transport: {
      serverAheadMs: () => serverAheadMs,
      close: () => Promise.resolve(),
      send: async (request, deadline, timeoutMs = REQUEST_TIMEOUT_MS) => {
        const controller = new AbortController();
        const state = { timedOut: false };
        const abort = (): void => {
          controller.abort(new Error("ended"));
        };
        const cancel = clock.after(timeoutMs, () => {
          state.timedOut = true;
          abort();
        });
        deadline.signal.addEventListener("abort", abort, { once: true });
        if (deadline.signal.aborted) abort();
        try {
          const answer = await vcenter.send(request, controller.signal);
          // A `Date` has no milliseconds.
          serverAheadMs = Math.floor(vcenter.wallMs() / 1000) * 1000 - clock.wallMs();
          return answer;
        } catch (error) {
          const sent = !(error instanceof WireFault) || error.sent;
          const { method, path } = request;
          throw new RequestError(state.timedOut ? "ERR_REQUEST_TIMEOUT" : "ERR_CONNECT", "the connection broke", {
            method,
            path,
            fate: sent ? "maybe-sent" : "not-sent",
          });
        } finally {
          cancel();
          deadline.signal.removeEventListener("abort", abort);
        }
      },
    },
  });
}
