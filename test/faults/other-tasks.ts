// SPDX-License-Identifier: Apache-2.0
// Rows 49 and 51: tasks of other key providers that look like the own one, and lists of tasks that fail. An unknown task is
// never proof, and an unknown list never leads to a second PATCH beside the first.

import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { fingerprintOfPem, makeCertificate } from "../fixtures/certificates/make";
import type { RequestAction, TaskScript } from "../simulator";
import type { Outcome } from "../support/in-process";
import { assertNotFinished, assertSuccess } from "../support/in-process";
import { fault } from "./fault";
import { assertTraffic } from "./traffic";
import { lasting } from "./write-scenario";
import { faultOfWrites } from "./writes";

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
      const { faults, journal } = s.simulator;
      const [mine, other] = [/kms-1/, /kms-2/];
      let second: Promise<Outcome> | undefined;
      // Another process, so that nobody here knows whose task it is. It begins after the lost one, as one of the lost would.
      const begin = async (): Promise<void> => {
        second = s.providerProcess().create(s.inputs(s.wanted, { keyProvider: "kms-2" }));
        while (journal.count({ operation: "patch", path: other, status: 202 }) === 0) await pause(5);
      };
      faults.add({ match: { operation: "patch", path: mine }, action: LOST, onApplied: begin });
      faults.add({ match: { operation: "patch", path: other }, action: { kind: "taskScript", script } });
      const outcome = await s.providerProcess().create(s.inputs());
      const others = await (second ?? assert.fail("the other one has not begun"));
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

faultOfWrites(
  49,
  "S",
  "a task that may be another key provider's is not what a lost PATCH is saved to wait for",
  async (scenario) => {
    const simulator = { clusters: [CLUSTER], taskDurationMs: lasting(6_000) };
    const w = await scenario({ simulator, timeoutSeconds: 3 });
    w.onWrite(LOST);
    const outcome = await w.create();
    const saved = w.assertOpen(outcome, "ERR_OUTCOME_UNKNOWN", {});
    w.assertDone(await w.update(saved));
    w.assertTraffic(2, 1);
  },
);

fault(
  49,
  "S",
  "two key providers of one cluster whose answers are both lost are both proved, each with one PATCH",
  async (cell) => {
    const s = await cell.scenario({ simulator: { clusters: [CLUSTER], taskDurationMs: { patch: 500, read: 5 } } });
    s.simulator.faults.add({ match: { operation: "patch" }, times: 2, action: LOST });
    const providerProcess = s.providerProcess();
    const outcomes = await Promise.all(
      CLUSTER.keyProviders.map((keyProvider) => providerProcess.create(s.inputs(s.wanted, { keyProvider }))),
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
  faultOfWrites(
    51,
    "S",
    `a list that is answered once by ${what} after a lost answer sends no second PATCH`,
    async (scenario) => {
      const w = await scenario({ simulator: { taskDurationMs: lasting(1_200) } });
      w.onWrite(LOST);
      w.s.simulator.faults.add({ match: { operation: "taskList" }, skip: 1, action });
      w.assertDone(await w.create());
      w.assertTraffic(1, 1);
    },
  );
}

faultOfWrites(
  51,
  "S",
  "a list that is refused for good after a lost answer is not finished, and the next run reads first",
  async (scenario) => {
    const w = await scenario({ simulator: { taskDurationMs: lasting(4_500) }, timeoutSeconds: 3 });
    w.onWrite(LOST);
    w.s.simulator.faults.add({ match: { operation: "taskList" }, times: Infinity, action: REFUSAL });
    const outcome = await w.create();
    const saved = w.assertOpen(outcome, "ERR_OUTCOME_UNKNOWN", {});
    w.assertDone(await w.update(saved));
    w.assertTraffic(2, 1);
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
    const saved = assertSuccess(await s.providerProcess().create(s.inputs()), s.wanted.fingerprint);
    s.simulator.faults.add({ match: { operation: "patch" }, action: LOST });
    s.simulator.faults.add({ match: { operation: "taskList" }, times: Infinity, action: REFUSAL });
    const outcome = await s.providerProcess().update(saved, s.inputs(next, { timeoutSeconds: 3 }));
    const open = assertNotFinished(outcome, "ERR_OUTCOME_UNKNOWN", { fingerprint: next.fingerprint });
    assertSuccess(await s.providerProcess().update(open, s.inputs()), s.wanted.fingerprint);
    assertTraffic(s, 3, 3);
    assert.equal(fingerprintOfPem(s.simulator.certificate()), s.wanted.fingerprint);
  },
);
