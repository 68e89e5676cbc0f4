// SPDX-License-Identifier: Apache-2.0
// VMware's Python SDK sends a body with a GET, and real servers take it.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { startSimulator } from "../src/index";
import { certificatePath, login, plain } from "./plain-client";
import { idOf } from "./patches";

describe("a body on a GET", () => {
  it("is passed over and noted in the journal", async () => {
    const simulator = await startSimulator();
    try {
      const headers = await login(simulator);
      const accepted = await plain(simulator, "GET", certificatePath(simulator), { headers, body: {} });
      assert.equal(accepted.status, 202);
      const task = await plain(simulator, "GET", `/api/cis/tasks/${idOf(accepted)}`, { headers, body: { spec: {} } });
      assert.equal(task.status, 200);
      const noted = simulator.journal.filter({ method: "GET" }).map(({ bodyBytes }) => bodyBytes);
      assert.deepEqual(noted, [2, 11]);
      assert.deepEqual(simulator.requests.unexpected(), []);
    } finally {
      await simulator.close();
    }
  });
});
