// SPDX-License-Identifier: Apache-2.0
// Rows 21 and 22: a task that FAILED, with every way of saying why, and statuses that are none of vSphere's.

import assert from "node:assert/strict";
import { assertFailure } from "../support/in-process";
import { fault } from "./fault";
import { assertTraffic, scriptPatch } from "./traffic";
import { faultOfWrites, oneForm } from "./writes";

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
  faultOfWrites(
    21,
    "P",
    `the nested reason of a FAILED task is shown from its ${where}`,
    async (scenario) => {
      const w = await scenario();
      w.scriptWrite({
        steps: [
          { status: "RUNNING", forMs: 50 },
          { status: "FAILED", fields },
        ],
      });
      const before = w.s.simulator.certificate();
      const outcome = await w.create();
      assertFailure(
        outcome,
        "ERR_TASK_FAILED",
        'vCenter says "Host esx-7 refused the certificate, caused by: The key server said 42"',
        w.taskId(),
        "INVALID_ARGUMENT",
        "message id com.vmware.test.outer",
        "argument private_key, certificate",
        `Check cluster${w.kind.write === "patch" ? ", keyProvider, certificate and private key" : " and keyProvider"}`,
      );
      assert.ok(outcome.kind === "failure" && !outcome.message.includes("dropped-part"), "unknown parts are shown");
      w.assertTraffic(1, 1);
      assert.equal(w.s.simulator.certificate(), before);
    },
    oneForm(where === "error"),
  );
}

faultOfWrites(21, "P", "a FAILED task without a reason says so", async (scenario) => {
  const w = await scenario();
  w.scriptWrite({ steps: [{ status: "FAILED", fields: { error: undefined, result: undefined } }] });
  const outcome = await w.create();
  assertFailure(outcome, "ERR_TASK_FAILED", "vCenter gave no reason", w.taskId());
  w.assertTraffic(1, 1);
});

fault(21, "P", "a reason that repeats the private key is shown without it", async (cell) => {
  const s = await cell.scenario();
  const told = `Bad key: ${s.wanted.privateKeyPem}`;
  const error = { error_type: "ERROR", messages: [message("com.vmware.test.echo", told, s.wanted.privateKeyPem)] };
  scriptPatch(s, { steps: [{ status: "FAILED", fields: { error } }] });
  const outcome = await s.providerProcess().create(s.inputs());
  assertFailure(outcome, "ERR_TASK_FAILED", "Bad key: [redacted]", "ERROR");
  assertTraffic(s, 1, 1);
});

faultOfWrites(22, "P", "a cancelled task is a plain failure", async (scenario) => {
  const w = await scenario();
  const error = { error_type: "CANCELED", messages: [message("com.vmware.test.canceled", "Canceled by a person.")] };
  w.scriptWrite({
    steps: [
      { status: "RUNNING", forMs: 50 },
      { status: "FAILED", fields: { error } },
    ],
  });
  const outcome = await w.create();
  assertFailure(outcome, "ERR_TASK_FAILED", "CANCELED", "Canceled by a person", w.taskId());
  w.assertTraffic(1, 1);
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
  faultOfWrites(
    22,
    "P",
    `${what} is never taken for success, and is quoted`,
    async (scenario) => {
      // To the server the task runs on.
      const w = await scenario({ mayOverlap: true });
      w.scriptWrite({ steps: [{ status: "RUNNING", fields: { status } }], effect: "never" });
      const outcome = await w.create();
      const taskId = w.taskId();
      const saved = w.assertOpen(outcome, "ERR_TASK_STATUS_UNKNOWN", { taskId }, shown, taskId);
      w.assertTraffic(1, 1);
      assert.equal(w.polls(), 1);
      // The next run finds the task as odd as before, reads the old certificate and replaces it.
      w.assertDone(await w.update(saved));
      w.assertTraffic(2, 2);
    },
    oneForm(what === "the word CANCELED"),
  );
}
