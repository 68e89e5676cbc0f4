// SPDX-License-Identifier: Apache-2.0
// The provider's connection to the vCenter in memory: its own session, tasks and retries over a transport without sockets.

import type { VCenterAccess } from "../../provider/src/process/vcenter-access";
import type { VCenterConnection } from "../../provider/src/vsphere/connection";
import { WireFault } from "./model-request";
import type { ModelVcenter } from "./model-vcenter";
import type { ProviderModules } from "./provider-modules";
import type { VirtualClock } from "../support/clock/virtual-clock";

/** The provider process was killed. */
export class Killed extends Error {}

const REQUEST_TIMEOUT_MS = 30_000;

/** Connects a provider process to a vCenter in memory, by the provider's modules. */
export function openModelConnection(
  access: VCenterAccess,
  vcenter: ModelVcenter,
  clock: VirtualClock,
  modules: ProviderModules,
): VCenterConnection {
  const { RequestError } = modules;
  let serverAheadMs: number | undefined;
  return new modules.VCenterConnection({
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
