// SPDX-License-Identifier: Apache-2.0
// One vCenter session for everything that overlaps in this process: one login for any number of operations, logged out
// after the last one has ended. The token lives in memory only.

import type { Clock } from "../../core/clock";
import { abortable, withDeadline } from "../../core/deadline";
import type { Deadline } from "../../core/deadline";
import { isCodedError } from "../../core/coded-error";
import type { CodedError } from "../../core/coded-error";
import type { RetryBudget } from "../../core/retry";
import type { Transport } from "../http/http-client";
import { login, SESSION_PATH } from "./login";
import type { Credentials } from "./login";

/** The session stays open this long after the last operation, milliseconds. */
const LOGOUT_GRACE_MS = 2_000;
/** A logout takes this long at most, milliseconds; how it ends changes nothing. */
const LOGOUT_TIMEOUT_MS = 1_500;

/** What a session works with. @internal */
export interface SessionOptions {
  readonly http: Transport;
  /** Read anew at each login: a password file may have been rotated. */
  readonly credentials: (signal: AbortSignal) => Promise<Credentials>;
  readonly budget: RetryBudget;
  readonly clock: Clock;
  /** Called when the last session was closed and nothing is left to do. */
  readonly onIdle: () => void;
}

/** Shares one login among operations. @internal */
export class Session {
  readonly #options: SessionOptions;
  readonly #staleTokens: string[] = [];
  /** Logins whose operation has ended; each ends when what came of it is logged out. */
  readonly #leftLogins = new Set<Promise<void>>();
  /** The logouts that are under way, by their tokens. */
  readonly #logouts = new Map<string, Promise<void>>();
  #token: string | undefined;
  #loggingIn: Promise<string> | undefined;
  #refusal: { readonly credentials: Credentials; readonly error: CodedError } | undefined;
  #users = 0;
  #hasWorked = false;
  #cancelGrace: (() => void) | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /** Whether a login has succeeded before. */
  get hasWorked(): boolean {
    return this.#hasWorked;
  }

  /** An operation begins; each call must be followed by one of {@link release}. */
  acquire(): void {
    this.#users += 1;
    this.#cancelGrace?.();
    this.#cancelGrace = undefined;
  }

