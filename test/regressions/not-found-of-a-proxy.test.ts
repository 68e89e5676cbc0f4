// SPDX-License-Identifier: Apache-2.0
// A 404 of a proxy, or of a vCenter whose services still start, was taken for vCenter's word that it forgot the task: a
// failure was reported, and 300 ms later the server held the new certificate. (A refresh: test/behaviours/unfinished.)

import assert from "node:assert/strict";
import type { RequestAction } from "../simulator";
import { assertSuccess } from "../support/in-process";
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
      assertSuccess(await s.providerProcess().create(s.inputs()), s.wanted.fingerprint);
      assert.equal(s.simulator.journal.patches(), 1);
    },
  );

  regression(`a 404 with ${what} that stays leaves the decision to a read`, {}, async (s) => {
    s.simulator.faults.add({ match: { operation: "taskGet" }, times: 4, action });
    assertSuccess(await s.providerProcess().create(s.inputs()), s.wanted.fingerprint);
    assert.equal(s.simulator.journal.patches(), 1);
  });
}
