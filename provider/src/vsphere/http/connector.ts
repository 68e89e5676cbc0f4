// SPDX-License-Identifier: Apache-2.0
// From nothing to a verified socket: directly, or through the proxy that the environment names, within 10 s.

import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { CodedError } from "../../core/coded-error";
import type { ServerAddress } from "./address";
import { proxyAuthorization, proxyFor } from "./proxy";
import { connectTls, handshakeError } from "./tls";
import type { TlsTrust } from "./tls";

/** A connection and its handshake take this long at most, milliseconds. @internal */
export const CONNECT_TIMEOUT_MS = 10_000;

/**
 * Makes the function that opens verified connections to one server.
 *
 * @param address - the server
 * @param trust - what to verify it with
 * @param environment - where `HTTPS_PROXY` and `NO_PROXY` are looked up; default `process.env`
 * @returns a function that resolves to a socket whose peer is verified, or rejects with `ERR_CONNECT`, `ERR_TLS` or
 * `ERR_CONFIG_INVALID`
 * @internal
 */
export function makeConnector(
  address: ServerAddress,
  trust: TlsTrust,
  environment: NodeJS.ProcessEnv = process.env,
): () => Promise<TLSSocket> {
  return async () => {
    const proxy = proxyFor(address, environment);
    const opened: { tunnel?: Socket } = {};
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        opened.tunnel?.destroy();
        reject(
          new CodedError("ERR_CONNECT", `no connection to ${address.authority} within ${CONNECT_TIMEOUT_MS / 1000} s`, {
            details: { host: address.host, syscallCode: "ETIMEDOUT" },
            remedy: "check the server's name and port, the firewall and HTTPS_PROXY",
          }),
        );
      }, CONNECT_TIMEOUT_MS);
    });
    const connecting = (async () => {
      if (proxy !== undefined) opened.tunnel = await openTunnel(proxy, address);
      return connectTls(address, trust, opened.tunnel);
    })();
    // A connection that is made after its time is up is closed again.
    late.catch(() => connecting.then((socket) => socket.destroy()).catch(() => undefined));
    try {
      return await Promise.race([connecting, late]);
    } finally {
      clearTimeout(timer);
    }
  };
}

function openTunnel(proxy: URL, address: ServerAddress): Promise<Socket> {
  const target = `${address.host.includes(":") ? `[${address.host}]` : address.host}:${address.port}`;
  const name = proxy.host;
  const authorization = proxyAuthorization(proxy);
  const request = (proxy.protocol === "https:" ? httpsRequest : httpRequest)({
    host: proxy.hostname.replace(/^\[|\]$/g, ""),
    port: proxy.port === "" ? (proxy.protocol === "https:" ? 443 : 80) : Number(proxy.port),
    method: "CONNECT",
    path: target,
    timeout: CONNECT_TIMEOUT_MS,
    agent: false,
    ...(proxy.protocol === "https:" ? { rejectUnauthorized: true } : {}),
    headers: {
      host: target,
      ...(authorization === undefined ? {} : { "proxy-authorization": authorization }),
    },
  });
  return new Promise((resolve, reject) => {
    request.once("timeout", () => request.destroy(Object.assign(new Error("timeout"), { code: "ETIMEDOUT" })));
    request.once("error", (error) => {
      const cause = handshakeError(error, { ...address, authority: `the proxy ${name}` });
      reject(cause);
    });
    // A proxy that answers like an ordinary server has refused, too.
    request.once("response", (response) => {
      response.destroy();
      reject(tunnelRefused(name, target, response.statusCode ?? 0));
    });
    request.once("connect", (response, socket, head) => {
      if (response.statusCode === 200 && head.length === 0) {
        resolve(socket);
        return;
      }
      socket.destroy();
      reject(tunnelRefused(name, target, response.statusCode ?? 0));
    });
    request.end();
  });
}

function tunnelRefused(proxy: string, target: string, status: number): CodedError {
  const message = `the proxy ${proxy} refused the tunnel to ${target} (CONNECT, HTTP ${status})`;
  // 407 is a matter of settings and does not pass; everything else may.
  return status === 407
    ? new CodedError("ERR_CONFIG_INVALID", message, {
        details: { httpStatus: status },
        remedy: "put the proxy's user and password into HTTPS_PROXY, or the server into NO_PROXY",
      })
    : new CodedError("ERR_CONNECT", message, {
        details: { host: target, syscallCode: `HTTP ${status}` },
        remedy: "look at the proxy, or put the server into NO_PROXY",
      });
}
