// SPDX-License-Identifier: Apache-2.0
// One HTTP exchange with one vCenter, as the code above sees it.

import type { Deadline } from "../../core/deadline";
import type { Lane } from "./lanes";

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
  /** What it is to those that wait for a socket; default `look`. */
  readonly lane?: Lane;
  /**
   * Makes that the request is not cut if the operation or its own time ends while the answer is under way. Called then, with that
   * answer: what the server has made has to be undone.
   */
  readonly onLeft?: (answer: Promise<HttpResponse>) => void;
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
  /** Sends one request and reads the full answer. */
  send(request: HttpRequest, deadline: Deadline, timeoutMs?: number): Promise<HttpResponse>;
  /** How far the server's clock is ahead of ours, milliseconds; undefined before the first answer with a `Date`. */
  serverAheadMs(): number | undefined;
  /** Closes every socket. It can be used again afterwards. */
  close(): Promise<void>;
}
