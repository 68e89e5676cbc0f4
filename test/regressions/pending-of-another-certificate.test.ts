// SPDX-License-Identifier: Apache-2.0
// A run that waited in vain for the task of an earlier certificate saved that task with the fingerprint of the one wanted
// now; destroy then took our own certificate for somebody else's.

import assert from "node:assert/strict";
import { makeCertificate } from "../fixtures/certificates/make";
import { assertNotFinished } from "../support/in-process";
import { regression } from "./scene";

regression(
  "a task that still runs keeps the fingerprint it was sent for",
  { timeoutSeconds: 1, simulator: { taskDurationMs: { patch: 60_000, read: 5 } } },
  async (s) => {
    const first = await s.process().create(s.inputs());
    const taskId = s.simulator.tasks().find(({ requestedBy }) => requestedBy === "patch")?.id;
    const pending = { taskId, fingerprint: s.wanted.fingerprint };
    const saved = assertNotFinished(first, "ERR_TASK_TIMEOUT", pending);
    const second = await s.process().update(saved, s.inputs(await makeCertificate()));
    assertNotFinished(second, "ERR_TASK_TIMEOUT", pending);
    assert.equal(s.simulator.journal.patches(), 1);
  },
);
