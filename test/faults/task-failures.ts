// SPDX-License-Identifier: Apache-2.0
// Rows 21 and 22: a task that FAILED, with every way of saying why, and statuses that are none of vSphere's.

import assert from "node:assert/strict";
import { assertFailure, assertNotFinished, assertSuccess } from "../support/in-process";
import { fault } from "./fault";
import { assertTraffic, patchTask, pollsOfPatch, scriptPatch } from "./traffic";

function message(id: string, text: string, ...args: string[]): object {
  return { id, default_message: text, args };
}

const NESTED = {
  error_type: "INVALID_ARGUMENT",
  messages: [
    message("com.vmware.test.outer", "Host esx-7 refused the certificate.", "esx-7"),
    {
      ...message("com.vmware.test.inner", "untranslated"),
      localized: "The key server said 42.",
      params: { a: { i: 42 } },
    },
    "no message at all",
    { unknown: "dropped-part-1" },
  ],
  data: { primary: "private_key", secondary: ["certificate"], "@class": "dropped-part-2" },
  stack: ["dropped-part-3"],
};
const FAILED: readonly (readonly [where: string, fields: Record<string, unknown>])[] = [
  ["error", { error: NESTED }],
  ["result, the error being absent", { error: undefined, result: NESTED }],
  ["result, the error being null", { error: null, result: NESTED }],
];
for (const [where, fields] of FAILED) {
  fault(21, "P", `the nested reason of a FAILED task is shown from its ${where}`, async (cell) => {
    const s = await cell.scenario();
    scriptPatch(s, {
      steps: [
        { status: "RUNNING", forMs: 50 },
        { status: "FAILED", fields },
      ],
    });
    const before = s.simulator.certificate();
    const outcome = await s.process().create(s.inputs());
    assertFailure(
      outcome,
      "ERR_TASK_FAILED",
      'vCenter says "Host esx-7 refused the certificate, caused by: The key server said 42"',
      patchTask(s),
      "INVALID_ARGUMENT",
      "message id com.vmware.test.outer",
      "argument private_key, certificate",
      "Check cluster, keyProvider, certificate and private key",
    );
    assert.ok(outcome.kind === "failure" && !outcome.message.includes("dropped-part"), "unknown parts are shown");
    assertTraffic(s, 1, 1);
    assert.equal(s.simulator.certificate(), before);
  });
}

fault(21, "P", "a FAILED task without a reason says so", async (cell) => {
  const s = await cell.scenario();
  scriptPatch(s, { steps: [{ status: "FAILED", fields: { error: undefined, result: undefined } }] });
  const outcome = await s.process().create(s.inputs());
  assertFailure(outcome, "ERR_TASK_FAILED", "vCenter gave no reason", patchTask(s));
  assertTraffic(s, 1, 1);
});

fault(21, "P", "a reason that repeats the private key is shown without it", async (cell) => {
  const s = await cell.scenario();
  const told = `Bad key: ${s.wanted.privateKeyPem}`;
  const error = { error_type: "ERROR", messages: [message("com.vmware.test.echo", told, s.wanted.privateKeyPem)] };
  scriptPatch(s, { steps: [{ status: "FAILED", fields: { error } }] });
  const outcome = await s.process().create(s.inputs());
  assertFailure(outcome, "ERR_TASK_FAILED", "Bad key: [redacted]", "ERROR");
  assertTraffic(s, 1, 1);
});

fault(22, "P", "a cancelled task is a plain failure", async (cell) => {
  const s = await cell.scenario();
  const error = { error_type: "CANCELED", messages: [message("com.vmware.test.canceled", "Canceled by a person.")] };
  scriptPatch(s, {
    steps: [
      { status: "RUNNING", forMs: 50 },
      { status: "FAILED", fields: { error } },
    ],
  });
  const outcome = await s.process().create(s.inputs());
  assertFailure(outcome, "ERR_TASK_FAILED", "CANCELED", "Canceled by a person", patchTask(s));
  assertTraffic(s, 1, 1);
});

const ODD_STATUSES: readonly (readonly [what: string, status: unknown, shown: string])[] = [
  ["the word CANCELED", "CANCELED", '"CANCELED"'],
  ["lower case", "succeeded", '"succeeded"'],
  ["a space behind it", "SUCCEEDED ", '"SUCCEEDED "'],
  ["a new word", "QUIESCING", '"QUIESCING"'],
  ["a word of 200 letters", "Q".repeat(200), `"${"Q".repeat(32)}"`],
  ["no status", undefined, '"missing"'],
  ["null", null, '"a null"'],
];
for (const [what, status, shown] of ODD_STATUSES) {
  fault(22, "P", `${what} is never taken for success, and is quoted`, async (cell) => {
    // To the server the task runs on.
    const s = await cell.scenario({ mayOverlap: true });
    scriptPatch(s, { steps: [{ status: "RUNNING", fields: { status } }], effect: "never" });
    const outcome = await s.process().create(s.inputs());
    const taskId = patchTask(s);
    const saved = assertNotFinished(
      outcome,
      "ERR_TASK_STATUS_UNKNOWN",
      { taskId, fingerprint: s.wanted.fingerprint },
      shown,
      taskId,
    );
    assertTraffic(s, 1, 1);
    assert.equal(pollsOfPatch(s), 1);
    // The next run finds the task as odd as before, reads the old certificate and replaces it.
    assertSuccess(await s.process().update(saved, s.inputs()), s.wanted.fingerprint);
    assert.equal(s.simulator.journal.patches(), 2);
  });
}
