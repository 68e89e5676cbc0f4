// SPDX-License-Identifier: Apache-2.0
// A request to the vCenter in memory, and what can become of it below HTTP.

import type { Fault, Kind } from "./faults";
import type { Slot } from "./model-tasks";

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
  if (!/\/client-certificate(\/csr)?$/.test(path)) return "health";
  return method === "GET" ? "read" : "patch";
}

/** Which slot it is about; undefined: none alone. */
export function slotOf({ path }: Request): Slot | undefined {
  if (path.endsWith("/client-certificate/csr")) return "csr";
  if (!path.endsWith("/client-certificate")) return undefined;
  return path.includes("/kms-2/") ? "second certificate" : "certificate";
}

/** The request in counts: what is written, and how. */
export function nameOf(request: Request): string {
  const kind = kindOf(request);
  const word = kind === "patch" && request.method === "POST" ? "post" : kind;
  return slotOf(request) === "csr" ? `${word} csr` : word;
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
