// SPDX-License-Identifier: Apache-2.0
// A 404 of a proxy, or of a vCenter whose services still start, was taken for vCenter's word that it forgot the task: a
// failure was reported, and 300 ms later the server held the new certificate.

import assert from "node:assert/strict";
import type { RequestAction } from "../simulator";
import { assertNotFinished, assertSuccess } from "../support/in-process";
import { regression } from "./scene";

const router = {
  error_type: "NOT_FOUND",
  messages: [{ id: "com.vmware.vapi.rest.httpNotFound", default_message: "Not found.", args: [] }],
};
const ANSWERS: readonly (readonly [what: string, action: RequestAction])[] = [
  ["an HTML page", { kind: "respond", status: 404, body: "<html>Not Found</html>" }],
  ["the router's word", { kind: "respond", status: 404, body: router }],
];
for (const [what, action] of ANSWERS) {
  regression(
    `a 404 with ${what} in the wait says nothing about the task`,
    { simulator: { taskDurationMs: { patch: 800, read: 5 } } },
    async (s) => {
      s.simulator.faults.add({ match: { operation: "taskGet" }, times: 2, action });
      assertSuccess(await s.process().create(s.inputs()), s.wanted.fingerprint);
      assert.equal(s.simulator.journal.patches(), 1);
    },
  );

  regression(`a 404 with ${what} that stays leaves the decision to a read`, {}, async (s) => {
    s.simulator.faults.add({ match: { operation: "taskGet" }, times: 4, action });
    assertSuccess(await s.process().create(s.inputs()), s.wanted.fingerprint);
    assert.equal(s.simulator.journal.patches(), 1);
  });

  regression(
    `a refresh keeps a pending task for which ${what} is answered`,
    { timeoutSeconds: 1, simulator: { taskDurationMs: { patch: 60_000, read: 5 } } },
    async (s) => {
      const taskId = (): unknown => s.simulator.tasks().find(({ requestedBy }) => requestedBy === "patch")?.id;
      const outcome = await s.process().create(s.inputs());
      assert.ok(outcome.kind === "not-finished");
      const pending = { taskId: String(taskId()), fingerprint: s.wanted.fingerprint };
      const saved = assertNotFinished(outcome, "ERR_TASK_TIMEOUT", pending);
      s.simulator.faults.add({ match: { operation: "taskGet" }, action });
      const read = await s.process().read(s.id, { ...saved, timeoutSeconds: 20 });
      assert.ok(read.kind === "success");
      assert.equal(read.properties["pendingTaskId"], taskId());
    },
  );
}
