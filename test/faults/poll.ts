// SPDX-License-Identifier: Apache-2.0
// Rows 23 to 26: what a task may say while it is waited for. Rows 21 and 22 stand in task-failures; rows 20 and 47, the
// time of the wait, in poll-time.

import assert from "node:assert/strict";
import type { Scenario } from "../support/in-process";
import { fastClock } from "../support/clock/system-clocks";
import { assertFailure, assertNotFinished, assertSuccess } from "../support/in-process";
import { fault } from "./fault";
import { faultOfWrites, lasting } from "./writes";
import { assertTraffic, patchTask, pollsOfPatch, scriptPatch } from "./traffic";

/** Thirty seconds, for which another certificate is read again, become two. */
const FACTOR = 15;

function warnings(s: Scenario): string[] {
  return s.lines.filter(({ severity }) => severity === "warning").map(({ text }) => text);
}

fault(23, "P", "a task that is BLOCKED for ever is waited for, warned of once and never a success", async (cell) => {
  const s = await cell.scenario({ timeoutSeconds: 2 });
  scriptPatch(s, { steps: [{ status: "BLOCKED" }] });
  const outcome = await s.process().create(s.inputs());
  const taskId = patchTask(s);
  assertNotFinished(
    outcome,
    "ERR_TASK_TIMEOUT",
    { taskId, fingerprint: s.wanted.fingerprint },
    taskId,
    "last status BLOCKED",
    "did not end within 2 s",
  );
  assert.ok(outcome.elapsedMs >= 1_900 && outcome.elapsedMs <= 3_000, `${outcome.elapsedMs} ms`);
  assert.deepEqual(
    warnings(s).map((text) => text.replace(/^.*: /, "")),
    ["the task is BLOCKED; still waiting"],
  );
  assert.ok(pollsOfPatch(s) >= 8, `${pollsOfPatch(s)} polls`);
  assertTraffic(s, 1, 1);
});

fault(23, "P", "a task that is BLOCKED and then RUNNING is waited for to its end", async (cell) => {
  const s = await cell.scenario();
  scriptPatch(s, {
    steps: [
      { status: "BLOCKED", forPolls: 2 },
      { status: "RUNNING", forPolls: 1 },
      { status: "BLOCKED", forPolls: 1 },
      { status: "SUCCEEDED" },
    ],
  });
  assertSuccess(await s.process().create(s.inputs()), s.wanted.fingerprint);
  assert.equal(warnings(s).filter((text) => text.includes("BLOCKED")).length, 1);
  assertTraffic(s, 1, 1);
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
  fault(25, "P", `a task of another service is decided by the read-back (effect: ${effect})`, async (cell) => {
    const s = await cell.scenario({ timeoutSeconds: 120 });
    const steps = [
      { status: "RUNNING", forPolls: 1, fields: STRANGER },
      { status: "SUCCEEDED", fields: STRANGER },
    ];
    scriptPatch(s, { steps, effect });
    const outcome = await s.process({ clock: fastClock(FACTOR) }).create(s.inputs());
    if (effect === "onSuccess") assertSuccess(outcome, s.wanted.fingerprint);
    else assertNotFinished(outcome, "ERR_READBACK_MISMATCH", {}, patchTask(s), s.wanted.fingerprint);
    assertTraffic(s, 1, 1);
  });
}

for (const effect of ["onSuccess", "never"] as const) {
  fault(26, "P", `the first SUCCEEDED counts, together with the read-back (effect: ${effect})`, async (cell) => {
    const s = await cell.scenario({ timeoutSeconds: 120 });
    scriptPatch(s, { steps: [{ status: "SUCCEEDED", forPolls: 1 }, { status: "RUNNING" }], effect });
    const outcome = await s.process({ clock: fastClock(FACTOR) }).create(s.inputs());
    if (effect === "onSuccess") assertSuccess(outcome, s.wanted.fingerprint);
    else assertNotFinished(outcome, "ERR_READBACK_MISMATCH", {}, "SUCCEEDED, but the server shows");
    assert.equal(pollsOfPatch(s), 1);
    assertTraffic(s, 1, 1);
  });
}

fault(26, "P", "a partial result, or an error, of a task that still runs counts for nothing", async (cell) => {
  const s = await cell.scenario();
  const result = { certificate: s.wanted.certificatePem };
  const early = { id: "com.vmware.test.early", default_message: "Too early.", args: [] };
  const error = { error_type: "ERROR", messages: [early] };
  const steps = [
    { status: "RUNNING", forPolls: 2, fields: { result, error } },
    {
      status: "FAILED",
      fields: { result, error: { ...error, messages: [{ ...early, default_message: "The end." }] } },
    },
  ];
  scriptPatch(s, { steps });
  const outcome = await s.process().create(s.inputs());
  assertFailure(outcome, "ERR_TASK_FAILED", 'vCenter says "The end"', patchTask(s));
  assert.equal(pollsOfPatch(s), 3);
  assertTraffic(s, 1, 1);
});
