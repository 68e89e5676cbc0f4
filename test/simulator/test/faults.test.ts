// SPDX-License-Identifier: Apache-2.0
// Every fault of the simulator, proven on the wire: what a rule takes, what the client then gets, and whether the request
// was carried out.

import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { connect as connectTcp } from "node:net";
import { afterEach, before, beforeEach, after, describe, it } from "node:test";
import { connect as connectTls } from "node:tls";
import type { FaultRule, RequestAction, Simulator } from "../src/index";
import { startSimulator } from "../src/index";
import type { Pair } from "./client-certificates";
import { makePair } from "./client-certificates";
import { certificatePath, fields, finalInfo, login, plain, readCertificate } from "./plain-client";

let simulator: Simulator;
let headers: Record<string, string>;
let pair: Pair;

before(async () => {
  simulator = await startSimulator({ taskDurationMs: { patch: 20, read: 5 } });
  pair = await makePair();
});
after(() => simulator.close());
beforeEach(async () => {
  await simulator.reset();
  headers = await login(simulator);
});
afterEach(() => {
  assert.deepEqual(simulator.faults.unused(), []);
});

const on = (action: RequestAction, more: Partial<FaultRule> = {}): void => {
  simulator.faults.add({ match: { operation: "patch" }, action, ...more } as FaultRule);
};
const patch = (): ReturnType<typeof plain> =>
  plain(simulator, "PATCH", certificatePath(simulator), {
    headers,
    body: { certificate: pair.certificate, private_key: pair.privateKey },
  });
const applied = async (): Promise<boolean> => {
  await new Promise((resolve) => setTimeout(resolve, 30));
  const live = new X509Certificate(simulator.certificate() ?? "").fingerprint256;
  return live === new X509Certificate(pair.certificate).fingerprint256;
};

/** Sends one GET on a raw TLS connection and collects what comes until the end, or until quiet for `quietMs`. */
function raw(path: string, quietMs?: number): Promise<{ text: string; ended: boolean; error: string | undefined }> {
  return new Promise((resolve) => {
    const socket = connectTls({ host: simulator.host, port: simulator.port, ca: simulator.caPem });
    let text = "";
    let ended = false;
    const finish = (error?: Error & { code?: string }): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ text, ended, error: error?.code });
    };
    const timer = setTimeout(finish, quietMs ?? 3000);
    const lines = [
      `GET ${path} HTTP/1.1`,
      "Host: x",
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ];
    socket.on("secureConnect", () => socket.write(`${lines.join("\r\n")}\r\n\r\n`));
    socket.on("data", (part: Buffer) => (text += part.toString("latin1")));
    socket.on("end", () => {
      ended = true;
      finish();
    });
    socket.on("error", finish);
  });
}

