// SPDX-License-Identifier: Apache-2.0
// How long handshakes and requests may take, over real sockets, and what becomes of those that wait for one.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { after, before, describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import type { HttpRequest } from "../../provider/src/vsphere/http/transport";
import { assertInTime } from "../support/in-time";
import type { Front, Identity } from "../support/tls-fronts";
import { makeIdentity, startTcpFront } from "../support/tls-fronts";

import { clientOf, failure, PATCH, within } from "./client";
const READ: HttpRequest = { method: "GET", path: "/api/read", headers: {}, lane: "read" };
const LOOK: HttpRequest = { method: "GET", path: "/api/look", headers: {} };

let identity: Identity;
before(async () => {
  identity = await makeIdentity();
});

describe("a handshake that is never answered", () => {
  let front: Front;
  before(async () => {
    front = await startTcpFront((socket) => socket.resume());
  });
  after(() => {
    front.close();
  });
  const closed = async (): Promise<void> => {
    for (let tries = 0; front.open() > 0; tries += 1) {
      assert.ok(tries < 100, `${front.open()} sockets are open`);
      await pause(10);
    }
  };

  it("ends after its time, and its socket with it", async () => {
    const client = clientOf(front.port, { timeoutMs: 200 });
    const error = await failure(within(client, 5_000));
    assert.equal(error.code, "ERR_CONNECT");
    assert.match(error.message, /within 0.2 s: the TLS handshake was not answered/);
    await closed();
    await client.close();
  });

  it("is named by the operation that ends before it, at once, and closed with the client", async () => {
    const client = clientOf(front.port, { timeoutMs: 60_000 });
    const beganMs = performance.now();
    const error = await failure(within(client, 150));
    assertInTime(performance.now() - beganMs, { atMostMs: 1_000 });
    assert.deepEqual([error.code, error.request.fate], ["ERR_OPERATION_TIMEOUT", "not-sent"]);
    assert.match(error.message, /no connection to localhost:\d+ yet: the TLS handshake was not answered/);
    assert.ok(front.open() > 0);
    await client.close();
    await closed();
  });

  it("behind a proxy is the proxy's only if the proxy does not answer", async () => {
    const environment = { HTTPS_PROXY: `http://127.0.0.1:${front.port}` };
    const client = clientOf(1, { environment, timeoutMs: 200 });
    const error = await failure(within(client, 5_000));
    assert.match(error.message, /within 0.2 s: the proxy did not answer/);
    await closed();
    await client.close();
  });
});

describe("the time of a request", () => {
  it("begins when it gets a socket; a write that waits was not sent, and nothing else waits behind it", async () => {
    const holding: (() => void)[] = [];
    const server = createHttpsServer(identity, (request, response) => {
      if (request.method === "GET") response.end("{}");
      else holding.push(() => response.end("{}"));
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const client = clientOf((server.address() as AddressInfo).port, { ca: identity.caPem });
    try {
      const first = Array.from({ length: 4 }, () => within(client, 10_000));
      while (holding.length < 4) await pause(10);
      const waiting = within(client, 10_000, PATCH, 400);
      for (const quick of [READ, LOOK]) assert.equal((await within(client, 1_000, quick)).status, 200);
      const late = await failure(within(client, 100));
      assert.deepEqual([late.code, late.request.fate], ["ERR_OPERATION_TIMEOUT", "not-sent"]);
      assert.match(late.message, /it was not sent: all connections were in use/);
      // Longer than the time-out of the one that waits.
      await pause(600);
      holding.splice(0).forEach((answer) => {
        answer();
      });
      while (holding.length < 1) await pause(10);
      holding.splice(0).forEach((answer) => {
        answer();
      });
      assert.equal((await waiting).status, 200);
      assert.deepEqual(new Set((await Promise.all(first)).map(({ status }) => status)), new Set([200]));
      const slow = await failure(within(client, 10_000, PATCH, 500));
      assert.deepEqual([slow.code, slow.request.fate], ["ERR_REQUEST_TIMEOUT", "maybe-sent"]);
      assert.equal(holding.length, 1, "the one that gave up in the queue was never sent");
    } finally {
      await client.close();
      server.close();
      server.closeAllConnections();
    }
  });

  it("that is over does not cut a login: what the server makes all the same is handed on, within as much time again", async () => {
    const delaysMs = [400, 1_000];
    const server = createHttpsServer(identity, (_request, response) => {
      setTimeout(() => response.end("{}"), delaysMs.shift());
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const client = clientOf((server.address() as AddressInfo).port, { ca: identity.caPem });
    try {
      const left: Promise<unknown>[] = [];
      const login: HttpRequest = { ...PATCH, onLeft: (answer) => left.push(answer.then(({ status }) => status)) };
      for (let times = 0; times < 2; times += 1) {
        assert.equal((await failure(within(client, 10_000, login, 300))).code, "ERR_REQUEST_TIMEOUT");
      }
      const [soon, never] = await Promise.allSettled(left);
      assert.deepEqual([left.length, soon, never?.status], [2, { status: "fulfilled", value: 200 }, "rejected"]);
    } finally {
      await client.close();
      server.close();
      server.closeAllConnections();
    }
  });
});
