// SPDX-License-Identifier: Apache-2.0
// The end of the provider process, which the engine asks for by SIGINT after every run: quick, and without a session left
// on vCenter, whatever was going on.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { makeCertificate } from "../fixtures/certificates/make";
import type { MadeCertificate } from "../fixtures/certificates/make";
import { assertInTime } from "../support/in-time";
import { until } from "../support/until";
import { makeStage } from "./scene";
import type { Scene } from "./scene";

/** As the package signal-exit does it. */
const POLITE = `process.on("SIGINT", function polite() {
  if (process.listenerCount("SIGINT") > 1) return;
  process.removeListener("SIGINT", polite);
  process.kill(process.pid, "SIGINT");
});`;

describe("the end of the process", () => {
  let scene: Scene;
  let pair: MadeCertificate;

  before(async () => {
    pair = await makeCertificate();
    scene = await makeStage();
  });
  after(() => scene.end());

  it("takes no time and no login where nothing was sent", async () => {
    await scene.start();
    await scene.provider.check({}, scene.inputs(pair, "kms-1"));
    const { signal, elapsedMs } = await scene.stop();
    assert.equal(signal, "SIGINT");
    assertInTime(elapsedMs, { atMostMs: 1_000 });
    assert.equal(scene.traffic().requests, 0);
  });

  it("comes after the logout where it comes right after the last answer", async () => {
    await scene.start();
    await scene.provider.create(scene.inputs(pair, "kms-1"));
    assert.equal(scene.simulator.openSessions(), 1, "kept for operations that follow");
    const { signal, elapsedMs } = await scene.stop();
    assert.equal(signal, "SIGINT");
    assertInTime(elapsedMs, { atMostMs: 1_500 });
  });

  it("comes also if another provider in the process waits until nobody else handles the signal", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "exit-")), "polite.cjs");
    writeFileSync(file, POLITE);
    await scene.start({ environment: { NODE_OPTIONS: `--require ${file}` } });
    await scene.provider.create(scene.inputs(pair, "kms-2"));
    assert.equal((await scene.stop()).signal, "SIGINT");
    rmSync(dirname(file), { recursive: true });
  });

  it("has nothing left to log out after some idle time, and a new login comes only with new work", async () => {
    await scene.start();
    scene.traffic();
    const read = (): Promise<unknown> => scene.provider.read(scene.id("kms-3"), scene.state(pair, "kms-3"));
    await read();
    await untilLoggedOut();
    await read();
    assert.equal(scene.simulator.journal.logins(), 2);
    await untilLoggedOut();
    const { elapsedMs } = await scene.stop();
    assertInTime(elapsedMs, { atMostMs: 1_000 });
  });

  async function untilLoggedOut(): Promise<void> {
    await until("it logs out", () => scene.simulator.openSessions() === 0);
    await pause(100);
  }
});