describe("faults that replace the answer", () => {
  it("responds with any status, header and body, with or without applying", async () => {
    on({ kind: "respond", status: 502, body: "<html>Bad Gateway</html>", applyThen: true });
    on({ kind: "respond", status: 429, headers: { "Retry-After": "7" }, body: { messages: [] } });
    on({ kind: "respond", status: 204 });
    const bad = await patch();
    assert.deepEqual(
      [bad.status, bad.headers["content-type"], bad.text],
      [502, "text/html", "<html>Bad Gateway</html>"],
    );
    assert.equal(await applied(), true);
    simulator.setCertificate(null);
    const slow = await patch();
    assert.deepEqual([slow.status, slow.headers["retry-after"], fields(slow)], [429, "7", { messages: [] }]);
    assert.deepEqual([(await patch()).status, simulator.tasks().length], [204, 1]);
  });

  it("resets before reading and after applying, and ends without an answer", async () => {
    const match = { operation: "patch" } as const;
    simulator.faults.add({ match, action: { kind: "reset" } });
    await assert.rejects(patch(), { code: "ECONNRESET" });
    assert.equal(simulator.tasks().length, 0);
    assert.equal(simulator.journal.entries.at(-1)?.bodySha256, undefined);
    simulator.faults.add({ match, action: { kind: "reset", applyThen: true } });
    await assert.rejects(patch(), { code: "ECONNRESET", syscall: "read" });
    assert.equal(await applied(), true);
    simulator.faults.add({ match, action: { kind: "close" } });
    await assert.rejects(patch(), /socket hang up/);
    assert.deepEqual([simulator.journal.patches(), simulator.journal.entries.at(-1)?.status], [3, undefined]);
  });

  it("cuts a body inside its content-length and inside a chunk", async () => {
    for (const framing of ["content-length", "chunked"] as const) {
      on({ kind: "cutBody", framing });
      await assert.rejects(patch(), /aborted/);
    }
    assert.equal(await applied(), true);
    simulator.faults.add({ match: { operation: "sessionGet" }, action: { kind: "cutBody", body: '"0123456789"' } });
    const { text, ended } = await raw("/api/session");
    assert.match(text, /Content-Length: 12\r\n\r\n"01234$/);
    assert.equal(ended, true);
  });

  it("stalls before the headers and inside the body", async () => {
    for (const at of ["headers", "body"] as const) {
      simulator.faults.add({ match: { operation: "sessionGet" }, action: { kind: "stall", at } });
      const { text, ended, error } = await raw("/api/session", 150);
      assert.deepEqual([text === "", ended, error], [at === "headers", false, undefined]);
    }
  });

  it("drips the real answer and floods with a huge one that stops when the client leaves", async () => {
    on({ kind: "drip", bytes: 20, everyMs: 5 });
    const started = performance.now();
    const dripped = await patch();
    assert.equal(dripped.status, 202);
    assert.ok(performance.now() - started > 25);
    assert.equal((await finalInfo(simulator, dripped, headers))["status"], "SUCCEEDED");
    simulator.faults.add({
      match: { operation: "sessionGet" },
      action: { kind: "hugeBody", bytes: 10_000_000 },
      times: 1,
    });
    const huge = await plain(simulator, "GET", "/api/session", { headers });
    assert.equal(huge.text.length, 10_000_000);
    assert.match(huge.text, /^"x+"$/);
    simulator.faults.add({
      match: { operation: "sessionGet" },
      action: { kind: "hugeBody", bytes: 1_000_000_000, declareLength: true },
    });
    const { text, ended } = await raw("/api/session", 100);
    assert.match(text, /Content-Length: 1000000000/);
    assert.ok(!ended && text.length < 1_000_000_000);
  });

  it("redirects, and answers garbage in place of HTTP", async () => {
    on({ kind: "redirect", location: "http://127.0.0.1:1/x", status: 307 });
    const redirected = await patch();
    assert.deepEqual([redirected.status, redirected.headers.location], [307, "http://127.0.0.1:1/x"]);
    on({ kind: "garbage" });
    await assert.rejects(patch(), { code: "HPE_INVALID_CONSTANT" });
    assert.equal(simulator.tasks().length, 0);
  });

  it("ends every session in mid-flight", async () => {
    on({ kind: "expireSessions" });
    assert.equal((await patch()).status, 401);
    assert.equal(simulator.openSessions(), 0);
  });
});

describe("fault rules", () => {
  it("skips, fires so many times, lets the first match win and counts", async () => {
    const first = simulator.faults.add({
      match: { operation: "sessionGet" },
      skip: 1,
      times: 2,
      action: { kind: "respond", status: 503 },
    });
    simulator.faults.add({ match: { method: "GET", path: /session$/ }, action: { kind: "respond", status: 418 } });
    const statuses = [];
    for (let sent = 0; sent < 5; sent += 1) {
      statuses.push((await plain(simulator, "GET", "/api/session", { headers })).status);
    }
    assert.deepEqual(statuses, [418, 503, 503, 200, 200]);
    assert.deepEqual([first.matched, first.skipped, first.fired], [5, 1, 2]);
  });

  it("matches on the body and on a whole path, delays, and calls back before and after", async () => {
    const calls: string[] = [];
    simulator.faults.add({
      match: { bodyIncludes: "no such text" },
      action: { kind: "respond", status: 500 },
      name: "other body",
    });
    simulator.faults.add({
      match: { path: certificatePath(simulator).split("?")[0] ?? "", bodyIncludes: "private_key" },
      delayMs: 60,
      onMatch: () => void calls.push(`match, ${simulator.tasks().length} tasks`),
      onApplied: () => void calls.push(`applied, ${simulator.tasks().length} tasks`),
      action: { kind: "pass" },
    });
    const started = performance.now();
    assert.equal((await patch()).status, 202);
    assert.ok(performance.now() - started >= 60);
    assert.deepEqual(calls, ["match, 0 tasks", "applied, 1 tasks"]);
    assert.deepEqual(
      simulator.faults.unused().map(({ name }) => name),
      ["other body"],
    );
    simulator.expireSessions();
    assert.throws(() => {
      simulator.assertClean();
    }, /fault rule never used: other body/);
    simulator.faults.clear();
  });

  it("counts what is concurrent, by the times in the journal", async () => {
    simulator.faults.add({ match: { operation: "sessionGet" }, times: 3, delayMs: 60, action: { kind: "pass" } });
    await Promise.all([1, 2, 3].map(() => plain(simulator, "GET", "/api/session", { headers })));
    assert.equal(simulator.journal.maxConcurrent({ operation: "sessionGet" }), 3);
    await readCertificate(simulator, headers);
    assert.equal(simulator.journal.maxConcurrent({ operation: "taskGet" }), 1);
  });
});

describe("faults of a connection before TLS", () => {
  it("resets, answers something that is not TLS, and swallows everything", async () => {
    simulator.faults.add({ match: "connect", action: { kind: "reset" } });
    await assert.rejects(patch(), { code: "ECONNRESET" });
    simulator.faults.add({ match: "connect", action: { kind: "garbage" } });
    await assert.rejects(patch(), { code: /^(EPROTO|ERR_SSL_)/ });
    simulator.faults.add({ match: "connect", action: { kind: "blackHole" } });
    await assert.rejects(plain(simulator, "GET", "/api/session", { headers, signal: AbortSignal.timeout(120) }), {
      name: "AbortError",
    });
    assert.equal(simulator.journal.patches(), 0);
  });

  it("survives a client that talks nonsense", async () => {
    await new Promise((resolve) => {
      const socket = connectTcp(simulator.port, simulator.host, () => socket.end("hello\r\n\r\n"));
      socket.on("close", resolve);
      socket.on("error", () => undefined);
      socket.resume();
    });
    assert.equal((await patch()).status, 202);
    assert.ok(simulator.connections.tlsFailed >= 1);
  });
});
