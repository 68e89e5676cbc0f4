// SPDX-License-Identifier: Apache-2.0
// The simulator's TLS: good with its own CA only, and wrong in each chosen way, before any HTTP.

import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect as connectTcp } from "node:net";
import { describe, it } from "node:test";
import type { TLSSocket } from "node:tls";
import { connect } from "node:tls";
import type { ServerCertificateKind, Simulator } from "../src/index";
import { startSimulator } from "../src/index";
import { plain } from "./plain-client";

/** A handshake that verifies nothing. */
function handshake(simulator: Simulator, options: object = {}): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const { host, port } = simulator;
    const socket = connect({ host, port, rejectUnauthorized: false, ...options }, () => {
      resolve(socket);
    });
    socket.on("error", reject);
  });
}

async function serving(kind: ServerCertificateKind, run: (simulator: Simulator) => Promise<void>): Promise<void> {
  const simulator = await startSimulator({ serverCertificate: kind });
  try {
    await run(simulator);
  } finally {
    await simulator.close();
  }
}

describe("TLS of the simulator", () => {
  it("is verified with its CA by address and by name, and not without", async () => {
    await serving("good", async (simulator) => {
      assert.equal((await plain(simulator, "GET", "/api/session")).status, 401);
      assert.equal(readFileSync(simulator.caFile, "utf8"), simulator.caPem);
      await assert.rejects(plain(simulator, "GET", "/api/session", { ca: "" }), {
        code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
      });
      const named = await handshake(simulator, {
        rejectUnauthorized: true,
        ca: simulator.caPem,
        servername: "localhost",
      });
      assert.equal(named.authorized, true);
      const shown = new X509Certificate(named.getPeerCertificate().raw);
      assert.equal(shown.fingerprint256, simulator.serverFingerprint);
      assert.match(simulator.serverFingerprint, /^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
      named.destroy();
      assert.equal(simulator.journal.count(), 1);
    });
  });

  for (const [kind, code] of [
    ["expired", "CERT_HAS_EXPIRED"],
    ["wrong-host", "ERR_TLS_CERT_ALTNAME_INVALID"],
    ["self-signed", "DEPTH_ZERO_SELF_SIGNED_CERT"],
  ] as const) {
    it(`is refused by a verifying client when ${kind}, with no request seen`, async () => {
      await serving(kind, async (simulator) => {
        await assert.rejects(plain(simulator, "GET", "/api/session"), { code });
        assert.equal(simulator.journal.count(), 0);
      });
    });
  }

  it("shows a key of 1024 bits when told to", async () => {
    await serving("rsa-1024", async (simulator) => {
      const socket = await handshake(simulator, { ciphers: "DEFAULT@SECLEVEL=0" });
      const { publicKey } = new X509Certificate(socket.getPeerCertificate().raw);
      assert.equal(publicKey.asymmetricKeyDetails?.modulusLength, 1024);
      socket.destroy();
    });
  });

  it("speaks TLS 1.1 alone when told to, which a modern client refuses", async () => {
    await serving("tls1.1-only", async (simulator) => {
      await assert.rejects(plain(simulator, "GET", "/api/session"), /protocol version/);
      const old = await handshake(simulator, { minVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" });
      assert.equal(old.getProtocol(), "TLSv1.1");
      old.destroy();
      assert.equal(simulator.journal.count(), 0);
    });
  });

  it("takes no harm from a request whose connection is reset before it was read", async () => {
    await serving("good", async (simulator) => {
      for (let turn = 0; turn < 10; turn += 1) {
        const tcp = connectTcp(simulator.port, simulator.host);
        const socket = await handshake(simulator, { socket: tcp });
        socket.write("POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
        setImmediate(() => tcp.resetAndDestroy());
        await once(tcp, "close");
      }
      assert.equal((await plain(simulator, "GET", "/api/session")).status, 401);
    });
  });

  it("gives no keep-alive hint, and a Date that can be set wrong", async () => {
    await serving("good", async (simulator) => {
      const answer = await plain(simulator, "GET", "/api/session", { headers: { connection: "keep-alive" } });
      assert.deepEqual([answer.headers.connection, answer.headers["keep-alive"]], ["keep-alive", undefined]);
      simulator.setClockOffsetMs(3_600_000);
      const later = await plain(simulator, "GET", "/api/session");
      const offsetMs = Date.parse(later.headers.date ?? "") - Date.now();
      assert.ok(Math.abs(offsetMs - 3_600_000) < 2_000, `${offsetMs} ms`);
    });
  });
});
