// SPDX-License-Identifier: Apache-2.0
// The record of every request that arrived, in order, without a secret in it: what tests count and assert on.

import { createHash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { Operation } from "./operation";

const SECRET_HEADERS = ["authorization", "proxy-authorization", "cookie", "vmware-api-session-id"];

/** One request. Times are monotonic milliseconds, comparable with `performance.now()` of the simulator's process. */
export interface JournalEntry {
  /** Counts from 1 in order of arrival. */
  readonly number: number;
  readonly method: string;
  readonly operation: Operation;
  /** Path with every segment percent-decoded, without the query. */
  readonly path: string;
  /** Path as sent, without the query. */
  readonly rawPath: string;
  /** Query as sent, without the question mark. */
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  /** Number of the TCP connection it came on, from 1. */
  readonly connection: number;
  readonly startedAtMs: number;
  /** Undefined while the request is open. */
  endedAtMs: number | undefined;
  /** Status answered; undefined when none was (reset, stall, garbage). */
  status: number | undefined;
  /** Number of the session that the request carried, if it was live. */
  session: number | undefined;
  /** Lower-case hex; undefined while the body has not been read. */
  bodySha256: string | undefined;
  /** Length of the body, also of one that the operation does not take; undefined while it has not been read. */
  bodyBytes: number | undefined;
  /** Id of the task that this request started. */
  taskId: string | undefined;
  /** Name of the fault rule that took the request. */
  fault: string | undefined;
  /** Why a correct client would not have sent this. */
  unexpected: string | undefined;
}

/** Which requests to count; everything absent matches. `path` is tried on the decoded path. */
export interface JournalFilter {
  readonly method?: string;
  readonly operation?: Operation;
  readonly path?: string | RegExp;
  readonly status?: number;
}

/** Every request since the start or the last {@link clear}. */
export class Journal {
  readonly #entries: JournalEntry[] = [];
  readonly #listeners = new Set<(entry: JournalEntry) => void>();
  #made = 0;

  /** All requests in order of arrival. */
  get entries(): readonly JournalEntry[] {
    return this.#entries;
  }

  /** The requests that match, in order of arrival. */
  filter(filter: JournalFilter): JournalEntry[] {
    return this.#entries.filter(
      (entry) =>
        (filter.method === undefined || entry.method === filter.method) &&
        (filter.operation === undefined || entry.operation === filter.operation) &&
        (filter.status === undefined || entry.status === filter.status) &&
        pathMatches(filter.path, entry.path),
    );
  }

  count(filter: JournalFilter = {}): number {
    return this.filter(filter).length;
  }

  /** Number of PATCH requests on a client certificate that arrived, whatever was answered. */
  patches(): number {
    return this.count({ operation: "patch" });
  }

  /** Number of login requests that arrived, whatever was answered. */
  logins(): number {
    return this.count({ operation: "login" });
  }

  /** The largest number of matching requests that were open at one moment. */
  maxConcurrent(filter: JournalFilter = {}): number {
    const changes = this.filter(filter).flatMap((entry) => [
      { atMs: entry.startedAtMs, by: 1 },
      { atMs: entry.endedAtMs ?? Infinity, by: -1 },
    ]);
    changes.sort((a, b) => a.atMs - b.atMs || a.by - b.by);
    let open = 0;
    let most = 0;
    for (const change of changes) most = Math.max(most, (open += change.by));
    return most;
  }

  /** Calls back when a request has ended. @returns a function that stops it. */
  onEnd(listener: (entry: JournalEntry) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  clear(): void {
    this.#entries.length = 0;
  }

  /** @internal */
  begin(
    seen: Pick<JournalEntry, "method" | "operation" | "path" | "rawPath" | "query" | "headers" | "connection">,
  ): JournalEntry {
    const headers = Object.fromEntries(Object.entries(seen.headers).filter(([name]) => !SECRET_HEADERS.includes(name)));
    const entry: JournalEntry = {
      ...seen,
      headers,
      number: ++this.#made,
      startedAtMs: performance.now(),
      endedAtMs: undefined,
      status: undefined,
      session: undefined,
      bodySha256: undefined,
      bodyBytes: undefined,
      taskId: undefined,
      fault: undefined,
      unexpected: undefined,
    };
    this.#entries.push(entry);
    return entry;
  }

  /** @internal */
  end(entry: JournalEntry): void {
    if (entry.endedAtMs !== undefined) return;
    entry.endedAtMs = performance.now();
    for (const listener of this.#listeners) listener(entry);
  }
}

/** Text or pattern against a decoded path; a text must be the whole path. */
export function pathMatches(wanted: string | RegExp | undefined, path: string): boolean {
  if (wanted === undefined) return true;
  return typeof wanted === "string"
    ? wanted === path
    : new RegExp(wanted.source, wanted.flags.replace(/[gy]/g, "")).test(path);
}

/** SHA-256 of a body as lower-case hex. */
export function sha256Hex(body: Buffer): string {
  return createHash("sha256").update(body).digest("hex");
}
