// SPDX-License-Identifier: Apache-2.0
// A tunnel through an HTTP proxy (CONNECT, RFC 9110 section 9.3.6), to a proxy that itself may be reached by TLS.

import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Socket } from "node:net";
import { abortReason } from "../../core/clock";
import { CodedError } from "../../core/coded-error";
import type { ServerAddress } from "./address";
import { handshakeError } from "./handshake-error";
import { proxyAuthorization } from "./proxy";
import { USER_AGENT } from "./user-agent";

/**
 * Opens a tunnel to a server. The signal closes the connection to the proxy, in whatever state it is.
 *
 * @throws CodedError `ERR_CONNECT`, `ERR_TLS` (of the proxy), `ERR_CONFIG_INVALID` (407); the signal's reason
 * @internal
 */
export function openTunnel(proxy: URL, address: ServerAddress, signal: AbortSignal): Promise<Socket> {
  const target = `${address.host.includes(":") ? `[${address.host}]` : address.host}:${address.port}`;
  const isTls = proxy.protocol === "https:";
  const host = proxy.hostname.replace(/^\[|\]$/g, "");
  const authorization = proxyAuthorization(proxy);
  const request = (isTls ? httpsRequest : httpRequest)({
    host,
    port: proxy.port === "" ? (isTls ? 443 : 80) : Number(proxy.port),
    method: "CONNECT",
    path: target,
    agent: false,
    signal,
    ...(isTls ? { rejectUnauthorized: true } : {}),
    headers: {
      host: target,
      "user-agent": USER_AGENT,
      ...(authorization === undefined ? {} : { "proxy-authorization": authorization }),
    },
  });
  const peer = { role: "proxy" as const, host, name: `the proxy ${proxy.host}` };
  return new Promise((resolve, reject) => {
    let connected = false;
    request.once("socket", (socket) => socket.once("connect", () => (connected = true)));
    request.on("error", (error) => {
      reject(signal.aborted ? abortReason(signal) : connectionError(error, peer, isTls, connected));
    });
    // A proxy that answers like an ordinary server has refused, too.
    request.once("response", (response) => {
      response.destroy();
      reject(tunnelRefused(proxy.host, target, response.statusCode ?? 0));
    });
    request.once("connect", (response, socket, head) => {
      if (response.statusCode === 200 && head.length === 0) {
        resolve(socket);
        return;
      }
      socket.destroy();
      reject(tunnelRefused(proxy.host, target, response.statusCode ?? 0));
    });
    request.end();
  });
}

function connectionError(
  error: Error,
  peer: { readonly role: "proxy"; readonly host: string; readonly name: string },
  isTls: boolean,
  connected: boolean,
): CodedError {
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  // A TLS server answers a plain CONNECT with an alert, or by closing the connection.
  if (!isTls && connected && (code.startsWith("HPE_") || code === "ECONNRESET")) {
    return new CodedError("ERR_CONNECT", `${peer.name} did not answer in HTTP (${code})`, {
      cause: error,
      details: { host: peer.host, syscallCode: code },
      remedy: "write https:// instead of http:// in HTTPS_PROXY if the proxy speaks TLS, and check its port",
    });
  }
  return handshakeError(error, peer, isTls && connected);
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
        remedy: "check the proxy, or put the server into NO_PROXY",
      });
}