  /** An operation has ended; the last one starts the grace period before the logout. */
  release(): void {
    this.#users -= 1;
    if (this.#users > 0) return;
    this.#cancelGrace = this.#options.clock.after(LOGOUT_GRACE_MS, () => {
      this.#cancelGrace = undefined;
      void this.#closeUnused();
    });
  }

  /**
   * The session's token; logs in if there is none. Callers that overlap share one login.
   *
   * @throws RequestError `ERR_AUTHENTICATION`, `ERR_SESSION_LIMIT`, `ERR_RESPONSE_INVALID` or of the connection
   */
  async token(deadline: Deadline): Promise<string> {
    for (;;) {
      if (this.#token !== undefined) return this.#token;
      const shared = this.#loggingIn ?? this.#startLogin(deadline);
      try {
        return await abortable(shared, deadline.signal);
      } catch (error) {
        if (deadline.signal.aborted) throw (await lastWordOf(shared)) ?? error;
        // If the caller that started the login gave up, this caller retries.
        if (!(error instanceof LoginAbandoned)) throw error;
      }
    }
  }

  /**
   * vCenter refused this token: the next {@link token} logs in anew. The refused one may still be alive: it is logged
   * out with the rest.
   */
  refused(token: string): void {
    if (this.#token !== token) return;
    this.#staleTokens.push(token);
    this.#token = undefined;
  }

  /** Every token that vCenter may still take, for redaction. */
  secrets(): readonly string[] {
    const tokens = [...this.#staleTokens, ...this.#logouts.keys()];
    return this.#token === undefined ? tokens : [...tokens, this.#token];
  }

  /** There is time to wait for logins that are still under way. */
  async #closeUnused(): Promise<void> {
    await Promise.all(this.#leftLogins);
    if (this.#users === 0 && this.#cancelGrace === undefined) await this.close();
  }

  /**
   * Logs out in {@link LOGOUT_TIMEOUT_MS} at most, and closes the connections. A login under way gets as long to end before.
   * Never throws.
   */
  async close(): Promise<void> {
    this.#cancelGrace?.();
    this.#cancelGrace = undefined;
    const tokens = this.#staleTokens.splice(0);
    if (this.#token !== undefined) tokens.push(this.#token);
    this.#token = undefined;
    for (const token of tokens) void this.#logout(token);
    await this.#leftLoginsEnd();
    // Also what another call has begun: it is cut if the connections close, and vCenter may not have read it yet.
    while (this.#logouts.size > 0) await Promise.all(this.#logouts.values());
    if (this.#inUse()) return;
    await this.#options.http.close().catch(() => undefined);
    // Also while the connections closed.
    if (!this.#inUse()) this.#options.onIdle();
  }

  async #leftLoginsEnd(): Promise<void> {
    if (this.#leftLogins.size === 0) return;
    const ended = Promise.all(this.#leftLogins);
    await withDeadline({ clock: this.#options.clock, timeoutMs: LOGOUT_TIMEOUT_MS }, ({ signal }) =>
      abortable(ended, signal),
    ).catch(() => undefined);
  }

  /** vCenter makes the session whether anybody waits for it or not. */
  #leave(login: Promise<string>): void {
    const end = login
      .then((token) => this.#logout(token))
      .catch(() => undefined)
      .finally(() => this.#leftLogins.delete(end));
    this.#leftLogins.add(end);
  }

  /** An operation may have begun while the logout was under way. */
  #inUse(): boolean {
    return this.#users > 0 || this.#token !== undefined || this.#loggingIn !== undefined;
  }

  #logout(token: string): Promise<void> {
    const end = this.#sendLogout(token).finally(() => this.#logouts.delete(token));
    this.#logouts.set(token, end);
    return end;
  }

  async #sendLogout(token: string): Promise<void> {
    const { http, clock } = this.#options;
    try {
      await withDeadline({ clock, timeoutMs: LOGOUT_TIMEOUT_MS }, (deadline) =>
        abortable(
          http.send({ method: "DELETE", path: SESSION_PATH, headers: { "vmware-api-session-id": token } }, deadline),
          deadline.signal,
        ),
      );
    } catch {
      // vCenter ends an idle session by itself; a failed logout must not fail what has succeeded.
    }
  }

  #startLogin(deadline: Deadline): Promise<string> {
    const { http, budget } = this.#options;
    let used: Credentials | undefined;
    const credentials = async (): Promise<Credentials> => {
      used = await this.#options.credentials(deadline.signal);
      // However many operations follow, a refused password is sent once: vCenter locks the account otherwise.
      if (this.#refusal !== undefined && isSame(this.#refusal.credentials, used)) throw this.#refusal.error;
      return used;
    };
    const started = login({
      http,
      credentials,
      budget,
      deadline,
      onLeft: (token) => {
        this.#leave(token);
      },
    }).then(
      (token) => {
        this.#loggingIn = undefined;
        this.#token = token;
        this.#hasWorked = true;
        return token;
      },
      (error: unknown) => {
        this.#loggingIn = undefined;
        if (used !== undefined && isCodedError(error, "ERR_AUTHENTICATION"))
          this.#refusal = { credentials: used, error };
        throw deadline.signal.aborted ? new LoginAbandoned("abandoned", { cause: error }) : error;
      },
    );
    this.#loggingIn = started;
    started.catch(() => undefined);
    return started;
  }
}

function isSame(a: Credentials, b: Credentials): boolean {
  return a.user === b.user && a.password === b.password;
}

/** The operation that started a shared login ended before the login did. */
class LoginAbandoned extends Error {}

/** Why a login failed, if that is known at once; a login that hangs is not waited for. */
function lastWordOf(login: Promise<string>): Promise<unknown> {
  const word = login.then(
    () => undefined,
    (error: unknown) => (error instanceof LoginAbandoned ? error.cause : undefined),
  );
  return Promise.race([word, new Promise<undefined>((resolve) => setImmediate(resolve, undefined))]);
}
