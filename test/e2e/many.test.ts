// SPDX-License-Identifier: Apache-2.0

// Numbers: what an up of many certificates costs. The measured values are printed as diagnostics of the test.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fingerprintOfPem, makeCertificate } from "../fixtures/certificates/make";
import { makeScene, NOTHING, ONE_PATCH, succeeded, traffic, writes } from "./scene";

describe("fifty certificates", () => {
  it("take one login, fifty PATCHes and few requests about tasks, and nothing when nothing changes", async (t) => {
    const count = 50;
    const keyProviders = Array.from({ length: count }, (_, number) => `kms-${number}`);
    const scene = await makeScene({
      simulator: { clusters: [{ id: "domain-c8", keyProviders }], taskDurationMs: { patch: 2_000 } },
      stack: { inline: true },
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
