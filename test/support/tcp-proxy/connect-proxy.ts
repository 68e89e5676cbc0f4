// SPDX-License-Identifier: Apache-2.0
// An HTTP proxy that knows CONNECT and nothing else: it makes the tunnel, refuses it, or leads it somewhere else.

import { createServer } from "node:http";
import type { IncomingMessage } from "node:http";
import { connect } from "node:net";
import type { AddressInfo, Socket } from "node:net";

/** What the proxy does with a CONNECT. */
export interface ConnectProxyOptions {
  /** Answers with this status instead of a tunnel. */
  readonly refuseWith?: number;
  /** Leads every tunnel here, whatever was asked for: an interception. */
  readonly leadTo?: { readonly host: string; readonly port: number };
}

/** A running proxy. */
export interface ConnectProxy {
  /** `http://127.0.0.1:port` */
  readonly url: string;
  /** Targets of the CONNECTs so far, `host:port`. */
  readonly targets: readonly string[];
  readonly close: () => void;
}

/**
 * Starts a proxy on a free port of 127.0.0.1.
 *
 * @param options - see {@link ConnectProxyOptions}; default: an honest tunnel
 */
export async function startConnectProxy(options: ConnectProxyOptions = {}): Promise<ConnectProxy> {
  const targets: string[] = [];
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.once("close", () => sockets.delete(socket));
  };
  const server = createServer((_request, response) => response.writeHead(405).end());
  server.on("connect", (request: IncomingMessage, client: Socket) => {
    keep(client);
    const target = request.url ?? "";
    targets.push(target);
    if (options.refuseWith !== undefined) {
      client.end(`HTTP/1.1 ${options.refuseWith} No\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    const [host = "", port = "443"] = target.split(/:(?=\d+$)/);
    const upstream = connect(options.leadTo ?? { host, port: Number(port) }, () => {
      client.write("HTTP/1.1 200 OK\r\n\r\n");
      client.pipe(upstream);
      upstream.pipe(client);
    });
    keep(upstream);
    client.once("close", () => upstream.destroy());
    upstream.once("close", () => {
      client.destroySoon();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    targets,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
