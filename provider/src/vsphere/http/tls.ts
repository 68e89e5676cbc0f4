// SPDX-License-Identifier: Apache-2.0
// What proves that the server is the right one, and the TLS handshake that checks it: Node's roots, a CA of one's own, or
// the pinned fingerprint of the server's certificate. Nothing is sent before the check.

import type { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import type { Socket } from "node:net";
import { connect, DEFAULT_CIPHERS } from "node:tls";
import type { ConnectionOptions, TLSSocket } from "node:tls";
import { abortReason } from "../../core/clock";
import { CodedError } from "../../core/coded-error";
import type { ServerAddress } from "./address";
import { handshakeError, refusesClientCertificate } from "./handshake-error";

/** How the server is verified: at most one of `ca` and `fingerprint`. @internal */
export interface TlsTrust {
  /** PEM certificates to trust instead of Node's roots. */
  readonly ca?: string | undefined;
  /** SHA-256 of the server's certificate, upper-case hex with colons. */
  readonly fingerprint?: string | undefined;
  /** True: no verification at all, for a lab. */
  readonly allowUnverified: boolean;
}

/** The way to the server, and what to report about it. @internal */
export interface TlsRoute {
  /** A connected socket of a proxy; default: connect directly. */
  readonly tunnel?: Socket | undefined;
  /** The proxy's name for error texts. */
  readonly through?: string | undefined;
  /** Closes the socket, also in the middle of the handshake. */
  readonly signal: AbortSignal;
  /** Called once TCP is connected and the handshake begins. */
  readonly onHandshake: () => void;
  /** Called with the server's certificate, before the pin is checked. */
  readonly onCertificate?: ((certificate: X509Certificate) => void) | undefined;
}

/**
 * Makes a verified TLS connection.
 *
 * `NODE_TLS_REJECT_UNAUTHORIZED=0` does not weaken it: verification is asked for explicitly. With a fingerprint Node's
 * own check is off, because it never runs for self-signed certificates (measured), and ours comes before the socket is
 * handed out.
 *
 * @throws CodedError `ERR_TLS`, `ERR_CONNECT`; the signal's reason
 * @internal
 */
export function connectTls(address: ServerAddress, trust: TlsTrust, route: TlsRoute): Promise<TLSSocket> {
  const { signal, tunnel, through } = route;
  const peer = { role: "server" as const, host: address.host, name: address.authority, ca: trust.ca, through };
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      tunnel?.destroy();
      reject(abortReason(signal));
      return;
    }
    let inHandshake = false;
    const handshake = (): void => {
      inHandshake = true;
      route.onHandshake();
    };
    let socket: TLSSocket;
    try {
      socket = connect(connectionOptions(address, trust, tunnel));
    } catch (error) {
      reject(handshakeError(error, peer));
      return;
    }
    const end = (error: Error): void => {
      signal.removeEventListener("abort", abort);
      socket.destroy();
      reject(error);
    };
    const fail = (error: unknown): void => {
      end(handshakeError(error, peer, inHandshake));
    };
    const abort = (): void => {
      end(abortReason(signal));
    };
    signal.addEventListener("abort", abort, { once: true });
    if (tunnel === undefined) socket.once("connect", handshake);
    else handshake();
    socket.setNoDelay(true);
    // It stays for the time after an abort, when nobody else listens.
    socket.on("error", fail);
    socket.once("secureConnect", () => {
      // Once: a second call returns undefined (tried on Node 20.20).
      const certificate = socket.getPeerX509Certificate();
      const actual = certificate?.fingerprint256;
      if (certificate !== undefined) route.onCertificate?.(certificate);
      if (trust.fingerprint !== undefined && actual !== trust.fingerprint) {
        end(pinError(address, trust.fingerprint, actual));
        return;
      }
      signal.removeEventListener("abort", abort);
      socket.removeListener("error", fail);
      // Node only reports it, and what follows (the end of the stream) would hide it from whoever reads the socket.
      socket.on("error", (error: Error) => {
        if (refusesClientCertificate(error)) socket.destroy(error);
      });
      resolve(socket);
    });
  });
}

function connectionOptions(address: ServerAddress, trust: TlsTrust, tunnel: Socket | undefined): ConnectionOptions {
  return {
    host: address.host,
    ...(tunnel === undefined ? { port: address.port } : { socket: tunnel }),
    ...(isIP(address.host) === 0 ? { servername: address.host } : {}),
    ...(trust.ca === undefined ? {} : { ca: trust.ca }),
    rejectUnauthorized: trust.fingerprint === undefined && !trust.allowUnverified,
    minVersion: "TLSv1.2",
    // Level 2 refuses keys below 112 bits of strength: RSA-1024 and the like.
    ciphers: `${DEFAULT_CIPHERS}:@SECLEVEL=2`,
    ALPNProtocols: ["http/1.1"],
  };
}

function pinError(address: ServerAddress, expected: string, actual: string | undefined): CodedError {
  return new CodedError(
    "ERR_TLS",
    `the certificate of ${address.authority} does not have the pinned fingerprint: expected SHA-256 ${expected}, the server shows ${actual ?? "none"}`,
    {
      details: { host: address.host, reason: "fingerprint" },
      remedy: "find out why the server's certificate changed; only then set serverFingerprint to the new one",
    },
  );
}
