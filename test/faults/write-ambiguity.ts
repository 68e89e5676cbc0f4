// SPDX-License-Identifier: Apache-2.0
// Rows 12, 15 and 16: a write of which nobody knows whether it was carried out. It is looked for, and sent again only where
// it was not.

import assert from "node:assert/strict";
import type { RequestAction } from "../simulator";
import { assertInTime } from "../support/in-time";
import { lasting } from "./write-scenario";
import { faultOfWrites } from "./writes";

/** The lost answers of rows 12 and 16, all of a write that was carried out. */
const APPLIED: readonly (readonly [row: 12 | 16, what: string, action: RequestAction])[] = [
  [12, "a 502", { kind: "respond", status: 502, body: "<html>Bad Gateway</html>", applyThen: true }],
  [12, "a 504", { kind: "respond", status: 504, body: "<html>Gateway Timeout</html>", applyThen: true }],
  [12, "a 408", { kind: "respond", status: 408, body: "<html>Request Timeout</html>", applyThen: true }],
  [16, "a reset", { kind: "reset", applyThen: true }],
  [16, "the end of the connection", { kind: "close", applyThen: true }],
  [16, "bytes that are no HTTP", { kind: "garbage", applyThen: true }],
];
for (const [row, what, action] of APPLIED) {
  faultOfWrites(
    row,
    "S",
    `${what} after it was accepted: its task is found and followed, and no second is sent`,
    async (scenario) => {
      const w = await scenario({ simulator: { taskDurationMs: lasting(700), taskTarget: "key-provider" } });
      w.onWrite(action);
      const outputs = w.assertDone(await w.create());
      assert.ok(w.task() !== undefined && outputs["taskId"] === w.task());
      w.assertTraffic(1, 1);
    },
  );

  faultOfWrites(row, "S", `${what} after it was done, and tasks are not listed: the read tells`, async (scenario) => {
    const w = await scenario({ simulator: { taskDurationMs: lasting(1) } });
    w.onWrite(action);
    w.refuseList(404, "NOT_FOUND");
    w.assertDone(await w.create());
    w.assertTraffic(1, 1);
  });

  faultOfWrites(
    row,
    "S",
    `${what}, and vCenter is gone for good: not finished, and the next run finds it done`,
    async (scenario) => {
      const w = await scenario({ relayed: true, timeoutSeconds: 4, sessionsLeft: 1 });
      const { s, kind } = w;
      s.simulator.faults.add({
        match: { operation: kind.write },
        action,
        onApplied: () => {
          s.relay?.refuse();
        },
      });
      s.simulator.faults.add({ match: { operation: "taskList" }, skip: 1, times: Infinity, action: { kind: "reset" } });
      const outcome = await w.create();
      const texts = [`${kind.method} /api/vcenter/trusted-infra`, `unknown whether the ${kind.noun} took effect`];
      const saved = w.assertOpen(outcome, "ERR_OUTCOME_UNKNOWN", {}, ...texts);
      assertInTime(outcome.elapsedMs, { atMostMs: 5_000 });
      await s.relay?.accept();
      w.assertDone(await w.update(saved));
      assert.equal(s.simulator.journal.count({ operation: kind.write }), 1);
    },
  );
}

const UNREAD: readonly (readonly [what: string, action: RequestAction])[] = [
  ["a reset", { kind: "reset" }],
  ["the end of the connection", { kind: "close" }],
];
for (const [what, action] of UNREAD) {
  faultOfWrites(15, "S", `${what} before it was read: two looks, the old state, one repeat`, async (scenario) => {
    const w = await scenario();
    w.onWrite(action);
    w.assertDone(await w.create());
    const order = w.order();
    const between = order.slice(order.indexOf(w.kind.write) + 1, order.lastIndexOf(w.kind.write));
    assert.ok(between[0] === "taskList" && between.filter((one) => one === "taskList").length === 2, between.join());
    w.assertTraffic(1, 2);
  });

  faultOfWrites(15, "S", `${what} each time ends after two of them, as unknown`, async (scenario) => {
    const w = await scenario();
    w.onWrite(action, Infinity);
    w.assertOpen(await w.create(), "ERR_OUTCOME_UNKNOWN", {}, `does not show the ${w.kind.noun}`);
    w.assertTraffic(1, 2);
  });
}

faultOfWrites(
  15,
  "S",
  "RESOURCE_BUSY in answer to the repeat may be the first one: it is looked for, and not sent again",
  async (scenario) => {
    const w = await scenario({ simulator: { taskDurationMs: lasting(1_500) } });
    w.onWrite({ kind: "close" });
    // It was taken up behind a front, after the two looks.
    w.onWrite({ kind: "respond", status: 500, body: { error_type: "RESOURCE_BUSY", messages: [] }, applyThen: true });
    w.assertDone(await w.create());
    w.assertTraffic(1, 2);
  },
);
