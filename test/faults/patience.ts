// SPDX-License-Identifier: Apache-2.0
// Rows 50 and 52 to 54: what passes if one waits, and what does not. A page in front of vCenter in every phase, a machine
// that was suspended, an answer that takes longer than a request may, a certificate that shows late.

import assert from "node:assert/strict";
import { makeClock } from "../../provider/src/core/clock";
import { fastClock } from "../support/clock/system-clocks";
import { assertSuccess, describe } from "../support/in-process";
import { assertInTime } from "../support/in-time";
import { until } from "../support/until";
import { fault } from "./fault";
import { assertTraffic, scriptPatch } from "./traffic";
import { lasting } from "./write-scenario";
import { faultOfWrites, oneForm } from "./writes";

const FRONT_MS = 3_000;
for (const status of [404, 503, 521]) {
  const action = { kind: "front", status, forMs: FRONT_MS } as const;
  const title = `an HTML ${status} for everything, ${FRONT_MS} ms long, costs only time`;
  fault(50, "L", title, async (cell) => {
    const s = await cell.scenario();
    s.simulator.faults.add({ match: { operation: "login" }, action });
    assertSuccess(await s.providerProcess().create(s.inputs()), s.wanted.fingerprint);
    assertTraffic(s, s.simulator.journal.logins(), 1);
  });
  fault(50, "G0", title, async (cell) => {
    const s = await cell.scenario({ simulator: { initialCertificate: null } });
    s.simulator.setCertificate(s.wanted.certificatePem);
    s.simulator.faults.add({ match: { operation: "readCertificate" }, action });
    const outcome = await s.providerProcess().create(s.inputs(s.wanted, { adopt: true }));
    assertSuccess(outcome, s.wanted.fingerprint);
    assert.ok(outcome.elapsedMs >= FRONT_MS, `${outcome.elapsedMs} ms`);
    assertTraffic(s, 1, 0);
  });
  fault(50, "R", `${title}, also in a refresh`, async (cell) => {
    const s = await cell.scenario();
    const saved = assertSuccess(await s.providerProcess().create(s.inputs()), s.wanted.fingerprint);
    await until("that process has logged out", () => s.simulator.openSessions() === 0);
    s.simulator.faults.add({ match: { operation: "readCertificate" }, action });
    const outcome = await s.providerProcess().read(s.id, saved);
    assert.ok(outcome.kind === "success" && outcome.id === s.id, describe(outcome));
    assert.equal(outcome.properties["sha256Fingerprint"], s.wanted.fingerprint);
    assertTraffic(s, 2, 1);
  });
  fault(50, "H", title, async (cell) => {
    const s = await cell.scenario();
    s.simulator.faults.add({ match: { operation: "readKeyProvider" }, action });
    assertSuccess(await s.providerProcess().create(s.inputs(s.wanted, { waitForHealth: true })), s.wanted.fingerprint);
    assertTraffic(s, 1, 1);
  });
  fault(
    50,
    "X",
    `an HTML ${status} for everything at the logout changes no result, and it is tried once`,
    async (cell) => {
      const s = await cell.scenario({ sessionsLeft: 1 });
      s.simulator.faults.add({ match: { operation: "logout" }, action });
      assertSuccess(await s.providerProcess().create(s.inputs()), s.wanted.fingerprint);
      await until("it has logged out", () => s.simulator.journal.count({ operation: "logout" }) === 1);
      assertTraffic(s, 1, 1);
    },
  );
  for (const phase of ["S", "P", "R"] as const) {
    faultOfWrites(
      50,
      phase,
      title,
      async (scenario) => {
        const w = await scenario({ simulator: { taskDurationMs: lasting(400) } });
        w.answer(phase, action);
        w.assertDone(await w.create());
        // A front's answer to the write tells nothing, so it is sent once more after two looks.
        assert.equal(w.s.simulator.journal.count({ operation: w.kind.write, status: 202 }), 1);
      },
      oneForm(status === 503),
    );
  }
}

faultOfWrites(
  52,
  "P",
  "a machine that was suspended for an hour ends the wait when it wakes up, and the next run finds the task",
  async (scenario) => {
    const w = await scenario({ timeoutSeconds: 60 });
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
    w.scriptWrite({ steps: [{ status: "RUNNING", forMs: 2_500 }, { status: "SUCCEEDED" }] });
    setTimeout(() => (suspendedMs = 3_600_000), 700);
    const outcome = await w.create({ clock });
    const pending = { taskId: w.taskId() };
    const saved = w.assertOpen(outcome, "ERR_TASK_TIMEOUT", pending, "within 60 s");
    assertInTime(outcome.elapsedMs, { atMostMs: 2_400 });
    w.assertDone(await w.update(saved));
    w.assertTraffic(2, 1);
  },
);

faultOfWrites(
  53,
  "A",
  "a 202 that comes later than a request waits for it is not a reason for a second PATCH",
  async (scenario) => {
    const w = await scenario({ timeoutSeconds: 200, simulator: { taskDurationMs: lasting(100) } });
    // 20 of its seconds pass in one: a request gives up after 1.5 s.
    w.answer("A", { kind: "pass" }, 1, { delayMs: 2_500 });
    w.assertDone(await w.create({ clock: fastClock(20) }));
    w.assertTraffic(1, 1);
  },
);

faultOfWrites(
  54,
  "A",
  "a task that vCenter knows only a second after its 202 is asked for again, and followed",
  async (scenario) => {
    const w = await scenario();
    w.scriptWrite({ unknownForMs: 1_000, steps: [{ status: "RUNNING", forMs: 1_400 }, { status: "SUCCEEDED" }] });
    w.assertDone(await w.create());
    w.assertTraffic(1, 1);
  },
);

fault(54, "R", "a first certificate that shows a second after SUCCEEDED is waited for", async (cell) => {
  const s = await cell.scenario({ simulator: { initialCertificate: null } });
  scriptPatch(s, { lagMs: 1_000 });
  assertSuccess(await s.providerProcess().create(s.inputs()), s.wanted.fingerprint);
  assertTraffic(s, 1, 1);
});

faultOfWrites(
  54,
  "R",
  "one that shows a second after the task of an earlier run SUCCEEDED is waited for, too",
  async (scenario) => {
    const w = await scenario({ timeoutSeconds: 3 });
    w.scriptWrite({ steps: [{ status: "RUNNING", forMs: 4_500 }, { status: "SUCCEEDED" }], lagMs: 1_500 });
    const outcome = await w.create();
    const pending = { taskId: w.taskId() };
    const saved = w.assertOpen(outcome, "ERR_TASK_TIMEOUT", pending);
    w.assertDone(await w.update(saved));
    w.assertTraffic(2, 1);
  },
);
