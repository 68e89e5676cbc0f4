// SPDX-License-Identifier: Apache-2.0
// From nothing to a verified socket: directly, or through the proxy that the environment names, within 10 s. An attempt
// that is given up leaves no socket open.

import type { TLSSocket } from "node:tls";
import { CodedError } from "../../core/coded-error";
import type { ServerAddress } from "./address";
import { proxyFor } from "./proxy";
import { connectTls } from "./tls";
import type { TlsRoute, TlsTrust } from "./tls";
import { openTunnel } from "./tunnel";

/** A connection and its handshake take this long at most, milliseconds. @internal */
export const CONNECT_TIMEOUT_MS = 10_000;

/** Options of a connector. @internal */
export interface ConnectorOptions {
  /** Holds `HTTPS_PROXY` and `NO_PROXY`. Default `process.env`. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Default 10 s. */
  readonly timeoutMs?: number;
  /** Called with the server's certificate. */
  readonly onCertificate?: TlsRoute["onCertificate"];
}

/** What an attempt waits for. */
type Phase = "proxy" | "tcp" | "handshake";

interface Attempt {
  readonly controller: AbortController;
  phase: Phase;
}

const WAITS_FOR: Readonly<Record<Phase, readonly [what: string, remedy: string]>> = {
  proxy: ["the proxy did not answer", "check HTTPS_PROXY, or put the server into NO_PROXY"],
  tcp: ["nothing answered", "check the server's name and port, the firewall and HTTPS_PROXY"],
  handshake: [
    "the TLS handshake was not answered",
    "check the port, the load balancer in front of vCenter, and that vCenter's services run",
  ],
};

/** Opens verified connections to one server. @internal */
export class Connector {
  readonly #address: ServerAddress;
  readonly #trust: TlsTrust;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #timeoutMs: number;
  readonly #onCertificate: TlsRoute["onCertificate"];
  readonly #attempts = new Set<Attempt>();

  constructor(address: ServerAddress, trust: TlsTrust, options: ConnectorOptions = {}) {
    this.#address = address;
    this.#trust = trust;
    this.#environment = options.environment ?? process.env;
    this.#timeoutMs = options.timeoutMs ?? CONNECT_TIMEOUT_MS;
    this.#onCertificate = options.onCertificate;
  }

  /** Opens a connection to a verified peer. @throws CodedError `ERR_CONNECT`, `ERR_TLS`, `ERR_CONFIG_INVALID` */
  async open(): Promise<TLSSocket> {
    const proxy = proxyFor(this.#address, this.#environment);
    const attempt: Attempt = { controller: new AbortController(), phase: proxy === undefined ? "tcp" : "proxy" };
    const { signal } = attempt.controller;
    const timer = setTimeout(() => {
      attempt.controller.abort(this.#notConnected(attempt.phase, `within ${this.#timeoutMs / 1000} s`));
    }, this.#timeoutMs);
    this.#attempts.add(attempt);
    try {
      const tunnel = proxy === undefined ? undefined : await openTunnel(proxy, this.#address, signal);
      return await connectTls(this.#address, this.#trust, {
        tunnel,
        through: proxy === undefined ? undefined : `the proxy ${proxy.host}`,
        signal,
        onCertificate: this.#onCertificate,
        onHandshake: () => {
          attempt.phase = "handshake";
        },
      });
    } finally {
      clearTimeout(timer);
      this.#attempts.delete(attempt);
    }
  }

  /** Why there is no connection yet, if an attempt is under way. */
  pending(): CodedError | undefined {
    const [attempt] = this.#attempts;
    return attempt === undefined ? undefined : this.#notConnected(attempt.phase, "yet");
  }

  /** Ends the attempts under way and closes their sockets. */
  abort(): void {
    for (const { controller, phase } of this.#attempts) controller.abort(this.#notConnected(phase, "before the end"));
  }

  #notConnected(phase: Phase, when: string): CodedError {
    const [what, remedy] = WAITS_FOR[phase];
    return new CodedError("ERR_CONNECT", `no connection to ${this.#address.authority} ${when}: ${what}`, {
      details: { host: this.#address.host, syscallCode: "ETIMEDOUT" },
      remedy,
    });
  }
}
