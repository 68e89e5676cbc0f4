// SPDX-License-Identifier: Apache-2.0
// A key provider without a certificate answers NOT_FOUND. After an accepted PATCH whose task id was lost that was taken for
// the end of it, 19 ms later, though the certificate came.

import assert from "node:assert/strict";
import { assertSuccess } from "../support/in-process";
import { regression } from "./scene";

regression(
  "a first certificate is waited for where neither its task's id nor the list is to be had",
  { simulator: { initialCertificate: null, taskDurationMs: { patch: 700, read: 5 } } },
  async (s) => {
    s.simulator.faults.add({
      match: { operation: "patch" },
      action: { kind: "respond", status: 202, body: "null", contentType: "application/json", applyThen: true },
    });
    s.simulator.faults.add({
      match: { operation: "taskList" },
      times: Infinity,
      action: { kind: "respond", status: 403, body: { error_type: "UNAUTHORIZED", messages: [] } },
    });
    assertSuccess(await s.providerProcess().create(s.inputs()), s.wanted.fingerprint);
    assert.equal(s.simulator.journal.patches(), 1);
  },
);
