// SPDX-License-Identifier: Apache-2.0
// Rows 49 and 51: tasks of other key providers that look like the own one, and lists of tasks that fail. An unknown task is
// never proof, and an unknown list never leads to a second PATCH beside the first.

import assert from "node:assert/strict";
import { fingerprintOfPem, makeCertificate } from "../fixtures/certificates/make";
import type { RequestAction, TaskScript } from "../simulator";
import { assertNotFinished, assertSuccess } from "../support/in-process";
import { fault } from "./fault";
import { assertTraffic } from "./traffic";

const LOST: RequestAction = { kind: "respond", status: 502, body: "<html>Bad Gateway</html>", applyThen: true };
const CLUSTER = { id: "domain-c8", keyProviders: ["kms-1", "kms-2"] };
const FAILING: TaskScript = {
  steps: [
    { status: "RUNNING", forMs: 900 },
    { status: "FAILED", fields: { error: { error_type: "ERROR", messages: [] } } },
  ],
  effect: "never",
};

for (const [ends, script] of [
  ["SUCCEEDED", { steps: [{ status: "RUNNING", forMs: 900 }, { status: "SUCCEEDED" }] }],
  ["FAILED", FAILING],
] as const) {
  fault(
    49,
    "S",
    `a lost answer, and a task of another key provider that ${ends} later proves nothing`,
    async (cell) => {
      const s = await cell.scenario({ simulator: { clusters: [CLUSTER], taskDurationMs: { patch: 500, read: 5 } } });
      const [mine, other] = [/kms-1/, /kms-2/];
      s.simulator.faults.add({ match: { operation: "patch", path: mine }, action: LOST });
      s.simulator.faults.add({ match: { operation: "patch", path: other }, action: { kind: "taskScript", script } });
      const process = s.process();
      const first = process.create(s.inputs());
      // Another process, so that nobody here knows whose task it is.
      const second = s.process().create(s.inputs(s.wanted, { keyProvider: "kms-2" }));
      const [outcome, others] = await Promise.all([first, second]);
      const outputs = assertSuccess(outcome, s.wanted.fingerprint);
      assert.equal(others.kind, ends === "SUCCEEDED" ? "success" : "failure");
      const strange = s.simulator
        .tasks()
        .find(({ keyProvider, requestedBy }) => keyProvider === "kms-2" && requestedBy === "patch");
      assert.notEqual(outputs["taskId"], strange?.id);
      assertTraffic(s, 2, 2);
    },
  );
}

fault(
  49,
  "S",
  "two key providers of one cluster whose answers are both lost are both proved, each with one PATCH",
  async (cell) => {
    const s = await cell.scenario({ simulator: { clusters: [CLUSTER], taskDurationMs: { patch: 500, read: 5 } } });
    s.simulator.faults.add({ match: { operation: "patch" }, times: 2, action: LOST });
    const process = s.process();
    const outcomes = await Promise.all(
      CLUSTER.keyProviders.map((keyProvider) => process.create(s.inputs(s.wanted, { keyProvider }))),
    );
    for (const outcome of outcomes) assertSuccess(outcome, s.wanted.fingerprint);
    assertTraffic(s, 1, 2);
  },
);

const REFUSAL: RequestAction = { kind: "respond", status: 403, body: { error_type: "UNAUTHORIZED", messages: [] } };
for (const [what, action] of [
  [
    "RESOURCE_INACCESSIBLE",
    { kind: "respond", status: 500, body: { error_type: "RESOURCE_INACCESSIBLE", messages: [] } },
  ],
  [
    "INTERNAL_SERVER_ERROR",
    { kind: "respond", status: 500, body: { error_type: "INTERNAL_SERVER_ERROR", messages: [] } },
  ],
  ["a 404 page", { kind: "respond", status: 404, body: "<html>Not Found</html>" }],
  ["a reset", { kind: "reset" }],
] as const satisfies readonly (readonly [string, RequestAction])[]) {
  fault(51, "S", `a list that is answered once by ${what} after a lost answer sends no second PATCH`, async (cell) => {
    const s = await cell.scenario({ simulator: { taskDurationMs: { patch: 1_200, read: 5 } } });
    s.simulator.faults.add({ match: { operation: "patch" }, action: LOST });
    s.simulator.faults.add({ match: { operation: "taskList" }, skip: 1, action });
    assertSuccess(await s.process().create(s.inputs()), s.wanted.fingerprint);
    assertTraffic(s, 1, 1);
  });
}

fault(
  51,
  "S",
  "a list that is refused for good after a lost answer is not finished, and the next run reads first",
  async (cell) => {
    const s = await cell.scenario({ simulator: { taskDurationMs: { patch: 4_500, read: 5 } }, timeoutSeconds: 3 });
    s.simulator.faults.add({ match: { operation: "patch" }, action: LOST });
    s.simulator.faults.add({ match: { operation: "taskList" }, times: Infinity, action: REFUSAL });
    const outcome = await s.process().create(s.inputs());
    const saved = assertNotFinished(outcome, "ERR_OUTCOME_UNKNOWN", { fingerprint: s.wanted.fingerprint });
    assertSuccess(await s.process().update(saved, s.inputs(s.wanted, { timeoutSeconds: 20 })), s.wanted.fingerprint);
    assertTraffic(s, 2, 1);
  },
);

fault(
  51,
  "S",
  "the program is set back while a lost PATCH may still run: the certificate that is there proves nothing",
  async (cell) => {
    const lasts = { taskDurationMs: { patch: 4_500, read: 5 } };
    // Nobody can know that the first one still runs.
    const s = await cell.scenario({ simulator: lasts, timeoutSeconds: 20, mayOverlap: true });
    const next = await makeCertificate();
    const saved = assertSuccess(await s.process().create(s.inputs()), s.wanted.fingerprint);
    s.simulator.faults.add({ match: { operation: "patch" }, action: LOST });
    s.simulator.faults.add({ match: { operation: "taskList" }, times: Infinity, action: REFUSAL });
    const outcome = await s.process().update(saved, s.inputs(next, { timeoutSeconds: 3 }));
    const open = assertNotFinished(outcome, "ERR_OUTCOME_UNKNOWN", { fingerprint: next.fingerprint });
    assertSuccess(await s.process().update(open, s.inputs()), s.wanted.fingerprint);
    assertTraffic(s, 3, 3);
    assert.equal(fingerprintOfPem(s.simulator.certificate()), s.wanted.fingerprint);
  },
);
