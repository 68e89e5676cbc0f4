// SPDX-License-Identifier: Apache-2.0
// One HTTPS exchange with one vCenter: bounded in time and size, no redirects, no retries. The only importer of undici,
// which is loaded with the first request and never in a program's process.

import type * as Undici from "undici";
import type { Pool } from "undici";
import { abortReason } from "../../core/clock";
import { CodedError } from "../../core/coded-error";
import type { Deadline } from "../../core/deadline";
import { RequestError } from "../errors/request-error";
import type { ServerAddress } from "./address";
import { Connector } from "./connector";
import { exchange } from "./exchange";
import type { Progress } from "./exchange-error";
import { describeProgress, exchangeError } from "./exchange-error";
import type { TlsTrust } from "./tls";
import type { HttpRequest, HttpResponse, Transport } from "./transport";

export type { HttpRequest, HttpResponse, Transport } from "./transport";

/** No answer of this API but a list of tasks is larger. */
const MAX_BODY_BYTES = 64 * 1024;
/** From the socket to the end of the answer, milliseconds. Waiting for a free socket does not count. @internal */
export const REQUEST_TIMEOUT_MS = 30_000;
/** Longer than the longest gap of a wait, or every poll would make a new TLS connection (measured at 4 s idle). */
const KEEP_ALIVE_MS = 60_000;
/** Sockets to one vCenter at most: its endpoint serves 300 threads for everybody. */
const MAX_CONNECTIONS = 4;

/** HTTPS to one vCenter over verified connections. @internal */
export class HttpClient implements Transport {
  readonly #address: ServerAddress;
  readonly #connector: Connector;
  #pool: Pool | undefined;
  /** Why the last connection could not be made; undefined once one was. */
  #notConnected: CodedError | undefined;
  #serverAheadMs: number | undefined;

  /** The default connector opens verified connections, through the proxy that the environment names. */
  constructor(address: ServerAddress, trust: TlsTrust, connector: Connector = new Connector(address, trust)) {
    this.#address = address;
    this.#connector = connector;
  }

  /**
   * Sends one request and reads the full answer, whatever its status. Its own time-out begins when it gets a socket.
   *
   * @throws RequestError `ERR_CONNECT`, `ERR_TLS`, `ERR_REQUEST_TIMEOUT`, `ERR_RESPONSE_INVALID` (too large)
   */
  async send(request: HttpRequest, deadline: Deadline, timeoutMs: number = REQUEST_TIMEOUT_MS): Promise<HttpResponse> {
    const controller = new AbortController();
    const abort = (): void => {
      controller.abort(abortReason(deadline.signal));
    };
    if (deadline.signal.aborted) abort();
    else deadline.signal.addEventListener("abort", abort, { once: true });
    const progress: Progress = { method: request.method, path: request.path, dispatched: false };
    let cancelTimer = (): void => undefined;
    const startTimer = (): void => {
      if (progress.dispatched) return;
      progress.dispatched = true;
      cancelTimer = deadline.clock.after(timeoutMs, () => {
        controller.abort(new Error(`no answer within ${timeoutMs / 1000} s`));
      });
    };
    try {
      const response = await this.#exchange(request, controller.signal, progress, startTimer);
      const dateMs = Date.parse(response.headers["date"] ?? "");
      if (!Number.isNaN(dateMs)) this.#serverAheadMs = dateMs - deadline.clock.wallMs();
      return response;
    } catch (error) {
      const { host, authority: name } = this.#address;
      const connection = {
        peer: { role: "server" as const, host, name },
        notConnected: this.#connector.pending() ?? this.#notConnected,
      };
      throw exchangeError(error, progress, connection, controller.signal);
    } finally {
      cancelTimer();
      deadline.signal.removeEventListener("abort", abort);
    }
  }

  /** By the `Date` of the last answer; exact to a second or two, negative if the server is behind. */
  serverAheadMs(): number | undefined {
    return this.#serverAheadMs;
  }

  /** Closes every socket, also those that are being opened. The client can be used again afterwards. */
  async close(): Promise<void> {
    const pool = this.#pool;
    this.#pool = undefined;
    this.#connector.abort();
    await pool?.destroy();
  }

  async #exchange(
    request: HttpRequest,
    signal: AbortSignal,
    progress: Progress,
    onDispatched: () => void,
  ): Promise<HttpResponse> {
    const { maxBodyBytes = MAX_BODY_BYTES } = request;
    const pool = this.#connectedPool();
    const response = await exchange({
      dispatch: (wire, handler) => {
        pool.dispatch(wire, handler);
      },
      request,
      signal,
      maxBodyBytes,
      onDispatched,
      onHead: (status) => {
        progress.httpStatus = status;
      },
    });
    if (response !== undefined) return response;
    const { method, path, httpStatus } = progress;
    throw new RequestError(
      "ERR_RESPONSE_INVALID",
      `vCenter's answer is larger than ${maxBodyBytes} bytes (${describeProgress(progress)})`,
      { method, path, fate: "answered", ...(httpStatus === undefined ? {} : { httpStatus }) },
    );
  }

  #connectedPool(): Pool {
    this.#pool ??= new (loadUndici().Pool)(`https://${this.#address.authority}`, {
      connections: MAX_CONNECTIONS,
      pipelining: 1,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
      // undici's own timers are coarse (400 ms fired at 930 ms, measured): one signal per request instead.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: (_options, callback) => {
        this.#connector.open().then(
          (socket) => {
            this.#notConnected = undefined;
            callback(null, socket);
          },
          (error: unknown) => {
            this.#notConnected = error instanceof CodedError ? error : undefined;
            callback(error instanceof Error ? error : new Error("connection failed"), null);
          },
        );
      },
    });
    return this.#pool;
  }
}

/** Loaded with the first request, and by `require`: the hook of Yarn PnP serves no native `import()`. */
function loadUndici(): typeof Undici {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require("undici") as typeof Undici;
}
