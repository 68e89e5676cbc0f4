// SPDX-License-Identifier: Apache-2.0
// One HTTPS exchange with one vCenter: bounded in time and size, no redirects, no retries. The only importer of undici,
// which is loaded with the first request and never in a program's process.

import type { Pool } from "undici";
import { abortReason } from "../../core/clock";
import { CodedError } from "../../core/coded-error";
import { visible } from "../../core/visible";
import type { Deadline } from "../../core/deadline";
import { RequestError } from "../errors/request-error";
import { MAX_BODY_BYTES, readBounded } from "./bounded-body";
import { makeConnector } from "./connector";
import type { ServerAddress } from "./address";
import type { TlsTrust } from "./tls";

/** One request. @internal */
export interface HttpRequest {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** Path with encoded segments, without query. */
  readonly path: string;
  /** Query without `?`; default none. */
  readonly query?: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text; default none. */
  readonly body?: string;
  /** Bytes of the answer's body at most; default 64 KiB. */
  readonly maxBodyBytes?: number;
}

/** The answer to one request, whatever its status. @internal */
export interface HttpResponse {
  readonly status: number;
  /** Lower-case names; of a repeated header the first value. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** What carries requests to one vCenter. Tests carry them elsewhere. @internal */
export interface Transport {
  /** @see HttpClient.send */
  send(request: HttpRequest, deadline: Deadline, timeoutMs?: number): Promise<HttpResponse>;
  /** @see HttpClient.serverAheadMs */
  serverAheadMs(): number | undefined;
  /** @see HttpClient.close */
  close(): Promise<void>;
}

/** One request takes this long at most, milliseconds. @internal */
export const REQUEST_TIMEOUT_MS = 30_000;
/** Longer than the longest gap of a wait, or every poll would make a new TLS connection (measured at 4 s idle). */
const KEEP_ALIVE_MS = 60_000;
/** Sockets to one vCenter at most: its endpoint serves 300 threads for everybody. */
const MAX_CONNECTIONS = 4;

/** HTTPS to one vCenter over verified connections. @internal */
export class HttpClient implements Transport {
  readonly #address: ServerAddress;
  readonly #trust: TlsTrust;
  #pool: Promise<Pool> | undefined;
  #everConnected = false;
  #serverAheadMs: number | undefined;

  /**
   * @param address - host and port of vCenter
   * @param trust - what proves that the server is the right one
   */
  constructor(address: ServerAddress, trust: TlsTrust) {
    this.#address = address;
    this.#trust = trust;
  }

  /**
   * Sends one request and reads the whole answer.
   *
   * @param request - what to send
   * @param deadline - bounds it besides the 30 s of its own
   * @param timeoutMs - its own bound, milliseconds; default 30 s
   * @returns the answer, whatever its status
   * @throws RequestError `ERR_CONNECT`, `ERR_TLS`, `ERR_REQUEST_TIMEOUT`, `ERR_RESPONSE_INVALID` (too large)
   */
  async send(request: HttpRequest, deadline: Deadline, timeoutMs: number = REQUEST_TIMEOUT_MS): Promise<HttpResponse> {
    const controller = new AbortController();
    const cancelTimer = deadline.clock.after(timeoutMs, () => {
      controller.abort(new Error(`no answer within ${timeoutMs / 1000} s`));
    });
    const abort = (): void => {
      controller.abort(abortReason(deadline.signal));
    };
    if (deadline.signal.aborted) abort();
    else deadline.signal.addEventListener("abort", abort, { once: true });
    const seen: { httpStatus?: number } = {};
    try {
      const response = await this.#exchange(request, controller.signal, seen);
      const dateMs = Date.parse(response.headers["date"] ?? "");
      if (!Number.isNaN(dateMs)) this.#serverAheadMs = dateMs - deadline.clock.wallMs();
      return response;
    } catch (error) {
      throw this.#explain(error, { ...facts(request), ...seen }, controller.signal);
    } finally {
      cancelTimer();
      deadline.signal.removeEventListener("abort", abort);
    }
  }

  /**
   * How far the server's clock is ahead of ours, by the `Date` of its last answer; exact to a second or two.
   *
   * @returns milliseconds, negative where it is behind; undefined before the first answer with a `Date`
   */
  serverAheadMs(): number | undefined {
    return this.#serverAheadMs;
  }

