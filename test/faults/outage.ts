// SPDX-License-Identifier: Apache-2.0
// Row 14: a vCenter that cannot be reached, before an operation and in the middle of it.

import assert from "node:assert/strict";
import type { Clock } from "../../provider/src/core/clock";
import { makeCertificate } from "../fixtures/certificates/make";
import type { Scenario } from "../support/in-process";
import { pausingClock } from "../support/clock/system-clocks";
import { assertFailure, assertSuccess } from "../support/in-process";
import { assertInTime } from "../support/in-time";
import { fault } from "./fault";
import { lasting } from "./write-scenario";
import { faultOfWrites } from "./writes";

/** Nobody listens, and what stands is reset; after `forMs` somebody listens again. */
function goDown(s: Scenario, forMs?: number): void {
  s.relay?.refuse();
  s.relay?.resetAll();
  if (forMs !== undefined) setTimeout(() => void s.relay?.accept(), forMs).unref();
}

/**
 * For a provider whose outage ends before its second pause after `isDown` is true: back-off is drawn by lot, so that an
 * outage of a fixed length may outlast every try.
 */
function upAgainSoon(s: Scenario, isDown: () => boolean): Clock {
  let pausesDown = 0;
  return pausingClock(async () => {
    if (isDown()) pausesDown += 1;
    if (pausesDown === 2) await s.relay?.accept();
  });
}

fault(14, "L", "a server that begins to listen in time is reached", async (cell) => {
  const s = await cell.scenario({ relayed: true });
  goDown(s);
  const clock = upAgainSoon(s, () => true);
  assertSuccess(await s.providerProcess({ clock }).create(s.inputs()), s.wanted.fingerprint);
  assert.deepEqual([s.simulator.journal.logins(), s.simulator.journal.patches()], [1, 1]);
});

fault(14, "L", "a server that refuses for good is given up after some seconds", async (cell) => {
  const s = await cell.scenario({ relayed: true });
  goDown(s);
  const outcome = await s.providerProcess().create(s.inputs());
  assertFailure(
    outcome,
    "ERR_CONNECT",
    "ECONNREFUSED",
    "POST /api/session",
    "check the server's name and port".slice(1),
  );
  assert.equal(s.simulator.journal.count(), 0);
  assertInTime(outcome.elapsedMs, { atLeastMs: 10_000, atMostMs: 16_500 });
});

fault(14, "L", "a name that nobody knows is named", async (cell) => {
  const s = await cell.scenario();
  const environment = { VSPHERE_TRUST_AUTHORITY_SERVER: "no-such-vcenter.invalid" };
  const outcome = await s.providerProcess({ environment }).create(s.inputs(s.wanted, { timeoutSeconds: 5 }));
  assert.ok(outcome.kind === "failure" && ["ERR_CONNECT", "ERR_OPERATION_TIMEOUT"].includes(outcome.code));
  assertFailure(outcome, outcome.code, "no-such-vcenter.invalid");
  assert.equal(s.simulator.journal.count(), 0);
});

fault(14, "L", "a handshake that hangs ends with the operation", async (cell) => {
  const s = await cell.scenario({ timeoutSeconds: 1 });
  s.simulator.faults.add({ match: "connect", times: Infinity, action: { kind: "blackHole" } });
  const outcome = await s.providerProcess().create(s.inputs());
  assertFailure(outcome, "ERR_OPERATION_TIMEOUT", "within 1 s");
  assertInTime(outcome.elapsedMs, { atMostMs: 2_000 });
  assert.equal(s.simulator.journal.count(), 0);
});

for (const [what, short] of [
  ["a short outage is survived, and carried out once", true],
  ["an outage that stays is never a success", false],
] as const) {
  faultOfWrites(14, "S", what, async (scenario) => {
    const w = await scenario({ relayed: true, sessionsLeft: 1, timeoutSeconds: short ? 20 : 2 });
    let isDown = false;
    const clock = short ? upAgainSoon(w.s, () => isDown) : undefined;
    w.s.simulator.faults.add({
      match: { operation: w.kind.write },
      action: { kind: "reset" },
      onMatch: () => {
        goDown(w.s);
        isDown = true;
      },
    });
    const outcome = await w.create(clock === undefined ? {} : { clock });
    if (short) {
      w.assertDone(outcome);
      w.assertTraffic(1, 2);
    } else {
      w.assertOpen(outcome, "ERR_OUTCOME_UNKNOWN", {}, `${w.kind.method} /api/vcenter`);
      w.assertTraffic(1, 1);
    }
  });
}

fault(14, "S", "an outage that begins before the PATCH is sent, with an open session, is survived", async (cell) => {
  const s = await cell.scenario({ relayed: true, sessionsLeft: 1 });
  let isDown = false;
  const providerProcess = s.providerProcess({ clock: upAgainSoon(s, () => isDown) });
  const before = assertSuccess(await providerProcess.create(s.inputs()), s.wanted.fingerprint);
  const next = await makeCertificate();
  goDown(s);
  isDown = true;
  assertSuccess(await providerProcess.update(before, s.inputs(next)), next.fingerprint);
  assert.deepEqual([s.simulator.journal.logins(), s.simulator.journal.patches()], [1, 2]);
});

faultOfWrites(14, "P", "an outage in the wait that is shorter than the deadline is survived", async (scenario) => {
  const w = await scenario({ relayed: true, simulator: { taskDurationMs: lasting(1_000) } });
  w.answer("P", { kind: "pass" }, 1, {
    skip: 1,
    onMatch: () => {
      goDown(w.s, 2_500);
    },
  });
  const outcome = await w.create();
  w.assertDone(outcome);
  assert.ok(outcome.elapsedMs >= 2_500, `${outcome.elapsedMs} ms`);
  w.assertTraffic(1, 1);
});

for (const phase of ["P", "R"] as const) {
  const where = phase === "P" ? "wait" : "read-back";
  faultOfWrites(14, phase, `an outage in the ${where} that stays leaves the task to the next run`, async (scenario) => {
    const w = await scenario({ relayed: true, timeoutSeconds: 3, sessionsLeft: 1 });
    const onMatch = (): void => {
      goDown(w.s);
    };
    w.answer(phase, { kind: "pass" }, 1, { onMatch });
    const outcome = await w.create();
    assert.ok(outcome.kind === "not-finished");
    const codes = phase === "P" ? ["ERR_TASK_TIMEOUT"] : ["ERR_CONNECT", "ERR_OPERATION_TIMEOUT"];
    assert.ok(codes.includes(outcome.code), outcome.message);
    const saved = w.assertOpen(outcome, outcome.code, { taskId: w.taskId() });
    assertInTime(outcome.elapsedMs, { atMostMs: 4_000 });
    await w.s.relay?.accept();
    w.assertDone(await w.update(saved));
    w.assertTraffic(2, 1);
  });
}

faultOfWrites(14, "R", "a short outage in the read-back is survived", async (scenario) => {
  const w = await scenario({ relayed: true });
  let isDown = false;
  w.answer("R", { kind: "pass" }, 1, {
    onMatch: () => {
      goDown(w.s);
      isDown = true;
    },
  });
  w.assertDone(await w.create({ clock: upAgainSoon(w.s, () => isDown) }));
  w.assertTraffic(1, 1);
});
