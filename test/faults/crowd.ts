// SPDX-License-Identifier: Apache-2.0
// Row 55: fifty changes at once, before a vCenter that is slow, or that has trouble with each of them for a moment.

import assert from "node:assert/strict";
import type { Scenario } from "../support/in-process";
import { assertSuccess } from "../support/in-process";
import type { Cell } from "./fault";
import { fault } from "./fault";
import { assertTraffic } from "./traffic";

const KEY_PROVIDERS = Array.from({ length: 50 }, (_none, index) => `kms-${index + 1}`);
const CROWD = { clusters: [{ id: "domain-c8", keyProviders: KEY_PROVIDERS }], taskDurationMs: { patch: 300, read: 5 } };

/** Every one is created at once; nothing is said on stderr. */
async function createAll(cell: Cell, s: Scenario): Promise<void> {
  const warnings: string[] = [];
  const onWarning = ({ message }: Error): void => void warnings.push(message);
  process.on("warning", onWarning);
  cell.closeAfter(() => void process.off("warning", onWarning));
  const provider = s.providerProcess();
  const outcomes = await Promise.all(
    KEY_PROVIDERS.map((keyProvider) => provider.create(s.inputs(s.wanted, { keyProvider, timeoutSeconds: 60 }))),
  );
  for (const outcome of outcomes) assertSuccess(outcome, s.wanted.fingerprint);
  assert.deepEqual(
    warnings.filter((text) => text.includes("MaxListeners")),
    [],
  );
}

fault(
  55,
  ["S", "P"],
  "a PATCH that takes long delays no look at a task, and none of the fifty is lost",
  async (cell) => {
    const s = await cell.scenario({ simulator: CROWD });
    s.simulator.faults.add({ match: { operation: "patch" }, times: 50, answerDelayMs: 400, action: { kind: "pass" } });
    await createAll(cell, s);
    assertTraffic(s, 1, 50);
    // Each task had ended before its 202 came: its first look must see that, in a moment and not after the other PATCHes.
    const { journal } = s.simulator;
    const lists = journal.filter({ operation: "taskList" }).length + journal.filter({ operation: "taskGet" }).length;
    assert.ok(lists > 25, `${lists} looks beside 12 rounds of PATCHes`);
  },
);

fault(55, "S", "one 503 for each of the fifty costs only time", async (cell) => {
  const s = await cell.scenario({ simulator: CROWD });
  for (const keyProvider of KEY_PROVIDERS) {
    const path = new RegExp(`/${keyProvider}/client-certificate$`);
    const body = { error_type: "SERVICE_UNAVAILABLE", messages: [] };
    s.simulator.faults.add({
      match: { operation: "readCertificate", path },
      action: { kind: "respond", status: 503, body },
    });
  }
  await createAll(cell, s);
  assertTraffic(s, 1, 50);
});
