// SPDX-License-Identifier: Apache-2.0
// Row 14: a vCenter that cannot be reached, before an operation and in the middle of it.

import assert from "node:assert/strict";
import type { Clock } from "../../provider/src/core/clock";
import { makeCertificate } from "../fixtures/certificates/make";
import type { Scenario } from "../support/in-process";
import { pausingClock } from "../support/clock/system-clocks";
import { assertFailure, assertNotFinished, assertSuccess } from "../support/in-process";
import { fault } from "./fault";

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
  assertSuccess(await s.process({ clock }).create(s.inputs()), s.wanted.fingerprint);
  assert.deepEqual([s.simulator.journal.logins(), s.simulator.journal.patches()], [1, 1]);
});

fault(14, "L", "a server that refuses for good is given up after some seconds", async (cell) => {
  const s = await cell.scenario({ relayed: true });
  goDown(s);
  const outcome = await s.process().create(s.inputs());
  assertFailure(
    outcome,
    "ERR_CONNECT",
    "ECONNREFUSED",
    "POST /api/session",
    "check the server's name and port".slice(1),
  );
  assert.equal(s.simulator.journal.count(), 0);
  assert.ok(outcome.elapsedMs > 9_000 && outcome.elapsedMs < 16_500, `${outcome.elapsedMs} ms`);
});

fault(14, "L", "a name that nobody knows is named", async (cell) => {
  const s = await cell.scenario();
  const environment = { VSPHERE_TRUST_AUTHORITY_SERVER: "no-such-vcenter.invalid" };
  const outcome = await s.process({ environment }).create(s.inputs(s.wanted, { timeoutSeconds: 5 }));
  assert.ok(outcome.kind === "failure" && ["ERR_CONNECT", "ERR_OPERATION_TIMEOUT"].includes(outcome.code));
  assertFailure(outcome, outcome.code, "no-such-vcenter.invalid");
  assert.equal(s.simulator.journal.count(), 0);
});

fault(14, "L", "a handshake that hangs ends with the operation", async (cell) => {
  const s = await cell.scenario({ timeoutSeconds: 1 });
  s.simulator.faults.add({ match: "connect", times: Infinity, action: { kind: "blackHole" } });
  const outcome = await s.process().create(s.inputs());
  assertFailure(outcome, "ERR_OPERATION_TIMEOUT", "within 1 s");
  assert.ok(outcome.elapsedMs < 2_000, `${outcome.elapsedMs} ms`);
  assert.equal(s.simulator.journal.count(), 0);
});

for (const [what, short] of [
  ["a short outage is survived, with one PATCH", true],
  ["an outage that stays is never a success", false],
] as const) {
  fault(14, "S", what, async (cell) => {
    const s = await cell.scenario({ relayed: true, sessionsLeft: 1, timeoutSeconds: short ? 20 : 2 });
    let isDown = false;
    const clock = short ? upAgainSoon(s, () => isDown) : undefined;
    const process = s.process(clock === undefined ? {} : { clock });
    const before = assertSuccess(await process.create(s.inputs()), s.wanted.fingerprint);
    const next = await makeCertificate();
    // The session of the first operation is still open, so that nothing but the PATCH meets the outage.
    goDown(s);
    isDown = true;
    const outcome = await process.update(before, s.inputs(next));
    const { journal } = s.simulator;
    if (!short) {
      // Whether the PATCH met a line that had just died, or none at all, is a matter of milliseconds.
      const code = outcome.kind === "failure" ? "ERR_CONNECT" : "ERR_OUTCOME_UNKNOWN";
      const texts = [/ECONNRE(FUSED|SET)/, "PATCH /api/vcenter"];
      if (outcome.kind === "failure") assertFailure(outcome, code, ...texts);
      else assertNotFinished(outcome, code, { fingerprint: next.fingerprint }, ...texts);
    } else assertSuccess(outcome, next.fingerprint);
    assert.deepEqual([journal.logins(), journal.patches()], [1, short ? 2 : 1]);
  });
}

fault(14, "P", "an outage in the wait that is shorter than the deadline is survived", async (cell) => {
  const s = await cell.scenario({ relayed: true, simulator: { taskDurationMs: { patch: 1_000, read: 5 } } });
  s.simulator.faults.add({
    match: { operation: "taskGet" },
    skip: 1,
    action: { kind: "pass" },
    onMatch: () => {
      goDown(s, 2_500);
    },
  });
  const outcome = await s.process().create(s.inputs());
  assertSuccess(outcome, s.wanted.fingerprint);
  assert.ok(outcome.elapsedMs >= 2_500, `${outcome.elapsedMs} ms`);
  assert.deepEqual([s.simulator.journal.logins(), s.simulator.journal.patches()], [1, 1]);
});

fault(14, "P", "an outage in the wait that stays leaves the task to the next run", async (cell) => {
  const s = await cell.scenario({ relayed: true, timeoutSeconds: 2, sessionsLeft: 1 });
  s.simulator.faults.add({
    match: { operation: "taskGet" },
    action: { kind: "pass" },
    onMatch: () => {
      goDown(s);
    },
  });
  const outcome = await s.process().create(s.inputs());
  const [patch] = s.simulator.journal.filter({ operation: "patch" });
  const pending = { taskId: patch?.taskId, fingerprint: s.wanted.fingerprint };
  const saved = assertNotFinished(outcome, "ERR_TASK_TIMEOUT", pending, "did not end within 2 s");
  assert.ok(outcome.elapsedMs <= 3_000, `${outcome.elapsedMs} ms`);
  await s.relay?.accept();
  assertSuccess(await s.process().update(saved, s.inputs()), s.wanted.fingerprint);
  assert.equal(s.simulator.journal.patches(), 1);
});

fault(14, "R", "a short outage in the read-back is survived", async (cell) => {
  const s = await cell.scenario({ relayed: true });
  let isDown = false;
  s.simulator.faults.add({
    match: { operation: "readCertificate" },
    action: { kind: "pass" },
    onMatch: () => {
      goDown(s);
      isDown = true;
    },
  });
  const clock = upAgainSoon(s, () => isDown);
  assertSuccess(await s.process({ clock }).create(s.inputs()), s.wanted.fingerprint);
  assert.deepEqual([s.simulator.journal.logins(), s.simulator.journal.patches()], [1, 1]);
});

fault(14, "R", "an outage in the read-back that stays leaves the task to the next run", async (cell) => {
  const s = await cell.scenario({ relayed: true, timeoutSeconds: 3, sessionsLeft: 1 });
  s.simulator.faults.add({
    match: { operation: "readCertificate" },
    action: { kind: "pass" },
    onMatch: () => {
      goDown(s);
    },
  });
  const outcome = await s.process().create(s.inputs());
  const [patch] = s.simulator.journal.filter({ operation: "patch" });
  assert.ok(outcome.kind === "not-finished");
  const pending = { taskId: patch?.taskId, fingerprint: s.wanted.fingerprint };
  const saved = assertNotFinished(outcome, outcome.code, pending);
  assert.ok(["ERR_CONNECT", "ERR_OPERATION_TIMEOUT"].includes(outcome.code), outcome.message);
  assert.ok(outcome.elapsedMs <= 4_000, `${outcome.elapsedMs} ms`);
  await s.relay?.accept();
  assertSuccess(await s.process().update(saved, s.inputs()), s.wanted.fingerprint);
  assert.equal(s.simulator.journal.patches(), 1);
});
