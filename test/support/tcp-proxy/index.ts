// SPDX-License-Identifier: Apache-2.0
// A TCP relay between a client and a server whose line a test can cut, stall, or take away. It sees bytes and no protocol.

import type { AddressInfo, Server, Socket } from "node:net";
import { connect, createServer } from "node:net";

/** A running relay on 127.0.0.1. Made by {@link startTcpProxy}. */
export class TcpProxy {
  /** Connections accepted so far. */
  connections = 0;
  /** Bytes that clients have sent so far, forwarded or not. */
  bytesFromClients = 0;
  readonly #target: { readonly host: string; readonly port: number };
  readonly #pairs = new Set<{ readonly client: Socket; readonly server: Socket }>();
  #listener: Server | undefined;
  #port = 0;
  #stalled = false;
  #closed = false;

  /** @internal Use {@link startTcpProxy}. */
  constructor(target: { readonly host: string; readonly port: number }) {
    this.#target = target;
  }

  /** `127.0.0.1:port`; the port stays the same over {@link refuse} and {@link accept}. */
  get address(): string {
    return `127.0.0.1:${this.#port}`;
  }

  /** Listens (again). Does nothing after {@link close}. */
  async accept(): Promise<void> {
    if (this.#listener !== undefined || this.#closed) return;
    const listener = createServer((client) => {
      this.#relay(client);
    });
    this.#listener = listener;
    await new Promise<void>((resolve, reject) => {
      listener.once("error", reject);
      listener.listen({ host: "127.0.0.1", port: this.#port }, resolve);
    });
    this.#port = (listener.address() as AddressInfo).port;
  }

  /** New connections are refused from now on (ECONNREFUSED); those that are open go on. Returns at once. */
  refuse(): void {
    this.#listener?.close();
    this.#listener = undefined;
  }

  /** RST in both directions on every connection. */
  resetAll(): void {
    for (const { client, server } of this.#pairs) {
      client.resetAndDestroy();
      server.resetAndDestroy();
    }
  }

  /** A black hole: nothing is forwarded any more in either direction, and new connections get no answer. */
  stall(): void {
    this.#stalled = true;
    for (const { client, server } of this.#pairs) {
      client.unpipe();
      server.unpipe();
    }
  }

  /** Stops listening and resets every connection. */
  close(): void {
    this.#closed = true;
    this.refuse();
    this.resetAll();
  }

  #relay(client: Socket): void {
    this.connections += 1;
    const server = connect(this.#target);
    const pair = { client, server };
    this.#pairs.add(pair);
    client.on("data", (bytes: Buffer) => (this.bytesFromClients += bytes.length));
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      socket.setNoDelay(true);
      // A reset on one side is a reset on the other.
      socket.on("error", () => other.resetAndDestroy());
      socket.once("close", () => {
        this.#pairs.delete(pair);
        other.destroySoon();
      });
    }
    if (this.#stalled) return;
    client.pipe(server);
    server.pipe(client);
  }
}

/**
 * Starts a relay on a free port of 127.0.0.1.
 *
 * @returns the relay, listening
 */
export async function startTcpProxy(target: { readonly host: string; readonly port: number }): Promise<TcpProxy> {
  const proxy = new TcpProxy(target);
  await proxy.accept();
  return proxy;
}
