// SPDX-License-Identifier: Apache-2.0
// Rows 17 to 19: an accepted write whose answer names no task that could be followed. It is never sent again.

import assert from "node:assert/strict";
import type { RequestAction } from "../simulator";
import { fastClock } from "../support/clock/system-clocks";
import { assertInTime } from "../support/in-time";
import { lasting } from "./write-scenario";
import { faultOfWrites, oneForm } from "./writes";

/** Thirty seconds, for which another certificate is read again, become two. */
const FACTOR = 15;

const accepted = (body: unknown, contentType = "application/json"): RequestAction => ({
  kind: "respond",
  status: 202,
  body,
  contentType,
  applyThen: true,
});
const NO_ID: readonly (readonly [what: string, action: RequestAction])[] = [
  ["a body that is cut", { kind: "cutBody" }],
  ["a chunk that is cut", { kind: "cutBody", framing: "chunked" }],
  ["bad JSON", accepted('"task-1')],
  ["no body", accepted("")],
  ["an empty string", accepted('""')],
  ["null", accepted("null")],
  ["an object", accepted({ value: "task-1" })],
  ["an array", accepted(["task-1"])],
  ["a number", accepted("17")],
  ["HTML", accepted("<html>Accepted</html>", "text/html")],
  ["10 MB", { kind: "hugeBody", bytes: 10_000_000, applyThen: true }],
];
for (const [what, action] of NO_ID) {
  faultOfWrites(
    17,
    "A",
    `a 202 with ${what}: the task is found by the list and followed`,
    async (scenario) => {
      const w = await scenario({ simulator: { taskDurationMs: lasting(500), taskTarget: "key-provider" } });
      w.onWrite(action);
      assert.equal(w.assertDone(await w.create())["taskId"], w.task());
      w.assertTraffic(1, 1);
    },
    oneForm(what === "a body that is cut"),
  );

  faultOfWrites(
    17,
    "A",
    `a 202 with ${what}, and tasks are not listed: read until it shows`,
    async (scenario) => {
      const w = await scenario({ simulator: { taskDurationMs: lasting(500) } });
      w.onWrite(action);
      w.refuseList();
      assert.equal(w.assertDone(await w.create())["taskId"], undefined);
      // On a busy machine the task may end meanwhile.
      assert.ok(w.reads() >= 1);
      w.assertTraffic(1, 1);
    },
    oneForm(what === "a body that is cut"),
  );
}

faultOfWrites(17, "A", "a task that is not found and shows nothing in time is not finished", async (scenario) => {
  const w = await scenario({ simulator: { taskDurationMs: lasting(60_000) }, timeoutSeconds: 2 });
  w.onWrite(accepted("null"));
  w.refuseList();
  const outcome = await w.create();
  const texts = [
    `accepted the ${w.kind.noun}`,
    "task id is unknown",
    "did not end within 2 s",
    "reads the server first",
  ];
  w.assertOpen(outcome, "ERR_OUTCOME_UNKNOWN", {}, ...texts);
  assertInTime(outcome.elapsedMs, { atLeastMs: 1_900, atMostMs: 3_000 });
  w.assertTraffic(1, 1);
});

for (const status of [200, 201, 203, 204, 205, 206] as const) {
  faultOfWrites(
    18,
    "A",
    `a ${status} instead of 202 is believed when the read shows it`,
    async (scenario) => {
      const w = await scenario();
      w.onWrite({ kind: "respond", status, applyThen: true });
      w.assertDone(await w.create());
      assert.ok(w.reads() >= 1);
      w.assertTraffic(1, 1);
    },
    oneForm(status === 201),
  );
}

for (const status of [200, 204] as const) {
  faultOfWrites(
    18,
    "A",
    `a ${status} instead of 202 is no success when the read does not show it`,
    async (scenario) => {
      const w = await scenario({ timeoutSeconds: 45 });
      w.onWrite({ kind: "respond", status });
      const outcome = await w.create({ clock: fastClock(FACTOR) });
      w.assertOpen(outcome, "ERR_OUTCOME_UNKNOWN", {}, `HTTP ${status} instead of 202`, "did not end within");
      w.assertTraffic(1, 1);
    },
  );
}

const FOLLOWED = ["a/b", "a?b=c", "a b", "../../session/1", "a%2Fb", "a#b", "a;b", "ä-task"];
for (const id of FOLLOWED) {
  faultOfWrites(
    19,
    ["A", "P"],
    `the task id ${JSON.stringify(id)} is percent-encoded`,
    async (scenario) => {
      const w = await scenario();
      w.onWrite(accepted(JSON.stringify(id)));
      const info = { status: "SUCCEEDED", service: "s", operation: "update$task", cancelable: false };
      w.answer("P", { kind: "respond", status: 200, body: info });
      const outputs = w.assertDone(await w.create());
      assert.equal(outputs["taskId"], id);
      const [poll] = w.requests("P");
      assert.equal(poll?.rawPath, `/api/cis/tasks/${encodeURIComponent(id)}`);
      w.assertTraffic(1, 1);
    },
    oneForm(id === "a/b"),
  );
}

const REFUSED: readonly (readonly [what: string, id: string])[] = [
  ["dots", ".."],
  ["one dot", "."],
  ["CR LF", "task-1\r\nX-Injected: 1"],
  ["an escape", "task-1\u001b[2J"],
  ["600 characters", "t".repeat(600)],
];
for (const [what, id] of REFUSED) {
  faultOfWrites(
    19,
    "A",
    `a task id of ${what} is rejected, and the task found by the list`,
    async (scenario) => {
      const w = await scenario();
      w.onWrite(accepted(JSON.stringify(id)));
      const outputs = w.assertDone(await w.create());
      assert.notEqual(outputs["taskId"], id);
      const { journal } = w.s.simulator;
      assert.ok(
        journal.entries.every(({ headers, rawPath }) => headers["x-injected"] === undefined && !rawPath.includes("..")),
      );
      w.assertTraffic(1, 1);
    },
    oneForm(what === "dots"),
  );
}
