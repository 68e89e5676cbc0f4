// SPDX-License-Identifier: Apache-2.0

// Numbers: what an up of many certificates costs, and how soon the end of a task is seen. The measured values are printed
// as diagnostics of the test.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Simulator } from "../simulator/src/index";
import { startSimulator } from "../simulator/src/index";
import { makeStack } from "../support/engine/index";
import { fingerprintOfPem, makeCertificate } from "../fixtures/certificates/make";
import { makeScene, NOTHING, ONE_PATCH, readProgram, succeeded, traffic, writes } from "./scene";

describe("fifty certificates", () => {
  it("take one login, fifty PATCHes and few requests about tasks, and nothing when nothing changes", async (t) => {
    const count = 50;
    const keyProviders = Array.from({ length: count }, (_, number) => `kms-${number}`);
    const scene = await makeScene({
      simulator: { clusters: [{ id: "domain-c8", keyProviders }], taskDurationMs: { patch: 2_000 } },
    });
    const { simulator, stack } = scene;
    try {
      const pairs = await Promise.all(keyProviders.map(() => makeCertificate()));
      await stack.writeFiles(
        Object.fromEntries(pairs.map(({ privateKeyPem: privateKey }, at) => [`${at}.key`, privateKey])),
      );
      await scene.declare(
        ...pairs.map(({ certificatePem: certificate }, at) => ({
          name: `kms-${at}`,
          args: { cluster: "domain-c8", keyProvider: `kms-${at}`, certificate, privateKeyFile: `${at}.key` },
        })),
      );
      await succeeded(stack.up(["--parallel", "50"]));
      assert.deepEqual(
        keyProviders.map((each) => fingerprintOfPem(simulator.certificate("domain-c8", each))),
        pairs.map(({ fingerprint }) => fingerprint),
      );
      const gets = simulator.journal.count({ operation: "taskGet" });
      const lists = simulator.journal.count({ operation: "taskList" });
      const { text } = await stack.exportState();
      t.diagnostic(`task requests: ${gets} get, ${lists} list; state: ${Math.round(text.length / count)} bytes each`);
      assert.ok(text.length / count <= 5_000, "bytes of state each");
      // Fifty times the wait alone, by itself, would be 50 × 17 for the PATCH tasks.
      assert.ok(gets + lists <= 3 * count, `${gets} get, ${lists} list`);
      assert.deepEqual(writes(simulator), { ...ONE_PATCH, patches: count });

      await succeeded(stack.up(["--expect-no-changes"]));
      assert.deepEqual(traffic(simulator), NOTHING);
    } finally {
      await scene.end();
    }
  });
});

describe("the end of a task", () => {
  it("is seen soon, and without many requests, however long the task takes", async (t) => {
    // Each goal is the promise of the schedule, and what the number of requests may be.
    const goals = [
      { taskMs: 200, lagMs: 100, polls: 2 },
      { taskMs: 1_000, lagMs: 100, polls: 10 },
      { taskMs: 5_000, lagMs: 500, polls: 27 },
      { taskMs: 12_000, lagMs: 1_000, polls: 38 },
    ];
    const simulators = await Promise.all(
      goals.map(({ taskMs }) => startSimulator({ taskDurationMs: { patch: taskMs } })),
    );
    const { certificatePem: certificate, privateKeyPem: privateKey } = await makeCertificate();
    const target = { cluster: "domain-c8", keyProvider: "kms-1" };
    const stack = await makeStack({
      program: {
        "index.js": readProgram("several-servers.js"),
        "servers.json": JSON.stringify(
          simulators.map(({ url, user, password, caPem }, at) => ({
            name: `vcenter-${at}`,
            connection: { server: url, user, password, caCertificate: caPem },
            args: { ...target, certificate, privateKey },
          })),
        ),
      },
    });
    try {
      await succeeded(stack.up());
      for (const [at, { taskMs, lagMs, polls }] of goals.entries()) {
        const seen = observe(simulators[at] as Simulator);
        t.diagnostic(`T ${taskMs} ms: read back ${Math.round(seen.lagMs)} ms after the end, ${seen.polls} polls`);
        assert.ok(seen.polls <= polls, `${seen.polls} polls for ${taskMs} ms`);
        // Two round trips, and what two busy cores add to them.
        assert.ok(seen.lagMs >= 0 && seen.lagMs <= lagMs + 400, `${seen.lagMs} ms after a task of ${taskMs} ms`);
      }
    } finally {
      await stack.remove();
      await Promise.all(simulators.map((each) => each.close()));
    }
  });
});

function observe(simulator: Simulator): { readonly lagMs: number; readonly polls: number } {
  simulator.assertClean();
  const [task] = simulator.tasks().filter(({ requestedBy }) => requestedBy === "patch");
  const [read] = simulator.journal.filter({ operation: "readCertificate" });
  if (task?.endedAtMs === undefined || read === undefined) throw new Error("it was not replaced and read back");
  const [patch] = simulator.journal.filter({ operation: "patch" });
  // Before it, the tasks of earlier runs were listed once.
  const polls = simulator.journal.entries.filter(
    ({ operation, startedAtMs }) =>
      (operation === "taskGet" || operation === "taskList") &&
      startedAtMs > (patch?.startedAtMs ?? 0) &&
      startedAtMs < read.startedAtMs,
  );
  return { lagMs: read.startedAtMs - task.endedAtMs, polls: polls.length };
}
