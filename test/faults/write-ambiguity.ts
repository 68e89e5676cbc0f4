// SPDX-License-Identifier: Apache-2.0
// Rows 12, 15 and 16: a PATCH of which nobody knows whether it was carried out. It is looked for, and sent again only where
// it was not.

import assert from "node:assert/strict";
import type { RequestAction } from "../simulator";
import type { Scenario } from "../support/in-process";
import { assertNotFinished, assertSuccess } from "../support/in-process";
import { fault } from "./fault";

function onPatch(s: Scenario, action: RequestAction): void {
  s.simulator.faults.add({ match: { operation: "patch" }, action });
}

/** A vCenter that does not list tasks: only the certificate itself can tell. */
function refuseList(s: Scenario): void {
  s.simulator.faults.add({
    match: { operation: "taskList" },
    times: Infinity,
    action: { kind: "respond", status: 404, body: { error_type: "NOT_FOUND", messages: [] } },
  });
}

function assertTraffic({ simulator: { journal } }: Scenario, patches: number): void {
  assert.deepEqual([journal.logins(), journal.patches()], [1, patches]);
}

/** The lost answers of rows 12 and 16, all of a PATCH that was carried out. */
const APPLIED: readonly (readonly [row: 12 | 16, what: string, action: RequestAction])[] = [
  [12, "a 502", { kind: "respond", status: 502, body: "<html>Bad Gateway</html>", applyThen: true }],
  [12, "a 504", { kind: "respond", status: 504, body: "<html>Gateway Timeout</html>", applyThen: true }],
  [16, "a reset", { kind: "reset", applyThen: true }],
  [16, "the end of the connection", { kind: "close", applyThen: true }],
  [16, "bytes that are no HTTP", { kind: "garbage", applyThen: true }],
];
for (const [row, what, action] of APPLIED) {
  fault(
    row,
    "S",
    `${what} after the PATCH was accepted: its task is found and followed, and no second is sent`,
    async (cell) => {
      const s = await cell.scenario({
        simulator: { taskDurationMs: { patch: 700, read: 5 }, taskTarget: "key-provider" },
      });
      onPatch(s, action);
      const outputs = assertSuccess(await s.process().create(s.inputs()), s.wanted.fingerprint);
      const [task] = s.simulator.tasks().filter(({ requestedBy }) => requestedBy === "patch");
      assert.ok(task !== undefined && outputs["taskId"] === task.id);
      assertTraffic(s, 1);
    },
  );

  fault(row, "S", `${what} after the PATCH was done, and tasks are not listed: the read tells`, async (cell) => {
    const s = await cell.scenario({ simulator: { taskDurationMs: { patch: 1, read: 5 } } });
    onPatch(s, action);
    refuseList(s);
    assertSuccess(await s.process().create(s.inputs()), s.wanted.fingerprint);
    assertTraffic(s, 1);
  });

  fault(
    row,
    "S",
    `${what}, and vCenter is gone for good: not finished, and the next run finds it done`,
    async (cell) => {
      const s = await cell.scenario({ relayed: true, timeoutSeconds: 1.5, sessionsLeft: 1 });
      s.simulator.faults.add({
        match: { operation: "patch" },
        action,
        onApplied: () => {
          s.relay?.refuse();
        },
      });
      s.simulator.faults.add({ match: { operation: "taskList" }, times: Infinity, action: { kind: "reset" } });
      const outcome = await s.process().create(s.inputs());
      const saved = assertNotFinished(
        outcome,
        "ERR_OUTCOME_UNKNOWN",
        { fingerprint: s.wanted.fingerprint },
        "PATCH /api/vcenter/trusted-infrastructure",
        "is unknown whether the certificate took effect",
      );
      assert.ok(outcome.elapsedMs < 2_500, `${outcome.elapsedMs} ms`);
      await s.relay?.accept();
      assertSuccess(await s.process().update(saved, s.inputs()), s.wanted.fingerprint);
      assert.equal(s.simulator.journal.patches(), 1);
    },
  );
}

const UNREAD: readonly (readonly [what: string, action: RequestAction])[] = [
  ["a reset", { kind: "reset" }],
  ["the end of the connection", { kind: "close" }],
];
for (const [what, action] of UNREAD) {
  fault(15, "S", `${what} before the request was read: two looks, the old certificate, one repeat`, async (cell) => {
    const s = await cell.scenario();
    onPatch(s, action);
    assertSuccess(await s.process().create(s.inputs()), s.wanted.fingerprint);
    const order = s.simulator.journal.entries.map(({ operation }) => operation);
    const [first, second] = [order.indexOf("patch"), order.lastIndexOf("patch")];
    const between = order.slice(first + 1, second);
    assert.ok(between[0] === "taskList" && between.filter((one) => one === "taskList").length === 2, between.join());
    assertTraffic(s, 2);
  });

  fault(15, "S", `${what} each time ends after two PATCHes, as unknown`, async (cell) => {
    const s = await cell.scenario();
    s.simulator.faults.add({ match: { operation: "patch" }, times: Infinity, action });
    const outcome = await s.process().create(s.inputs());
    assertNotFinished(
      outcome,
      "ERR_OUTCOME_UNKNOWN",
      { fingerprint: s.wanted.fingerprint },
      "does not show the certificate",
    );
    assertTraffic(s, 2);
  });
}
