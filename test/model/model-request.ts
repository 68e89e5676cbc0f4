// SPDX-License-Identifier: Apache-2.0
// A request to the vCenter in memory, and what can become of it below HTTP.

import type { Fault, Kind } from "./faults";

/** As the provider sends it. */
export interface Request {
  readonly method: string;
  readonly path: string;
  readonly query?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Thrown for what goes wrong below HTTP; the harness turns it into the provider's own error. */
export class WireFault extends Error {
  readonly sent: boolean;

  constructor(sent: boolean) {
    super(sent ? "connection broke" : "connection refused");
    this.sent = sent;
  }
}

/** Which of the requests that faults know it is. */
export function kindOf({ method, path }: Request): Kind | "logout" {
  if (path === "/api/session") return method === "DELETE" ? "logout" : "login";
  if (path === "/api/cis/tasks") return "taskList";
  if (path.startsWith("/api/cis/tasks/")) return "taskGet";
  if (!path.endsWith("/client-certificate")) return "health";
  return method === "GET" ? "read" : "patch";
}

/** Whether a fault lets the request be carried out and loses its answer. */
export function isLost(fault: Fault): boolean {
  return ["reset-after", "status", "id-lost", "garbage"].includes(fault.what);
}

/** Never answers; rejects when the client gives up. */
export function forever(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const abort = (): void => {
      reject(new WireFault(true));
    };
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
  });
}
