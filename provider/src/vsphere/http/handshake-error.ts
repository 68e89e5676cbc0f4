// SPDX-License-Identifier: Apache-2.0
// What a connection or a TLS handshake failed with, and what to do about it: one remedy for each cause that was seen.

import { CodedError } from "../../core/coded-error";
import { visible } from "../../core/visible";
import { holdsRoot } from "./ca-certificates";

/** Who did not let us in. @internal */
export interface Peer {
  readonly role: "server" | "proxy";
  /** Host name or address. */
  readonly host: string;
  /** How the text names it, e.g. `vcenter.example.com:8443` or `the proxy proxy.example.com:3128`. */
  readonly name: string;
  /** PEM of the CA that is trusted instead of Node's own roots. */
  readonly ca?: string | undefined;
  /** The proxy that the connection goes through. */
  readonly through?: string | undefined;
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

const UNTRUSTED: ReadonlySet<string> = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_GET_ISSUER_CERT",
  // A CA of the same name and another key: every vCenter calls its own CA alike.
  "CERT_SIGNATURE_FAILURE",
  "CERT_UNTRUSTED",
]);

/**
 * Turns what node:net, node:tls or node:http reported into `ERR_CONNECT` (network) or `ERR_TLS` (trust and protocol).
 * `inHandshake`: TCP was connected, and TLS was not yet.
 *
 * @internal
 */
export function handshakeError(error: unknown, peer: Peer, inHandshake = false): CodedError {
  if (error instanceof CodedError) return error;
  const code = codeOf(error) ?? "unknown";
  if (NETWORK_CODES.has(code)) return networkError(error, code, peer, inHandshake);
  const [reason, remedy] = explainTls(code, error, peer);
  return new CodedError("ERR_TLS", `the TLS connection to ${peer.name} failed: ${reason}`, {
    cause: error,
    details: { host: peer.host, reason: code },
    remedy,
  });
}

/**
 * Whether the other end refused us for the lack of a client certificate. In TLS 1.3 that comes after the handshake, when
 * the first request is already on its way; such a request is not carried out.
 *
 * @internal
 */
export function refusesClientCertificate(error: unknown): boolean {
  return CLIENT_CERTIFICATE.test(codeOf(error) ?? "");
}

/** An error in a write has the code EPROTO, and OpenSSL's reason in its text alone. */
function codeOf(error: unknown): string | undefined {
  const code: unknown = error instanceof Error && "code" in error ? error.code : undefined;
  if (typeof code !== "string") return undefined;
  const reason = code === "EPROTO" ? /SSL routines:[^:]*:([^:]{1,60}):/.exec((error as Error).message)?.[1] : undefined;
  return visible(reason === undefined ? code : `ERR_SSL_${reason.toUpperCase().replaceAll(" ", "_")}`, 60);
}

function networkError(error: unknown, code: string, peer: Peer, inHandshake: boolean): CodedError {
  const details = { host: peer.host, syscallCode: code };
  if (inHandshake && (code === "ECONNRESET" || code === "EPIPE")) {
    return new CodedError("ERR_CONNECT", `${peer.name} closed the connection during the TLS handshake (${code})`, {
      cause: error,
      details,
      remedy:
        peer.role === "proxy"
          ? "write http:// in HTTPS_PROXY if the proxy itself does not speak TLS"
          : "check that something speaks TLS at this port, and that what is in front of vCenter accepts this name",
    });
  }
  return new CodedError("ERR_CONNECT", `no connection to ${peer.name}: ${code}`, {
    cause: error,
    details,
    remedy:
      peer.role === "proxy"
        ? "check the name and port in HTTPS_PROXY, DNS and the firewall"
        : "check the server's name and port, DNS, the firewall and HTTPS_PROXY",
  });
}

type Explanation = readonly [reason: string, remedy: string];

function explainTls(code: string, error: unknown, peer: Peer): Explanation {
  return explainCertificate(code, error, peer) ?? explainProtocol(code, peer) ?? [code, trustRemedy(peer)];
}

