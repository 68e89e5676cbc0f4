// SPDX-License-Identifier: Apache-2.0
// Servers in the place of vCenter: each refuses a connection in one way that was seen in the field.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createSecureServer } from "node:http2";
import type { AddressInfo, Server, Socket } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer as createTlsServer } from "node:tls";
import type { CertificateAuthority } from "../../fixtures/certificates/make";
import { makeCa, makeCertificate } from "../../fixtures/certificates/make";

/** Certificate and key of a server, and the CA that signed it. */
export interface Identity {
  readonly cert: string;
  readonly key: string;
  readonly caPem: string;
}

/** A running server. */
export interface Front {
  readonly port: number;
  /** Sockets that are open now. */
  readonly open: () => number;
  readonly close: () => void;
}

/** Makes a server's certificate for localhost and 127.0.0.1. @param ca - default: a new one */
export async function makeIdentity(ca?: CertificateAuthority): Promise<Identity> {
  const issuer = ca ?? (await makeCa());
  const request = { ca: issuer, eku: ["serverAuth"], dnsNames: ["localhost"], ipAddresses: ["127.0.0.1"] };
  const pair = await makeCertificate(request);
  return { cert: pair.certificatePem, key: pair.privateKeyPem, caPem: issuer.certificatePem };
}

/** Accepts TCP, and does with each connection what it is told. */
export function startTcpFront(onConnection: (socket: Socket) => void): Promise<Front> {
  return listen(createServer(onConnection));
}

/** Speaks HTTP/2 and nothing else; it says so by ALPN. */
export function startHttp2Front(identity: Identity): Promise<Front> {
  return listen(createSecureServer({ ...identity, allowHTTP1: false }));
}

/** Speaks TLS without ALPN, and then something that is not HTTP/1.1. */
export function startForeignProtocol(identity: Identity, greeting: Buffer): Promise<Front> {
  return listen(createTlsServer(identity, (socket) => socket.on("error", () => undefined).write(greeting)));
}

/** Answers every ClientHello with a fatal alert. @param description - the alert's number in RFC 8446, appendix B.2 */
export function startAlertFront(description: number): Promise<Front> {
  return startTcpFront((socket) => {
    socket.once("data", () => socket.end(Buffer.from([21, 3, 3, 0, 2, 2, description])));
  });
}

/** OpenSSL's own server, which demands a client certificate. */
export async function startMutualTlsFront(identity: Identity, version: "-tls1_2" | "-tls1_3"): Promise<Front> {
  const folder = mkdtempSync(join(tmpdir(), "mutual-tls-"));
  const files = { cert: join(folder, "cert.pem"), key: join(folder, "key.pem") };
  writeFileSync(files.cert, identity.cert);
  writeFileSync(files.key, identity.key);
  const options = ["-accept", "127.0.0.1:0", "-cert", files.cert, "-key", files.key, "-Verify", "1", version];
  const server = spawn("openssl", ["s_server", ...options], { stdio: ["pipe", "pipe", "ignore"] });
  const port = await new Promise<number>((resolve, reject) => {
    let said = "";
    server.stdout.on("data", (text: Buffer) => {
      said += text.toString();
      const accepted = /^ACCEPT .*:(\d+)$/m.exec(said)?.[1];
      if (accepted !== undefined) resolve(Number(accepted));
    });
    server.once("exit", (code) => {
      reject(new Error(`openssl s_server ended with ${code ?? "a signal"}: ${said}`));
    });
  });
  return {
    port,
    open: () => 0,
    close: () => {
      server.removeAllListeners("exit").kill();
      rmSync(folder, { recursive: true });
    },
  };
}

async function listen(server: Server): Promise<Front> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.once("close", () => sockets.delete(socket));
  });
  server.on("tlsClientError", () => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    open: () => sockets.size,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