  /** Closes every socket. The client can be used again afterwards. */
  async close(): Promise<void> {
    const pool = this.#pool;
    this.#pool = undefined;
    if (pool) await (await pool).destroy();
  }

  async #exchange(request: HttpRequest, signal: AbortSignal, seen: { httpStatus?: number }): Promise<HttpResponse> {
    const pool = await this.#connectedPool();
    signal.throwIfAborted();
    const response = await pool.request({
      method: request.method,
      path: request.query === undefined ? request.path : `${request.path}?${request.query}`,
      headers: { ...request.headers },
      body: request.body ?? null,
      signal,
    });
    seen.httpStatus = response.statusCode;
    const text = await readBounded(response.body, request.maxBodyBytes ?? MAX_BODY_BYTES);
    if (text === undefined) {
      throw new RequestError(
        "ERR_RESPONSE_INVALID",
        `vCenter's answer is larger than ${request.maxBodyBytes ?? MAX_BODY_BYTES} bytes (${describe({ ...facts(request), ...seen })})`,
        { ...facts(request), ...seen, fate: "answered" },
      );
    }
    return { status: response.statusCode, headers: firstValues(response.headers), text };
  }

  #connectedPool(): Promise<Pool> {
    this.#pool ??= import("undici").then(({ Pool }) => {
      const connector = makeConnector(this.#address, this.#trust);
      return new Pool(`https://${this.#address.authority}`, {
        connections: MAX_CONNECTIONS,
        pipelining: 1,
        keepAliveTimeout: KEEP_ALIVE_MS,
        keepAliveMaxTimeout: KEEP_ALIVE_MS,
        // undici's own timers are coarse (400 ms fired at 930 ms, measured): one signal per request instead.
        headersTimeout: 0,
        bodyTimeout: 0,
        connect: (_options, callback) => {
          connector().then(
            (socket) => {
              this.#everConnected = true;
              callback(null, socket);
            },
            (error: unknown) => {
              callback(error instanceof Error ? error : new Error("connection failed"), null);
            },
          );
        },
      });
    });
    return this.#pool;
  }

  /** @param seen - the request, and the status where the head of the answer was here */
  #explain(error: unknown, seen: Seen, signal: AbortSignal): RequestError {
    if (error instanceof RequestError) return error;
    const where = describe(seen);
    const fate = this.#everConnected ? "maybe-sent" : "not-sent";
    if (signal.aborted) {
      // The operation's own end keeps its code; what became of the request is another question.
      const reason = abortReason(signal);
      return new RequestError(
        reason instanceof CodedError ? reason.code : "ERR_REQUEST_TIMEOUT",
        `${reason.message} (${where}, ${this.#address.authority})`,
        { ...seen, fate },
        { cause: error, remedy: "look at the network and the load of vCenter, or raise timeoutSeconds" },
      );
    }
    if (error instanceof CodedError) {
      const syscallCode = error.details["syscallCode"];
      return new RequestError(
        error.code,
        `${error.message} (${where})`,
        { ...seen, fate: "not-sent", syscallCode: typeof syscallCode === "string" ? syscallCode : undefined },
        { cause: error, ...(error.remedy === undefined ? {} : { remedy: error.remedy }), details: error.details },
      );
    }
    const syscallCode = codeOf(error);
    return new RequestError(
      "ERR_CONNECT",
      `the connection to ${this.#address.authority} broke before the whole answer was here (${where}${syscallCode === undefined ? "" : `, ${visible(syscallCode, 40)}`})`,
      { ...seen, fate, syscallCode },
      { cause: error, remedy: "look at the network, a proxy, or a restart of vCenter" },
    );
  }
}

/** What is known of a request that failed. */
interface Seen {
  readonly method: string;
  readonly path: string;
  /** Present where the head of the answer was here. */
  readonly httpStatus?: number;
}

function facts(request: HttpRequest): { method: string; path: string } {
  return { method: request.method, path: request.path };
}

function describe({ method, path, httpStatus }: Seen): string {
  return `${method} ${path}${httpStatus === undefined ? "" : `, HTTP ${httpStatus}`}`;
}

function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : undefined;
}

function firstValues(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const first: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const text = Array.isArray(value) ? value[0] : value;
    if (text !== undefined) first[name.toLowerCase()] = text;
  }
  return first;
}
