// SPDX-License-Identifier: Apache-2.0
// A write that is neither lost nor done twice: what it sends, when, and how it ends. Time is virtual.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { failed, TARGET } from "./scripted-vcenter";
import type { Task } from "./scripted-vcenter";
import { write } from "./write-trial";
import type { Trial } from "./write-trial";

const accepted = { task: "task-1" };
const ours: Task = { status: "RUNNING", targetId: TARGET.keyProvider };
const unclear: Task = { status: "RUNNING" };
const busy = failed("ERR_API", "answered", { status: 500, errorType: "RESOURCE_BUSY" });
const invalid = failed("ERR_API", "answered", { status: 400, errorType: "INVALID_ARGUMENT" });
const lost = failed("ERR_CONNECT", "maybe-sent");
const late = failed("ERR_REQUEST_TIMEOUT", "maybe-sent");
const vapiError = failed("ERR_API", "answered", { status: 500, errorType: "ERROR" });
const throttled = failed("ERR_API", "answered", { status: 429, retryAfterMs: 5_000 });
const forbidden = { status: 403, json: { error_type: "UNAUTHORIZED", messages: [] } };

/** What happens, how it ends, and how often it was sent. */
const ENDS: readonly (readonly [what: string, trial: Trial, how: string, sends: number])[] = [
  [
    "an accepted task that succeeds and shows",
    { sends: [accepted], tasks: { "task-1": ours }, endMs: 900, shownMs: 900 },
    "proved",
    1,
  ],
  [
    "an accepted task that shows with a lag",
    { sends: [accepted], tasks: { "task-1": ours }, endMs: 900, shownMs: 20_000 },
    "proved",
    1,
  ],
  [
    "an accepted task that never shows",
    { sends: [accepted], tasks: { "task-1": ours }, endMs: 900 },
    "unfinished ERR_READBACK_MISMATCH",
    1,
  ],
  [
    "an accepted task that fails",
    { sends: [accepted], tasks: { "task-1": ours }, endMs: 900, end: "FAILED" },
    "failed ERR_TASK_FAILED",
    1,
  ],
  [
    "an accepted task that never ends",
    { sends: [accepted], tasks: { "task-1": ours } },
    "unfinished ERR_TASK_TIMEOUT",
    1,
  ],
  ["an accepted task that vanishes, and shows", { sends: [accepted], shownMs: 4_000 }, "proved", 1],
  ["an accepted task that vanishes, and does not show", { sends: [accepted] }, "unfinished ERR_TASK_NOT_FOUND", 1],
  ["no id, and it shows", { sends: ["no id"], shownMs: 9_000 }, "proved", 1],
  ["no id, and it never shows", { sends: ["no id"] }, "unfinished ERR_OUTCOME_UNKNOWN", 1],
  ["an id that repeats a secret, and it shows", { sends: [{ task: "secret" }], shownMs: 9_000 }, "proved", 1],
  ["a refusal", { sends: [invalid] }, "failed ERR_API", 1],
  [
    "a refusal for now, then a task",
    { sends: [busy, throttled, accepted], tasks: { "task-1": ours }, endMs: 9_000, shownMs: 9_000 },
    "proved",
    3,
  ],
  ["a refusal for now, then a refusal", { sends: [busy, invalid] }, "failed ERR_API", 2],
  [
    "an answer that says it is there already",
    { sends: [failed("ERR_API", "answered", { status: 400, errorType: "ALREADY_IN_DESIRED_STATE" })], shownMs: 0 },
    "proved",
    1,
  ],
  ["a lost answer, and it shows", { sends: [lost], shownMs: 1_000 }, "proved", 1],
  [
    "a lost answer, and its task succeeds",
    { sends: [lost], tasks: { "task-1": ours }, endMs: 9_000, shownMs: 9_000 },
    "proved",
    1,
  ],
  [
    "a lost answer, and its task fails",
    { sends: [lost], tasks: { "task-1": ours }, endMs: 9_000, end: "FAILED" },
    "failed ERR_TASK_FAILED",
    1,
  ],
  [
    "a lost answer, and a task that names only the cluster fails",
    { sends: [lost, lost], tasks: { "task-1": unclear }, endMs: 9_000, end: "FAILED" },
    "unfinished ERR_OUTCOME_UNKNOWN",
    2,
  ],
  [
    "a lost answer, and a task that names only the cluster runs on",
    { sends: [lost], tasks: { "task-1": unclear } },
    "unfinished ERR_OUTCOME_UNKNOWN",
    1,
  ],
  [
    "a lost answer that was not applied, then a task",
    { sends: [lost, accepted], tasks: { "task-1": unclear }, endMs: 0, shownMs: 5_000 },
    "proved",
    2,
  ],
  ["two lost answers", { sends: [lost, lost] }, "unfinished ERR_OUTCOME_UNKNOWN", 2],
  [
    "a lost answer, and a list that is refused",
    { sends: [lost], list: () => forbidden },
    "unfinished ERR_OUTCOME_UNKNOWN",
    1,
  ],
  [
    "a lost answer, and pages of a front instead of lists",
    { sends: [lost], list: (_number, nowMs) => (nowMs > 0 ? { status: 503, headers: {}, text: "" } : undefined) },
    "unfinished ERR_OUTCOME_UNKNOWN",
    1,
  ],
  ["a time-out of our own", { sends: [late] }, "unfinished ERR_OUTCOME_UNKNOWN", 1],
  ["a time-out of our own, and it shows late", { sends: [late], shownMs: 90_000 }, "proved", 1],
  ["vCenter's word ERROR", { sends: [vapiError] }, "unfinished ERR_OUTCOME_UNKNOWN", 1],
  ["a lost answer, then a refusal", { sends: [lost, invalid] }, "unfinished ERR_OUTCOME_UNKNOWN", 2],
  ["a lost answer, then a foreign error", { sends: [lost, new Error("foreign")] }, "unfinished ERR_OUTCOME_UNKNOWN", 2],
  ["a lost answer, then busy, and it shows", { sends: [lost, busy], shownMs: 3_500 }, "proved", 2],
  [
    "a lost answer, then a Retry-After beyond the time",
    { sends: [lost, failed("ERR_API", "answered", { status: 429, retryAfterMs: 1e6 })] },
    "unfinished ERR_OUTCOME_UNKNOWN",
    2,
  ],
  ["a lost answer, then Ctrl-C", { sends: [lost], stopMs: 1_000 }, "unfinished ERR_OUTCOME_UNKNOWN", 1],
  [
    "an accepted task, then Ctrl-C",
    { sends: [accepted], tasks: { "task-1": ours }, stopMs: 1_000 },
    "unfinished ERR_ABORTED",
    1,
  ],
];