function explainCertificate(code: string, error: unknown, peer: Peer): Explanation | undefined {
  const isProxy = peer.role === "proxy";
  const its = `the ${peer.role}'s certificate`;
  if (UNTRUSTED.has(code)) return untrusted(code, peer);
  switch (code) {
    // OpenSSL's own words: "EE certificate key too weak" and the like have no code of their own in Node.
    case "UNSPECIFIED":
      return [
        `${its} is not good enough (${error instanceof Error ? visible(error.message, 80) : code})`,
        `have ${isProxy ? "it" : "vCenter's certificate"} issued again: RSA of 2048 bits or more, or EC, and SHA-256`,
      ];
    case "CERT_HAS_EXPIRED":
      return [`${its} has expired (${code})`, `renew the certificate of ${isProxy ? "the proxy" : "vCenter"}`];
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return [
        `${its} is for another name (${code})`,
        `${isProxy ? "in HTTPS_PROXY use" : "set server to"} the name that the certificate is issued for`,
      ];
    default:
      return undefined;
  }
}

function untrusted(code: string, peer: Peer): Explanation {
  if (peer.role === "proxy") {
    return [
      `the proxy's certificate is not signed by a trusted CA (${code})`,
      "set NODE_EXTRA_CA_CERTS to the PEM file of the proxy's CA for `pulumi`, or use an http:// proxy; caCertificateFile is for vCenter only",
    ];
  }
  if (peer.ca === undefined)
    return [`the server's certificate is not signed by a trusted CA (${code})`, trustRemedy(peer)];
  const known = `the server's certificate is not signed by the given CA (${code})`;
  if (!holdsRoot(peer.ca)) {
    return [
      `${known}: it is an issuing CA, and its root is missing`,
      "add the root CA to caCertificateFile, or set serverFingerprint to the SHA-256 of the server's certificate instead",
    ];
  }
  return [
    known,
    `check that caCertificateFile holds the CA of this vCenter${interception(peer)}, or set serverFingerprint to its certificate's SHA-256 instead`,
  ];
}

/** ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION, ERR_SSL_UNSUPPORTED_PROTOCOL and their kin. */
const PROTOCOL_VERSION = /PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|UNSUPPORTED_SSL_VERSION/;
/** Alerts of a server that wants to know who we are. */
const CLIENT_CERTIFICATE =
  /^ERR_SSL_.*(?:CERTIFICATE_REQUIRED|ALERT_BAD_CERTIFICATE|ALERT_HANDSHAKE_FAILURE|ALERT_NO_CERTIFICATE)/;
/** What OpenSSL makes of an answer that is not TLS. */
const NOT_TLS = /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|UNEXPECTED_MESSAGE/;

function explainProtocol(code: string, { role, host }: Peer): Explanation | undefined {
  const front = role === "proxy" ? "the proxy" : "the server, or what is in front of it,";
  if (PROTOCOL_VERSION.test(code)) {
    return [
      `the ${role} speaks no TLS 1.2 or later (${code})`,
      `enable TLS 1.2 or later on the ${role}, or on what is in front of it`,
    ];
  }
  if (NOT_TLS.test(code)) {
    return role === "proxy"
      ? [`the proxy does not speak TLS (${code})`, "write http:// instead of https:// in HTTPS_PROXY"]
      : [`it does not speak TLS (${code})`, "check the port: something there does not speak TLS"];
  }
  if (code.includes("NO_APPLICATION_PROTOCOL")) {
    return [`it offers no HTTP/1.1 (${code})`, `enable HTTP/1.1: ${front} accepts only HTTP/2`];
  }
  if (code.includes("UNRECOGNIZED_NAME")) {
    return [
      `it knows no server of the name ${visible(host, 100)} (${code})`,
      `use ${role === "proxy" ? "in HTTPS_PROXY" : "as server"} the host name that ${front} is configured for, not an alias or an IP address`,
    ];
  }
  if (CLIENT_CERTIFICATE.test(code)) {
    return [
      `it demands a client certificate${code.includes("HANDSHAKE_FAILURE") ? ", or shares no cipher with this client" : ""} (${code})`,
      `let this client in without one: ${front} must not ask for it (mutual TLS), or address vCenter directly`,
    ];
  }
  return undefined;
}

function trustRemedy(peer: Peer): string {
  const { through } = peer;
  const own = through === undefined ? "" : `; if ${through} shows a certificate of its own, the CA is the proxy's`;
  return `set caCertificateFile to the CA of vCenter (https://<vcenter>/certs/download.zip), or serverFingerprint to its certificate's SHA-256${own}`;
}

function interception({ through }: Peer): string {
  return through === undefined ? "" : `, and not that ${through} shows a certificate of its own`;
}
