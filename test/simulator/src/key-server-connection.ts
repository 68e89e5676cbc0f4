// SPDX-License-Identifier: Apache-2.0
// The hosts' connection to a real key server: TLS with their client certificate, and the smallest request of KMIP, Discover
// Versions. Source of the bytes: OASIS KMIP 1.2, section 9.1 (tag, type, length, value padded to 8 bytes).

import type { KeyObject } from "node:crypto";
import type { TLSSocket } from "node:tls";
import { connect } from "node:tls";
import type { StatedHealth } from "./stated-health";

/** A key server that speaks KMIP. */
export interface KeyServer {
  readonly host: string;
  readonly port: number;
  /** The CA that the hosts trust for it. */
  readonly caPem: string;
}

/** Less than a client waits for one read of the health. */
const WITHIN_MS = 4_000;

const TAG = {
  requestMessage: 0x420078,
  requestHeader: 0x420077,
  requestPayload: 0x420079,
  protocolVersion: 0x420069,
  major: 0x42006a,
  minor: 0x42006b,
  batchCount: 0x42000d,
  batchItem: 0x42000f,
  operation: 0x42005c,
  resultStatus: 0x42007f,
  resultReason: 0x42007e,
  resultMessage: 0x42007d,
} as const;
const TYPE = { structure: 1, integer: 2, enumeration: 5 } as const;
const DISCOVER_VERSIONS = 0x1e;
const REASONS: Readonly<Record<number, string>> = {
  3: "AUTHENTICATION_NOT_SUCCESSFUL",
  4: "INVALID_MESSAGE",
  12: "PERMISSION_DENIED",
};

/** Asks a key server whether it accepts a client certificate; what goes wrong is an answer, never thrown. */
export async function askKeyServer(server: KeyServer, certificatePem: string, key: KeyObject): Promise<StatedHealth> {
  const socket = connect({
    host: server.host,
    port: server.port,
    ca: server.caPem,
    cert: certificatePem,
    key: key.export({ type: "pkcs8", format: "pem" }),
    timeout: WITHIN_MS,
  });
  try {
    return healthIn(await answerOf(socket));
  } catch (error) {
    // Of a TLS alert only OpenSSL's reason, e.g. "tlsv1 alert unknown ca".
    const { message, reason } = error as Error & { readonly reason?: string };
    // Set by Node if it was the hosts who refused.
    const clientTrustsServer = (socket.authorizationError as unknown) == null;
    return {
      health: "ERROR",
      details: [`The connection to ${server.host}:${server.port} failed: ${reason ?? message}`],
      clientTrustsServer,
    };
  } finally {
    socket.destroy();
  }
}

/** Sends the request and returns the bytes of one whole answer. */
function answerOf(socket: TLSSocket): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0);
    socket.once("secureConnect", () => socket.write(discoverVersions()));
    socket.on("data", (part: Buffer) => {
      received = Buffer.concat([received, part]);
      if (received.length >= 8 && received.length >= 8 + received.readUInt32BE(4)) resolve(received);
    });
    socket.once("timeout", () => {
      reject(new Error(`no answer within ${WITHIN_MS / 1000} s`));
    });
    socket.once("error", reject);
    socket.once("close", () => {
      reject(new Error("it was closed without an answer"));
    });
  });
}

function discoverVersions(): Buffer {
  const version = structure(TAG.protocolVersion, number(TAG.major, 1), number(TAG.minor, 2));
  const header = structure(TAG.requestHeader, version, number(TAG.batchCount, 1));
  const operation = number(TAG.operation, DISCOVER_VERSIONS, TYPE.enumeration);
  return structure(TAG.requestMessage, header, structure(TAG.batchItem, operation, structure(TAG.requestPayload)));
}

function number(tag: number, value: number, type: number = TYPE.integer): Buffer {
  const item = Buffer.alloc(16);
  item.writeUInt32BE(tag * 256 + type, 0);
  item.writeUInt32BE(4, 4);
  item.writeUInt32BE(value, 8);
  return item;
}

function structure(tag: number, ...items: readonly Buffer[]): Buffer {
  const content = Buffer.concat(items);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(tag * 256 + TYPE.structure, 0);
  head.writeUInt32BE(content.length, 4);
  return Buffer.concat([head, content]);
}

function healthIn(answer: Buffer): StatedHealth {
  const found = new Map<number, Buffer>();
  collect(answer, found);
  const status = found.get(TAG.resultStatus)?.readUInt32BE(0);
  if (status === 0) return { health: "OK" };
  const reason = found.get(TAG.resultReason)?.readUInt32BE(0) ?? 0;
  const text = found.get(TAG.resultMessage)?.toString("utf8") ?? "";
  const said = status === undefined ? "an answer that is not KMIP" : `${REASONS[reason] ?? reason}: ${text}`;
  return { health: "ERROR", details: [`The key server answered ${said}`] };
}

/** Puts every value that is not a structure under its tag. */
function collect(bytes: Buffer, found: Map<number, Buffer>): void {
  for (let at = 0; at + 8 <= bytes.length;) {
    const length = bytes.readUInt32BE(at + 4);
    const value = bytes.subarray(at + 8, at + 8 + length);
    if (bytes[at + 3] === TYPE.structure) collect(value, found);
    else found.set(bytes.readUIntBE(at, 3), value);
    at += 8 + Math.ceil(length / 8) * 8;
  }
}
