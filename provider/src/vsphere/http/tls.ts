// SPDX-License-Identifier: Apache-2.0
// What proves that the server is the right one, and the TLS handshake that checks it: the system's roots, a CA of one's
// own, or the pinned fingerprint of the server's certificate. Nothing is sent before the check.

import { connect, DEFAULT_CIPHERS } from "node:tls";
import type { ConnectionOptions, TLSSocket } from "node:tls";
import { isIP } from "node:net";
import type { Socket } from "node:net";
import { CodedError } from "../../core/coded-error";
import { visible } from "../../core/visible";
import type { ServerAddress } from "./address";

/** How the server is verified: at most one of `ca` and `fingerprint`. @internal */
export interface TlsTrust {
  /** PEM certificates to trust instead of the system's roots. */
  readonly ca?: string | undefined;
  /** SHA-256 of the server's certificate, upper-case hex with colons. */
  readonly fingerprint?: string | undefined;
  /** True: no verification at all, for a lab. */
  readonly allowUnverified: boolean;
}

/** Codes of the network below TLS; everything else that fails in a handshake is a matter of trust or protocol. */
const NETWORK_CODES: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ECONNABORTED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "EHOSTDOWN",
  "ENETUNREACH",
  "ENETDOWN",
  "EADDRNOTAVAIL",
  "EPIPE",
  "EMFILE",
]);

/**
 * Makes a verified TLS connection.
 *
 * `NODE_TLS_REJECT_UNAUTHORIZED=0` does not weaken it: verification is asked for explicitly. With a fingerprint Node's
 * own check is off, because it never runs for self-signed certificates (measured), and ours comes before the socket is
 * handed out.
 *
 * @param address - the server
 * @param trust - what to verify it with
 * @param tunnel - a connected socket of a proxy; default: connect directly
 * @returns a socket whose peer is verified
 * @throws CodedError `ERR_TLS`, `ERR_CONNECT`
 * @internal
 */
export function connectTls(address: ServerAddress, trust: TlsTrust, tunnel?: Socket): Promise<TLSSocket> {
  const options: ConnectionOptions = {
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
  return new Promise((resolve, reject) => {
    let socket: TLSSocket;
    const fail = (error: unknown): void => {
      socket.destroy();
      reject(handshakeError(error, address));
    };
    try {
      socket = connect(options);
    } catch (error) {
      reject(handshakeError(error, address));
      return;
    }
    socket.setNoDelay(true);
    socket.once("error", fail);
    socket.once("secureConnect", () => {
      socket.removeListener("error", fail);
      const actual = socket.getPeerX509Certificate()?.fingerprint256;
      if (trust.fingerprint !== undefined && actual !== trust.fingerprint) {
        socket.destroy();
        reject(pinError(address, trust.fingerprint, actual));
      } else {
        resolve(socket);
      }
    });
  });
}

/**
 * Turns what a connection or handshake failed with into our error.
 *
 * @param error - what node:net or node:tls reported
 * @param address - the server
 * @returns `ERR_CONNECT` for the network, `ERR_TLS` with the remedy for everything about trust
 * @internal
 */
export function handshakeError(error: unknown, address: ServerAddress): CodedError {
  if (error instanceof CodedError) return error;
  const rawCode: unknown = error instanceof Error && "code" in error ? error.code : undefined;
  const code = typeof rawCode === "string" ? visible(rawCode, 60) : "unknown";
  if (NETWORK_CODES.has(code)) {
    return new CodedError("ERR_CONNECT", `no connection to ${address.authority}: ${code}`, {
      cause: error,
      details: { host: address.host, syscallCode: code },
      remedy: "check the server's name and port, DNS, the firewall and HTTPS_PROXY",
    });
  }
  return new CodedError(
    "ERR_TLS",
    `the TLS connection to ${address.authority} was refused: ${tlsReason(code, error)}`,
    {
      cause: error,
      details: { host: address.host, reason: code },
      remedy: tlsRemedy(code),
    },
  );
}

function pinError(address: ServerAddress, expected: string, actual: string | undefined): CodedError {
  return new CodedError(
    "ERR_TLS",
    `the certificate of ${address.authority} does not have the pinned fingerprint: expected SHA-256 ${expected}, the server shows ${actual ?? "none"}`,
    {
      details: { host: address.host, reason: "fingerprint" },
      remedy: "find out why the server's certificate changed; only then set serverFingerprint anew",
    },
  );
}

/** ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION, ERR_SSL_UNSUPPORTED_PROTOCOL and their kin. */
const PROTOCOL_VERSION = /PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|UNSUPPORTED_SSL_VERSION/;

function tlsReason(code: string, error: unknown): string {
  if (PROTOCOL_VERSION.test(code)) return `the server speaks no TLS 1.2 or later (${code})`;
  switch (code) {
    // OpenSSL's own words: "EE certificate key too weak" and the like have no code of their own in Node.
    case "UNSPECIFIED":
      return `the server's certificate is not good enough (${error instanceof Error ? visible(error.message, 80) : code})`;
    case "CERT_HAS_EXPIRED":
      return `the server's certificate has expired (${code})`;
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return `the server's certificate is for another name (${code})`;
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
    case "SELF_SIGNED_CERT_IN_CHAIN":
    case "UNABLE_TO_VERIFY_LEAF_SIGNATURE":
    case "UNABLE_TO_GET_ISSUER_CERT_LOCALLY":
    case "UNABLE_TO_GET_ISSUER_CERT":
      return `the server's certificate is not signed by a trusted CA (${code})`;
    default:
      return code;
  }
}

function tlsRemedy(code: string): string {
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") return "use the name that the certificate is issued for as server";
  if (code === "CERT_HAS_EXPIRED") return "renew the certificate of vCenter";
  if (PROTOCOL_VERSION.test(code)) return "enable TLS 1.2 or later on the server, or on what stands in front of it";
  if (code === "UNSPECIFIED")
    return "have vCenter's certificate issued anew: RSA of 2048 bits or more, or EC, and SHA-256";
  if (code === "ERR_SSL_WRONG_VERSION_NUMBER") return "check the port: something there does not speak TLS";
  return "set caCertificateFile to the CA of vCenter (https://<vcenter>/certs/download.zip), or serverFingerprint to its certificate's SHA-256";
}
