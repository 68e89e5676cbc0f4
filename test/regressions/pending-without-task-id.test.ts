// SPDX-License-Identifier: Apache-2.0
// An accepted replacement whose task id was lost was forgotten by the next refresh, and the next up sent a second PATCH
// beside the one that still ran.

import assert from "node:assert/strict";
import { assertNotFinished, assertSuccess } from "../support/in-process";
import type { Properties, Scenario } from "../support/in-process";
import { regression } from "./scene";

/** A run that ended with the id lost, while the task goes on for eight seconds. */
async function loseTask(s: Scenario): Promise<Properties> {
  s.simulator.faults.add({
    match: { operation: "patch" },
    action: { kind: "respond", status: 202, body: "null", contentType: "application/json", applyThen: true },
  });
  s.simulator.faults.add({
    match: { operation: "taskList" },
    action: { kind: "respond", status: 403, body: { error_type: "UNAUTHORIZED", messages: [] } },
  });
  const outcome = await s.providerProcess().create(s.inputs(s.wanted, { timeoutSeconds: 3 }));
  return assertNotFinished(outcome, "ERR_OUTCOME_UNKNOWN", { fingerprint: s.wanted.fingerprint });
}

const SLOW = { simulator: { taskDurationMs: { patch: 8_000, read: 5 } } };

regression("the next up finds the task and waits for it", SLOW, async (s) => {
  const saved = await loseTask(s);
  assertSuccess(await s.providerProcess().update(saved, s.inputs()), s.wanted.fingerprint);
  assert.equal(s.simulator.journal.patches(), 1);
});

regression("a refresh keeps it while the task runs, and settles it afterwards", SLOW, async (s) => {
  const saved = { ...(await loseTask(s)), timeoutSeconds: 20 };
  const during = await s.providerProcess().read(s.id, saved);
  assert.ok(during.kind === "success");
  assert.equal(during.properties["pendingFingerprint"], s.wanted.fingerprint);
  assertSuccess(await s.providerProcess().update(during.properties, s.inputs()), s.wanted.fingerprint);
  const after = await s.providerProcess().read(s.id, saved);
  assert.ok(after.kind === "success");
  assert.equal(after.properties["pendingFingerprint"], undefined);
  assert.equal(s.simulator.journal.patches(), 1);
});
