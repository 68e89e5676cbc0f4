// SPDX-License-Identifier: Apache-2.0
// Rows 23 to 26: what a task may say while it is waited for. Rows 21 and 22 stand in task-failures; rows 20 and 47, the
// time of the wait, in poll-time.

import assert from "node:assert/strict";
import type { Scenario } from "../support/in-process";
import { fastClock } from "../support/clock/system-clocks";
import { assertFailure } from "../support/in-process";
import { assertInTime } from "../support/in-time";
import { lasting } from "./write-scenario";
import { faultOfWrites } from "./writes";

/** Thirty seconds, for which another certificate is read again, become two. */
const FACTOR = 15;

function warnings(s: Scenario): string[] {
  return s.lines.filter(({ severity }) => severity === "warning").map(({ text }) => text);
}

faultOfWrites(
  23,
  "P",
  "a task that is BLOCKED for ever is waited for, warned of once and never a success",
  async (scenario) => {
    const w = await scenario({ timeoutSeconds: 2 });
    w.scriptWrite({ steps: [{ status: "BLOCKED" }] });
    const outcome = await w.create();
    const taskId = w.taskId();
    w.assertOpen(outcome, "ERR_TASK_TIMEOUT", { taskId }, taskId, "last status BLOCKED", "did not end within 2 s");
    assertInTime(outcome.elapsedMs, { atLeastMs: 1_900, atMostMs: 3_000 });
    assert.deepEqual(
      warnings(w.s).map((text) => text.replace(/^.*: /, "")),
      ["the task is BLOCKED; still waiting"],
    );
    assert.ok(w.polls() >= 8, `${w.polls()} polls`);
    w.assertTraffic(1, 1);
  },
);

faultOfWrites(23, "P", "a task that is BLOCKED and then RUNNING is waited for to its end", async (scenario) => {
  const w = await scenario();
  w.scriptWrite({
    steps: [
      { status: "BLOCKED", forPolls: 2 },
      { status: "RUNNING", forPolls: 1 },
      { status: "BLOCKED", forPolls: 1 },
      { status: "SUCCEEDED" },
    ],
  });
  w.assertDone(await w.create());
  assert.equal(warnings(w.s).filter((text) => text.includes("BLOCKED")).length, 1);
  w.assertTraffic(1, 1);
});

for (const pendingWrites of ["apply", "drop"] as const) {
  faultOfWrites(
    24,
    "P",
    `a restart that forgets the task after "${pendingWrites}" is decided by a read`,
    async (scenario) => {
      const w = await scenario({ simulator: { taskDurationMs: lasting(60_000) } });
      const { simulator } = w.s;
      let restarted: Promise<void> | undefined;
      simulator.journal.onEnd(({ operation, path }) => {
        const isOfWrite = simulator
          .tasks()
          .some(({ id, requestedBy }) => requestedBy === w.kind.write && path.endsWith(id));
        if (operation === "taskGet" && isOfWrite) restarted ??= simulator.restart({ tasks: "forget", pendingWrites });
      });
      const outcome = await w.create();
      await restarted;
      const taskId = w.taskId();
      if (pendingWrites === "apply") assert.equal(w.assertDone(outcome)["taskId"], taskId);
      else w.assertOpen(outcome, "ERR_TASK_NOT_FOUND", { taskId }, "does not know the task any more", "does not show");
      // No blind write; the sessions are gone with the restart.
      w.assertTraffic(2, 1);
    },
  );
}

const STRANGER = { service: "com.vmware.content.library", operation: "sync$task", target: { type: "X", id: "x" } };
for (const effect of ["onSuccess", "never"] as const) {
  faultOfWrites(
    25,
    "P",
    `a task of another service is decided by the read-back (effect: ${effect})`,
    async (scenario) => {
      const w = await scenario({ timeoutSeconds: 120 });
      const steps = [
        { status: "RUNNING", forPolls: 1, fields: STRANGER },
        { status: "SUCCEEDED", fields: STRANGER },
      ];
      w.scriptWrite({ steps, effect });
      const outcome = await w.create({ clock: fastClock(FACTOR) });
      if (effect === "onSuccess") w.assertDone(outcome);
      else w.assertOpen(outcome, "ERR_READBACK_MISMATCH", { settled: true }, w.taskId());
      w.assertTraffic(1, 1);
    },
  );
}

for (const effect of ["onSuccess", "never"] as const) {
  faultOfWrites(
    26,
    "P",
    `the first SUCCEEDED counts, together with the read-back (effect: ${effect})`,
    async (scenario) => {
      const w = await scenario({ timeoutSeconds: 120 });
      w.scriptWrite({ steps: [{ status: "SUCCEEDED", forPolls: 1 }, { status: "RUNNING" }], effect });
      const outcome = await w.create({ clock: fastClock(FACTOR) });
      if (effect === "onSuccess") w.assertDone(outcome);
      else w.assertOpen(outcome, "ERR_READBACK_MISMATCH", { settled: true }, "SUCCEEDED, but the server");
      assert.equal(w.polls(), 1);
      w.assertTraffic(1, 1);
    },
  );
}

faultOfWrites(
  26,
  "P",
  "a partial result, or an error, of a task that still runs counts for nothing",
  async (scenario) => {
    const w = await scenario();
    const result = { certificate: w.s.wanted.certificatePem };
    const early = { id: "com.vmware.test.early", default_message: "Too early.", args: [] };
    const error = { error_type: "ERROR", messages: [early] };
    const steps = [
      { status: "RUNNING", forPolls: 2, fields: { result, error } },
      {
        status: "FAILED",
        fields: { result, error: { ...error, messages: [{ ...early, default_message: "The end." }] } },
      },
    ];
    w.scriptWrite({ steps });
    const outcome = await w.create();
    assertFailure(outcome, "ERR_TASK_FAILED", 'vCenter says "The end"', w.taskId());
    assert.equal(w.polls(), 3);
    w.assertTraffic(1, 1);
  },
);
