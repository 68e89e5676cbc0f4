// SPDX-License-Identifier: Apache-2.0
// TCP and TLS: listens, counts connections, plays faults that happen before HTTP, and can go down and come back on the
// same port. Knows no request.

import type { IncomingMessage, RequestListener } from "node:http";
import type { Server } from "node:https";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { TlsOptions } from "node:tls";
import type { FaultRules } from "./fault-rules";

/** Connections since the start. `tlsFailed` counts handshakes that did not end well, whoever broke them off. */
export interface ConnectionCounts {
  tcp: number;
  tls: number;
  tlsFailed: number;
}

/** The listening side of the simulator. */
export class FrontDoor {
  readonly counts: ConnectionCounts = { tcp: 0, tls: 0, tlsFailed: 0 };
  readonly #https: Server;
  readonly #faults: FaultRules;
  readonly #sockets = new Map<string, { tcp: Socket; number: number }>();
  #listener = createServer();
  #port = 0;

  constructor(tls: TlsOptions, faults: FaultRules, onRequest: RequestListener) {
    this.#faults = faults;
    this.#https = createHttpsServer({ ...tls, keepAliveTimeout: 0, requestTimeout: 0 }, onRequest);
    this.#https.on("secureConnection", () => (this.counts.tls += 1));
    this.#https.on("tlsClientError", () => (this.counts.tlsFailed += 1));
    // node's own answer to malformed HTTP is a 400; a connection that a fault has torn is not malformed.
    this.#https.on("clientError", (_error, stream) => stream.destroy());
  }

  /** Starts listening. @param port 0: any free port the first time, then the same again. @returns the port. */
  async open(host: string, port: number): Promise<number> {
    this.#listener = createServer((tcp) => {
      this.#connected(tcp);
    });
    await new Promise<void>((resolve, reject) => {
      this.#listener.once("error", reject);
      this.#listener.listen({ host, port: port === 0 ? this.#port : port }, resolve);
    });
    this.#port = (this.#listener.address() as AddressInfo).port;
    return this.#port;
  }

  /** Stops listening and resets every connection. */
  async shut(): Promise<void> {
    const closed = new Promise((resolve) => this.#listener.close(resolve));
    for (const { tcp } of this.#sockets.values()) tcp.resetAndDestroy();
    await closed;
  }

  /** The TCP socket below a request, and its number; undefined if it has closed before its last bytes were read. */
  socketOf(request: IncomingMessage): { tcp: Socket; number: number } | undefined {
    return this.#sockets.get(peer(request.socket));
  }

  #connected(tcp: Socket): void {
    const key = peer(tcp);
    this.counts.tcp += 1;
    this.#sockets.set(key, { tcp, number: this.counts.tcp });
    // The next connection may have its port by then.
    tcp.once("close", () => this.#sockets.get(key)?.tcp === tcp && this.#sockets.delete(key));
    tcp.on("error", () => undefined);
    const taken = this.#faults.takeConnection();
    if (taken === undefined) {
      this.#https.emit("connection", tcp);
      return;
    }
    const { rule } = taken;
    const act = async (): Promise<void> => {
      if (rule.delayMs !== undefined) await sleep(rule.delayMs);
      await rule.onMatch?.();
      if (rule.action.kind === "reset") tcp.resetAndDestroy();
      else if (rule.action.kind === "close") tcp.end();
      else if (rule.action.kind === "garbage") tcp.end(rule.action.bytes ?? "this is not TLS\r\n");
      else tcp.resume();
    };
    void act();
  }
}

function peer(socket: Socket): string {
  return `${socket.remoteAddress ?? ""} ${socket.remotePort ?? 0}`;
}
