// SPDX-License-Identifier: Apache-2.0
// What the server itself says about writes on one key provider that ran at once.

import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Simulator } from "../src/index";
import { startSimulator } from "../src/index";
import type { PlainAnswer } from "./plain-client";
import { certificatePath, finalInfo, login, plain } from "./plain-client";
import { idOf, patchNewPair, scriptedPatch } from "./patches";

describe("overlapping writes", () => {
  let simulator: Simulator;
  let headers: Record<string, string>;
  before(async () => {
    const clusters = [{ id: "domain-c8", keyProviders: ["kms-1", "kms-2"] }];
    simulator = await startSimulator({ clusters, taskDurationMs: { patch: 60, read: 5 } });
  });
  after(() => simulator.close());
  beforeEach(async () => {
    await simulator.reset();
    headers = await login(simulator);
  });

  const post = (path: string): Promise<PlainAnswer> => plain(simulator, "POST", path, { headers });

  it("tells which writes on one key provider overlapped, of whatever kind, and also when nobody could see it", async () => {
    const steps = [{ status: "RUNNING", forMs: 5000 }, { status: "SUCCEEDED" }];
    simulator.faults.add({ match: { method: "POST" }, times: 2, action: { kind: "taskScript", script: { steps } } });
    const first = await scriptedPatch(simulator, headers, { steps, unknownForMs: 1000 });
    await plain(simulator, "GET", certificatePath(simulator), { headers });
    await patchNewPair(simulator, headers, certificatePath(simulator).replace("kms-1", "kms-2"));
    assert.deepEqual(simulator.overlaps(), []);
    const second = await post(certificatePath(simulator));
    const third = await post(certificatePath(simulator).replace("?", "/csr?"));
    const seen = simulator.overlaps().map((each) => [each.first.id, each.second.id]);
    assert.deepEqual(seen, [
      [idOf(first), idOf(second)],
      [idOf(first), idOf(third)],
      [idOf(second), idOf(third)],
    ]);
    await simulator.restart();
    assert.equal(simulator.overlaps().length, 3);
    await simulator.reset();
    assert.deepEqual(simulator.overlaps(), []);
  });

  it("counts a write as running until its end, and a vanished one until its change shows", async () => {
    await finalInfo(simulator, await patchNewPair(simulator, headers), headers);
    await finalInfo(simulator, await patchNewPair(simulator, headers), headers);
    const vanished = { status: "RUNNING", vanish: true } as const;
    await scriptedPatch(simulator, headers, { steps: [vanished], effect: { afterMs: 50 } });
    await sleep(60);
    await scriptedPatch(simulator, headers, { steps: [vanished], effect: "never" });
    await scriptedPatch(simulator, headers, { steps: [vanished], effect: { afterMs: 5000 } });
    assert.deepEqual(simulator.overlaps(), []);
    await patchNewPair(simulator, headers);
    assert.equal(simulator.overlaps().length, 1);
  });
});
