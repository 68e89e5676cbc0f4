// SPDX-License-Identifier: Apache-2.0
// The sessions of the simulated vCenter: tokens, idle and absolute expiry, the limit on their number. No HTTP.

import { randomBytes } from "node:crypto";
import type { Clock } from "./clock";

/** One open session. `number` counts from 1 and is what the journal shows instead of the token. */
export interface Session {
  readonly number: number;
  readonly token: string;
  readonly user: string;
  readonly createdAtMs: number;
  lastAccessedAtMs: number;
}

/** Limits on sessions, in milliseconds and sessions. */
export interface SessionLimits {
  readonly idleMs: number;
  readonly absoluteMs: number;
  readonly maximum: number;
}

/** All sessions; the expired ones are forgotten whenever the store is asked. */
export class SessionStore {
  readonly #clock: Clock;
  readonly #limits: SessionLimits;
  readonly #sessions = new Map<string, Session>();
  #made = 0;

  constructor(clock: Clock, limits: SessionLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** @returns a new session, or undefined when the limit is reached. */
  create(user: string): Session | undefined {
    if (this.open().length >= this.#limits.maximum) return undefined;
    const nowMs = this.#clock.nowMs();
    const token = randomBytes(16).toString("hex");
    const session = { number: ++this.#made, token, user, createdAtMs: nowMs, lastAccessedAtMs: nowMs };
    this.#sessions.set(token, session);
    return session;
  }

  /** The live session of a token; its idle time starts anew. */
  use(token: string): Session | undefined {
    this.#forgetExpired();
    const session = this.#sessions.get(token);
    if (session !== undefined) session.lastAccessedAtMs = this.#clock.nowMs();
    return session;
  }

  /** The live session of a token, without touching its idle time. */
  peek(token: string): Session | undefined {
    this.#forgetExpired();
    return this.#sessions.get(token);
  }

  delete(token: string): void {
    this.#sessions.delete(token);
  }

  expireAll(): void {
    this.#sessions.clear();
  }

  /** Every session that is neither deleted nor expired. */
  open(): Session[] {
    this.#forgetExpired();
    return [...this.#sessions.values()];
  }

  /** Puts back what a state file held. */
  restore(sessions: readonly Session[]): void {
    for (const session of sessions) {
      this.#sessions.set(session.token, { ...session });
      this.#made = Math.max(this.#made, session.number);
    }
  }

  #forgetExpired(): void {
    const nowMs = this.#clock.nowMs();
    for (const [token, session] of this.#sessions) {
      const idle = nowMs - session.lastAccessedAtMs >= this.#limits.idleMs;
      if (idle || nowMs - session.createdAtMs >= this.#limits.absoluteMs) this.#sessions.delete(token);
    }
  }
}
