// SPDX-License-Identifier: Apache-2.0
// One request and its answer on undici's lowest level, which alone tells when a request leaves the queue for a socket.

import { abortReason } from "../../core/clock";
import type { HttpRequest, HttpResponse } from "./transport";
import { USER_AGENT } from "./user-agent";

/** What undici calls on the way; the part of its DispatchController that is used. */
interface Controller {
  abort(reason: Error): void;
}
type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** undici's handler, as far as it is used. @internal */
export interface ExchangeHandler {
  onRequestStart(controller: Controller): void;
  onResponseStart(controller: Controller, status: number, headers: Headers): void;
  onResponseData(controller: Controller, chunk: Buffer): void;
  onResponseEnd(): void;
  onResponseError(controller: Controller, error: Error): void;
}

/** What is sent, in undici's words. @internal */
export interface ExchangeRequest {
  readonly method: HttpRequest["method"];
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string | null;
}

/** What an exchange needs. @internal */
export interface ExchangeOptions {
  /** undici's `dispatch`. */
  readonly dispatch: (request: ExchangeRequest, handler: ExchangeHandler) => void;
  readonly request: HttpRequest;
  readonly signal: AbortSignal;
  readonly maxBodyBytes: number;
  /** Called when the request is written to a socket. */
  readonly onDispatched: () => void;
  /** Called with the status when the head of the answer has arrived. */
  readonly onHead: (status: number) => void;
}

/**
 * Sends a request and reads the full answer; undefined if its body is larger than `maxBodyBytes`. Once the signal aborts
 * it rejects at once, also while it waits for a socket.
 *
 * @throws what the connection fails with; the signal's reason
 * @internal
 */
export function exchange(options: ExchangeOptions): Promise<HttpResponse | undefined> {
  const { request, signal, maxBodyBytes } = options;
  return new Promise((resolve, reject) => {
    let running: Controller | undefined;
    let head: { readonly status: number; readonly headers: Headers } | undefined;
    const chunks: Buffer[] = [];
    let bytes = 0;
    const abort = (): void => {
      running?.abort(abortReason(signal));
      reject(abortReason(signal));
    };
    const end = (settle: () => void): void => {
      signal.removeEventListener("abort", abort);
      settle();
    };
    if (signal.aborted) {
      reject(abortReason(signal));
      return;
    }
    signal.addEventListener("abort", abort, { once: true });
    options.dispatch(wireRequest(request), {
      onRequestStart(controller) {
        if (signal.aborted) {
          controller.abort(abortReason(signal));
          return;
        }
        running = controller;
        options.onDispatched();
      },
      onResponseStart(_controller, status, headers) {
        if (status < 200) return;
        head = { status, headers };
        options.onHead(status);
      },
      onResponseData(controller, chunk) {
        bytes += chunk.length;
        chunks.push(chunk);
        if (bytes <= maxBodyBytes) return;
        end(() => {
          resolve(undefined);
        });
        controller.abort(new Error("the answer is too large"));
      },
      onResponseEnd() {
        end(() => {
          const { status = 0, headers = {} } = head ?? {};
          resolve({ status, headers: firstValues(headers), text: Buffer.concat(chunks).toString("utf8") });
        });
      },
      onResponseError(_controller, error) {
        end(() => {
          reject(error);
        });
      },
    });
  });
}

function wireRequest({ method, path, query, headers, body }: HttpRequest): ExchangeRequest {
  return {
    method,
    path: query === undefined ? path : `${path}?${query}`,
    headers: { "user-agent": USER_AGENT, ...headers },
    body: body ?? null,
  };
}

function firstValues(headers: Headers): Record<string, string> {
  const first: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const text = Array.isArray(value) ? value[0] : value;
    if (text !== undefined) first[name.toLowerCase()] = text;
  }
  return first;
}
