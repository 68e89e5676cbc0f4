// SPDX-License-Identifier: Apache-2.0
// Rows 50 and 52 to 54: what passes if one waits, and what does not. A page in front of vCenter in every phase, a machine
// that was suspended, an answer that takes longer than a request may, a certificate that shows late.

import assert from "node:assert/strict";
import { makeClock } from "../../provider/src/core/clock";
import type { Operation } from "../simulator";
import { fastClock } from "../support/clock/system-clocks";
import { assertNotFinished, assertSuccess } from "../support/in-process";
import { fault } from "./fault";
import { assertTraffic, patchTask, scriptPatch } from "./traffic";

const FRONT_MS = 1_500;
for (const [phase, operation, skip] of [
  ["L", "login", 0],
  ["S", "patch", 0],
  ["P", "taskGet", 0],
  ["R", "readCertificate", 0],
] as const satisfies readonly (readonly ["L" | "S" | "P" | "R", Operation, number])[]) {
  for (const status of [404, 502, 503]) {
    fault(50, phase, `an HTML ${status} for everything, ${FRONT_MS} ms long, costs only time`, async (cell) => {
      const s = await cell.scenario({ simulator: { taskDurationMs: { patch: 400, read: 5 } } });
      s.simulator.faults.add({ match: { operation }, skip, action: { kind: "front", status, forMs: FRONT_MS } });
      assertSuccess(await s.process().create(s.inputs()), s.wanted.fingerprint);
      // A front's answer to the PATCH tells nothing, so it is sent once more after two looks.
      const { journal } = s.simulator;
      assert.equal(journal.count({ operation: "patch", status: 202 }), 1);
    });
  }
}

fault(
  52,
  "P",
  "a machine that was suspended for an hour ends the wait when it wakes up, and the next run finds the task",
  async (cell) => {
    const s = await cell.scenario({ timeoutSeconds: 60 });
    let suspendedMs = 0;
    const clock = makeClock({
      awakeMs: () => performance.now(),
      uptimeMs: () => performance.now() + suspendedMs,
      timer: (ms, then) => {
        const timeout = setTimeout(then, ms);
        return () => {
          clearTimeout(timeout);
        };
      },
    });
    scriptPatch(s, { steps: [{ status: "RUNNING", forMs: 2_500 }, { status: "SUCCEEDED" }] });
    setTimeout(() => (suspendedMs = 3_600_000), 700);
    const outcome = await s.process({ clock }).create(s.inputs());
    const pending = { taskId: patchTask(s), fingerprint: s.wanted.fingerprint };
    const saved = assertNotFinished(outcome, "ERR_TASK_TIMEOUT", pending, "within 60 s");
    assert.ok(outcome.elapsedMs < 2_400, `${outcome.elapsedMs} ms`);
    assertSuccess(await s.process().update(saved, s.inputs()), s.wanted.fingerprint);
    assertTraffic(s, 2, 1);
  },
);

fault(
  53,
  "A",
  "a 202 that comes later than a request waits for it is not a reason for a second PATCH",
  async (cell) => {
    const s = await cell.scenario({ timeoutSeconds: 200, simulator: { taskDurationMs: { patch: 100, read: 5 } } });
    // 20 of its seconds pass in one: a request gives up after 1.5 s.
    s.simulator.faults.add({ match: { operation: "patch" }, delayMs: 2_500, action: { kind: "pass" } });
    assertSuccess(await s.process({ clock: fastClock(20) }).create(s.inputs()), s.wanted.fingerprint);
    assertTraffic(s, 1, 1);
  },
);

fault(
  54,
  "A",
  "a task that vCenter knows only a second after its 202 is asked for again, and followed",
  async (cell) => {
    const s = await cell.scenario();
    scriptPatch(s, { unknownForMs: 1_000, steps: [{ status: "RUNNING", forMs: 1_400 }, { status: "SUCCEEDED" }] });
    assertSuccess(await s.process().create(s.inputs()), s.wanted.fingerprint);
    assertTraffic(s, 1, 1);
  },
);

fault(54, "R", "a first certificate that shows a second after SUCCEEDED is waited for", async (cell) => {
  const s = await cell.scenario({ simulator: { initialCertificate: null } });
  scriptPatch(s, { lagMs: 1_000 });
  assertSuccess(await s.process().create(s.inputs()), s.wanted.fingerprint);
  assertTraffic(s, 1, 1);
});

fault(
  54,
  "R",
  "one that shows a second after the task of an earlier run SUCCEEDED is waited for, too",
  async (cell) => {
    const s = await cell.scenario({ timeoutSeconds: 1 });
    scriptPatch(s, { steps: [{ status: "RUNNING", forMs: 1_500 }, { status: "SUCCEEDED" }], lagMs: 1_500 });
    const outcome = await s.process().create(s.inputs());
    const pending = { taskId: patchTask(s), fingerprint: s.wanted.fingerprint };
    const saved = assertNotFinished(outcome, "ERR_TASK_TIMEOUT", pending);
    assertSuccess(await s.process().update(saved, s.inputs(s.wanted, { timeoutSeconds: 20 })), s.wanted.fingerprint);
    assertTraffic(s, 2, 1);
  },
);