describe("a write", () => {
  for (const [what, trial, how, sends] of ENDS) {
    it(`with ${what} ends as ${how} after ${sends} send${sends === 1 ? "" : "s"}`, async () => {
      const ended = await write(trial);
      assert.deepEqual([ended.how, ended.sentMs.length], [how, sends], ended.error?.message);
      assert.ok(ended.endedMs <= (trial.timeoutMs ?? 120_000), `ended at ${ended.endedMs} ms`);
    });
  }
});

describe("after an ambiguous send", () => {
  it("it is sent once more only after two looks without a trace, 2 s apart", async () => {
    const { sentMs } = await write({
      sends: [lost, accepted],
      tasks: { "task-1": ours },
      endMs: 9_000,
      shownMs: 9_000,
    });
    // Found by its name in the list: it is ours, and nothing is sent again.
    assert.deepEqual(sentMs, [0]);
    const quiet = await write({ sends: [lost, lost] });
    const gapMs = (quiet.sentMs[1] ?? 0) - (quiet.sentMs[0] ?? 0);
    assert.ok(gapMs >= 1_900 && gapMs < 4_000, `${gapMs} ms`);
  });

  it("the pause that the server asked for is kept before it is sent once more", async () => {
    const unavailable = failed("ERR_API", "answered", { status: 503, retryAfterMs: 30_000 });
    const { sentMs } = await write({ sends: [unavailable, lost] });
    assert.deepEqual(sentMs, [0, 30_000]);
  });

  it("a busy key provider is looked at again before each further send: its change may be the first send's", async () => {
    const { sentMs } = await write({ sends: [lost, busy, busy, lost] });
    const gaps = sentMs.slice(1).map((ms, number) => ms - (sentMs[number] ?? 0));
    assert.equal(sentMs.length, 4);
    assert.ok(
      gaps.every((gapMs) => gapMs >= 1_900),
      String(gaps),
    );
  });

  it("a task that the state names, or that is another key provider's, is not taken for its own", async () => {
    const failing = { sends: [lost, lost], tasks: { "task-1": ours }, endMs: 9_000, end: "FAILED" } as const;
    const known = await write({ ...failing, earlierTaskIds: ["task-1"] });
    assert.deepEqual([known.how, known.sentMs.length], ["unfinished ERR_OUTCOME_UNKNOWN", 2]);
    const foreign = { status: "RUNNING", targetId: "domain-c9" };
    assert.equal((await write({ sends: [lost, lost], tasks: { "task-1": foreign } })).sentMs.length, 2);
  });

  it("a task that has SUCCEEDED is its own only if it began after the send, by the server's clock", async () => {
    for (const [beganMs, status, sends] of [
      [0, "SUCCEEDED", 1],
      // It may be of a run that ended seconds ago.
      [0, "FAILED", 2],
      [-60_000, "SUCCEEDED", 2],
      [undefined, "SUCCEEDED", 2],
    ] as const) {
      const began = beganMs === undefined ? {} : { startedMs: Date.UTC(2026, 0, 1) + beganMs };
      const ended = { status, targetId: TARGET.keyProvider, ...began };
      const { sentMs } = await write({ sends: [lost, lost], tasks: { "task-1": ended } });
      assert.equal(sentMs.length, sends, `${status} ${beganMs}`);
    }
  });

  it("the task of an accepted write is named, what was read stays, and the error says what is open", async () => {
    const running = await write({ sends: [accepted], tasks: { "task-1": ours } });
    assert.deepEqual(running.unfinished?.facts, { taskId: "task-1" });
    const other = await write({ sends: [accepted], tasks: { "task-1": ours }, endMs: 900 });
    assert.deepEqual(other.unfinished?.facts, { live: "old", settled: true });
    assert.ok(other.endedMs < 33_000, `${other.endedMs} ms`);
    const unknown = await write({ sends: [lost, lost] });
    assert.match(unknown.error?.message ?? "", /it is unknown whether the certificate took effect: .*tried 2 times/);
  });
});

describe("a write that nothing was accepted of", () => {
  it("says how often it was tried, also when the time is up", async () => {
    const refused = await write({ sends: [busy, busy, invalid] });
    assert.deepEqual([refused.error?.attempts, refused.how], [3, "failed ERR_API"]);
    const timedOut = await write({ sends: Array.from({ length: 99 }, () => busy), timeoutMs: 10_000 });
    assert.match(timedOut.error?.message ?? "", /RESOURCE_BUSY; tried \d+ times in 10 s/);
  });
});
