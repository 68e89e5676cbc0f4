// SPDX-License-Identifier: Apache-2.0
// One HTTPS exchange with one vCenter: bounded in time and size, no redirects, no retries. The only importer of undici.

import type * as Undici from "undici";
import type { Pool } from "undici";
import { abortReason } from "../../core/clock";
import { CodedError } from "../../core/coded-error";
import { abortable } from "../../core/deadline";
import type { Deadline } from "../../core/deadline";
import { RequestError } from "../errors/request-error";
import type { ServerAddress } from "./address";
import { Connector } from "./connector";
import { exchange } from "./exchange";
import type { Progress } from "./exchange-error";
import { describeProgress, exchangeError } from "./exchange-error";
import { Lanes, MAX_CONNECTIONS } from "./lanes";
import type { TlsTrust } from "./tls";
import type { HttpRequest, HttpResponse, Transport } from "./transport";

export type { HttpRequest, HttpResponse, Transport } from "./transport";

/** No answer of this API but a list of tasks is larger. */
const MAX_BODY_BYTES = 64 * 1024;
/** From the socket to the end of the answer, milliseconds. Waiting for a free socket does not count. @internal */
export const REQUEST_TIMEOUT_MS = 30_000;
/** Longer than the longest gap of a wait, or every poll would make a new TLS connection (measured at 4 s idle). */
const KEEP_ALIVE_MS = 60_000;

/** What ends an exchange. */
interface Bounds {
  readonly deadline: Deadline;
  /** Cuts it. */
  readonly controller: AbortController;
  readonly timeoutMs: number;
  /** Called when its time is up. An answer that was left gets as long again. */
  readonly onLate: (reason: Error) => void;
}

/** HTTPS to one vCenter over verified connections. @internal */
export class HttpClient implements Transport {
  readonly #address: ServerAddress;
  readonly #connector: Connector;
  readonly #lanes = new Lanes();
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
    const progress: Progress = { method: request.method, path: request.path, dispatched: false };
    const controller = new AbortController();
    const wait = new AbortController();
    const end = (reason: Error): void => {
      if (wait.signal.aborted) return;
      wait.abort(reason);
      if (request.onLeft !== undefined && progress.dispatched) request.onLeft(answer);
      else controller.abort(reason);
    };
    const onDeadline = (): void => {
      end(abortReason(deadline.signal));
    };
    const answer = this.#exchange(request, progress, { deadline, controller, timeoutMs, onLate: end });
    const ended = abortable(answer, wait.signal);
    if (deadline.signal.aborted) onDeadline();
    else deadline.signal.addEventListener("abort", onDeadline, { once: true });
    try {
      return await ended;
    } catch (error) {
      const { host, authority: name } = this.#address;
      const connection = {
        peer: { role: "server" as const, host, name },
        notConnected: this.#connector.pending() ?? this.#notConnected,
      };
      throw exchangeError(error, progress, connection, wait.signal);
    } finally {
      deadline.signal.removeEventListener("abort", onDeadline);
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

  async #exchange(request: HttpRequest, progress: Progress, bounds: Bounds): Promise<HttpResponse> {
    const { maxBodyBytes = MAX_BODY_BYTES } = request;
    const { controller, timeoutMs, onLate } = bounds;
    const { clock } = bounds.deadline;
    let cancelTimer = (): void => undefined;
    const leaveLane = await this.#lanes.enter(request.lane ?? "look", controller.signal);
    try {
      const pool = this.#connectedPool();
      const response = await exchange({
        dispatch: (wire, handler) => {
          pool.dispatch(wire, handler);
        },
        request,
        signal: controller.signal,
        maxBodyBytes,
        onDispatched: () => {
          if (progress.dispatched) return;
          progress.dispatched = true;
          const late = new Error(`no answer within ${timeoutMs / 1000} s`);
          cancelTimer = clock.after(timeoutMs, () => {
            cancelTimer = clock.after(timeoutMs, () => {
              controller.abort(late);
            });
            onLate(late);
          });
        },
        onHead: (status) => {
          progress.httpStatus = status;
        },
      });
      if (response === undefined) throw tooLarge(progress, maxBodyBytes);
      const dateMs = Date.parse(response.headers["date"] ?? "");
      if (!Number.isNaN(dateMs)) this.#serverAheadMs = dateMs - clock.wallMs();
      return response;
    } finally {
      cancelTimer();
      leaveLane();
    }
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

function tooLarge(progress: Progress, maxBodyBytes: number): RequestError {
  const { method, path, httpStatus } = progress;
  return new RequestError(
    "ERR_RESPONSE_INVALID",
    `vCenter's answer is larger than ${maxBodyBytes} bytes (${describeProgress(progress)})`,
    { method, path, fate: "answered", ...(httpStatus === undefined ? {} : { httpStatus }) },
  );
}

/** Loaded with the first request, and by `require`: the hook of Yarn PnP serves no native `import()`. */
function loadUndici(): typeof Undici {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require("undici") as typeof Undici;
}
