// SPDX-License-Identifier: Apache-2.0
// What goes wrong before the first answer, over real sockets: each cause has its own words and its own remedy, and
// nothing is left open.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { before, describe, it } from "node:test";
import type { RequestError } from "../../provider/src/vsphere/errors/request-error";
import { makeCa, makeCertificate } from "../fixtures/certificates/make";
import { startConnectProxy } from "../support/tcp-proxy/connect-proxy";
import type { Front, Identity } from "../support/tls-fronts";
import {
  makeIdentity,
  startAlertFront,
  startForeignProtocol,
  startHttp2Front,
  startMutualTlsFront,
  startTcpFront,
} from "../support/tls-fronts";

import { clientOf, failure, failureAt, within } from "./client";
let identity: Identity;
before(async () => {
  identity = await makeIdentity();
});

describe("a server that lets no client in", () => {
  const H2_SETTINGS = Buffer.from("000000040000000000", "hex");
  const WRONG_VERSION = (): Promise<Front> => startTcpFront((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
  const RESETS = (): Promise<Front> => startTcpFront((socket) => socket.once("data", () => socket.resetAndDestroy()));

  for (const [cause, start, code, message, remedy] of [
    ["speaks only HTTP/2", startHttp2Front, "ERR_TLS", /offers no HTTP\/1.1/, /enable HTTP\/1.1/],
    ["does not know its name", () => startAlertFront(112), "ERR_TLS", /no server of the name localhost/, /host name/],
    ["speaks no TLS", WRONG_VERSION, "ERR_TLS", /does not speak TLS/, /check the port/],
    ["resets the handshake", RESETS, "ERR_CONNECT", /closed the connection during the TLS/, /accepts this name/],
    [
      "demands a client certificate by TLS 1.3",
      (of: Identity) => startMutualTlsFront(of, "-tls1_3"),
      "ERR_TLS",
      /demands a client certificate/,
      /must not ask for it \(mutual TLS\)/,
    ],
    [
      "demands a client certificate by TLS 1.2",
      (of: Identity) => startMutualTlsFront(of, "-tls1_2"),
      "ERR_TLS",
      /demands a client certificate/,
      /must not ask for it \(mutual TLS\)/,
    ],
  ] as const) {
    it(`because it ${cause} gets a remedy of its own, and nothing was sent`, async () => {
      const error = await failureAt(await start(identity), { ca: identity.caPem });
      assert.equal(error.code, code, error.message);
      assert.match(error.message, message);
      assert.match(error.remedy ?? "", remedy);
      assert.equal(error.request.fate, "not-sent");
      assert.doesNotMatch(error.remedy ?? "", /caCertificateFile/);
    });
  }

  it("because it speaks HTTP/2 unasked is named, though it may have understood something", async () => {
    const error = await failureAt(await startForeignProtocol(identity, H2_SETTINGS), { ca: identity.caPem });
    assert.deepEqual([error.code, error.request.fate], ["ERR_CONNECT", "maybe-sent"]);
    assert.match(error.message, /did not answer in HTTP\/1.1/);
    assert.match(error.remedy ?? "", /enable HTTP\/1.1/);
  });
});

describe("a CA that did not prove the server", () => {
  it("is said to lack its root if it is an issuing CA", async () => {
    const root = await makeCa({ subject: "CN=Root" });
    const pair = await makeCertificate({
      ca: root,
      isCa: true,
      subject: "CN=Issuing",
      keyUsage: ["keyCertSign"],
      eku: [],
    });
    const error = await failureAt(await startForeignProtocol(await makeIdentity(root), Buffer.from("x")), {
      ca: pair.certificatePem,
    });
    assert.equal(error.code, "ERR_TLS");
    assert.match(error.message, /it is an issuing CA, and its root is missing/);
    assert.match(error.remedy ?? "", /add the root CA to caCertificateFile, or set serverFingerprint/);
  });

  for (const subject of ["CN=Another CA", "CN=Test CA"]) {
    it(`is asked about if it is another root, ${subject}`, async () => {
      const { certificatePem: ca } = await makeCa({ subject });
      const error = await failureAt(await startForeignProtocol(identity, Buffer.from("x")), { ca });
      assert.match(error.message, /not signed by the given CA/);
      assert.match(error.remedy ?? "", /check that caCertificateFile holds the CA of this vCenter/);
    });
  }

  it("may be the proxy's, if a proxy shows a certificate of its own", async () => {
    const tcp = await startForeignProtocol(identity, Buffer.from("x"));
    const proxy = await startConnectProxy({ leadTo: { host: "127.0.0.1", port: tcp.port } });
    try {
      const error = await failure(within(clientOf(1, { environment: { HTTPS_PROXY: proxy.url } }), 5_000));
      assert.match(error.message, /not signed by a trusted CA/);
      assert.match(
        error.remedy ?? "",
        /if the proxy 127.0.0.1:\d+ shows a certificate of its own, the CA is the proxy's/,
      );
    } finally {
      proxy.close();
      tcp.close();
    }
  });
});

describe("a proxy that cannot be used", () => {
  const through = async (url: string): Promise<RequestError> =>
    failure(within(clientOf(1, { environment: { HTTPS_PROXY: url } }), 5_000));

  it("is told from vCenter if its own certificate is not trusted", async () => {
    const proxy = createHttpsServer(identity).listen(0, "127.0.0.1");
    await once(proxy, "listening");
    try {
      const error = await through(`https://localhost:${(proxy.address() as AddressInfo).port}`);
      assert.equal(error.code, "ERR_TLS");
      assert.match(
        error.message,
        /the TLS connection to the proxy localhost:\d+ failed: the proxy's certificate is not signed/,
      );
      assert.match(error.remedy ?? "", /NODE_EXTRA_CA_CERTS.*caCertificateFile is for vCenter only/);
    } finally {
      proxy.close();
    }
  });

  it("is to be written with http:// if it speaks plain HTTP", async () => {
    const proxy = await startConnectProxy();
    try {
      const error = await through(proxy.url.replace("http:", "https:"));
      assert.match(error.message, /the proxy 127.0.0.1:\d+/);
      assert.match(error.remedy ?? "", /write http:\/\/.* in HTTPS_PROXY/);
      assert.equal(error.request.fate, "not-sent");
    } finally {
      proxy.close();
    }
  });

  it("is to be written with https:// if it speaks TLS", async () => {
    const proxy = createHttpsServer(identity).listen(0, "127.0.0.1");
    await once(proxy, "listening");
    try {
      const error = await through(`http://127.0.0.1:${(proxy.address() as AddressInfo).port}`);
      assert.match(error.remedy ?? "", /write https:\/\/ instead of http:\/\//);
    } finally {
      proxy.close();
    }
  });
});
