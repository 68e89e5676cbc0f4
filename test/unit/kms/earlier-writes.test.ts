// SPDX-License-Identifier: Apache-2.0
// What is asked, and waited for, before and after a write of an earlier run; and reading until something shows.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { CodedError } from "../../../provider/src/core/coded-error";
import { noteLostWrite, waitForEarlierWrites } from "../../../provider/src/kms/earlier-writes";
import { mayStillRun, settle } from "../../../provider/src/kms/pending-write";
import { readUntil } from "../../../provider/src/kms/read-until";
import { Unfinished } from "../../../provider/src/kms/unfinished";
import { failed, scripted, TARGET } from "./scripted-vcenter";
import type { Script, Scripted, Task } from "./scripted-vcenter";

const forbidden = { status: 403, json: { error_type: "UNAUTHORIZED", messages: [] } };
const page = { status: 503, headers: {}, text: "" };
const ours: Task = { status: "RUNNING", targetId: TARGET.keyProvider };
const unclear: Task = { status: "RUNNING" };

/** A vCenter with one task that ends at a time. */
function withTask(task: Task | undefined, endMs: number, list?: Script["list"], end = "SUCCEEDED"): Scripted {
  const tasks = (nowMs: number): Record<string, Task> =>
    task === undefined ? {} : { "task-1": nowMs >= endMs ? { ...task, status: end } : task };
  return scripted({ tasks, ...(list === undefined ? {} : { list }) });
}

describe("before the first write to a vCenter", () => {
  for (const [what, task, endMs, list, fromMs, toMs] of [
    ["no task runs: nothing is waited for", undefined, 0, undefined, 0, 0],
    ["a task of this key provider runs: it is waited for", ours, 60_000, undefined, 60_000, 61_000],
    ["a task that names the cluster runs: it is waited for", unclear, 9_000, undefined, 9_000, 10_000],
    ["a task that names the cluster runs on: 30 s are enough", unclear, Infinity, undefined, 30_000, 30_000],
    [
      "a task of another cluster runs: nothing is waited for",
      { ...ours, targetId: "domain-c9" },
      9_000,
      undefined,
      0,
      0,
    ],
    ["vCenter does not list tasks: nothing is known", ours, 9_000, (): typeof forbidden => forbidden, 0, 0],
  ] as const) {
    it(what, async () => {
      const { run, clock } = withTask(task, endMs, list);
      await run(waitForEarlierWrites);
      assert.ok(clock.nowMs() >= fromMs && clock.nowMs() <= toMs, `${clock.nowMs()} ms`);
    });
  }

  it("a task of this key provider that does not end in time ends the write, which was not sent", async () => {
    const { run } = withTask(ours, Infinity);
    await assert.rejects(run(waitForEarlierWrites, { timeoutMs: 5_000 }), (error: CodedError) =>
      ["ERR_OPERATION_TIMEOUT", "ERR_TASK_TIMEOUT"].includes(error.code),
    );
  });

  it("a write of this process that gave up is waited for by its id, also if vCenter does not list tasks", async () => {
    const { run, clock, connection } = withTask(unclear, 40_000, () => forbidden);
    connection.startedTasks.add("task-1", TARGET);
    await run(waitForEarlierWrites, { target: { ...TARGET, keyProvider: "kms-2" } });
    assert.equal(clock.nowMs(), 0);
    await run(waitForEarlierWrites);
    assert.ok(clock.nowMs() >= 40_000 && clock.nowMs() <= 41_000, `${clock.nowMs()} ms`);
    assert.deepEqual(connection.startedTasks.openOn(TARGET), []);
  });

  it("after a write whose id is lost it is listed again, and a task of the cluster may be that one", async () => {
    const { run, clock, lists } = withTask(unclear, 40_000);
    await run(waitForEarlierWrites, { target: { ...TARGET, keyProvider: "kms-2" } });
    assert.deepEqual([clock.nowMs(), lists()], [30_000, 1]);
    await run((operation) => {
      noteLostWrite(operation);
      return waitForEarlierWrites(operation);
    });
    assert.ok(clock.nowMs() >= 40_000 && clock.nowMs() <= 41_000, `${clock.nowMs()} ms`);
    assert.equal(lists(), 2);
  });

  it("one list serves all writes of the process; one that failed for the moment is asked for again", async () => {
    const shared = withTask(undefined, 0);
    await Promise.all([1, 2, 3].map(() => shared.run(waitForEarlierWrites)));
    await shared.run(waitForEarlierWrites);
    assert.equal(shared.lists(), 1);
    const failing = withTask(undefined, 0, (number) => (number === 1 ? page : undefined));
    for (let write = 0; write < 3; write += 1) await failing.run(waitForEarlierWrites);
    assert.equal(failing.lists(), 2);
  });

  it("if the operation that began the list ends before it, the others begin one more, not one each", async () => {
    const slow = withTask(undefined, 0, (number) =>
      number > 1
        ? undefined
        : slow.clock.sleep(1_000, new AbortController().signal).then(() => Promise.reject(new Error("cut"))),
    );
    const first = assert.rejects(slow.run(waitForEarlierWrites, { timeoutMs: 1_000 }));
    await Promise.all([first, ...[1, 2, 3].map(() => slow.run(waitForEarlierWrites))]);
    assert.equal(slow.lists(), 2);
  });
});

describe("a write of an earlier run", () => {
  for (const [what, taskId, vcenter, settled, open] of [
    ["whose task succeeds", "task-1", () => withTask(ours, 9_000), "succeeded", true],
    ["whose task fails", "task-1", () => withTask(ours, 9_000, undefined, "FAILED"), "ended", true],
    ["whose task is forgotten", "task-1", () => withTask(undefined, 0), "ended", false],
    [
      "whose task has an unknown status",
      "task-1",
      () => withTask({ ...ours, status: "CANCELED" }, Infinity),
      "ended",
      true,
    ],
    ["whose task never ends", "task-1", () => withTask(ours, Infinity), "ERR_TASK_TIMEOUT", true],
    ["whose task is lost and still listed for a while", undefined, () => withTask(unclear, 9_000), "ended", true],
    [
      "whose task is lost and listed for ever",
      undefined,
      () => withTask(unclear, Infinity),
      "ERR_OPERATION_TIMEOUT",
      true,
    ],
    ["whose task is lost and not listed", undefined, () => withTask(undefined, 0), "ended", false],
    [
      "whose task is lost while the list is refused",
      undefined,
      () => withTask(ours, 0, () => forbidden),
      "unknown",
      true,
    ],
  ] as const) {
    it(`${what} ${open ? "may still run" : "does not run"}, and settles as ${settled}`, async () => {
      assert.equal(await vcenter().run((operation) => mayStillRun(operation, { taskId })), open);
      const end = vcenter().run((operation) => settle(operation, { taskId }), { timeoutMs: 60_000 });
      const given = await end.catch((error: unknown) => {
        assert.ok(error instanceof Unfinished);
        assert.deepEqual((error as Unfinished<unknown>).facts.taskId, taskId);
        return (error as Unfinished<unknown>).error.code;
      });
      assert.equal(given, settled);
    });
  }
});

describe("reading until something shows", () => {
  const until = async (read: (nowMs: number) => string | undefined, timeoutMs = 300_000): Promise<object> => {
    const { run, clock } = scripted({ tasks: () => ({}) });
    const ended = await run(
      (operation) =>
        readUntil<string>(operation, {
          read: () => Promise.resolve().then(() => read(clock.nowMs())),
          isWanted: (live) => live === "new",
          allowanceMs: 30_000,
        }),
      { timeoutMs },
    );
    return "cause" in ended ? { ...ended, cause: ended.cause.code, atMs: clock.nowMs() } : ended;
  };
  const gone = (): never => {
    throw failed("ERR_CONNECT", "not-sent");
  };

  it("ends as soon as it shows, over absence and an outage", async () => {
    const live = (nowMs: number): string | undefined => (nowMs < 9_000 ? undefined : nowMs < 20_000 ? gone() : "new");
    assert.deepEqual(await until(live), { shown: true, live: "new" });
  });

  it("ends after its time, or the operation's, with what was read last", async () => {
    const over = { shown: false, cause: "ERR_OPERATION_TIMEOUT" };
    assert.deepEqual(await until(() => "old"), { ...over, read: true, live: "old", atMs: 30_000 });
    assert.deepEqual(await until(gone), { ...over, read: false, live: undefined, atMs: 30_000 });
    assert.deepEqual(await until(() => undefined, 5_000), { ...over, read: true, live: undefined, atMs: 5_000 });
  });

  it("fails with what made reading impossible", async () => {
    const denied = failed("ERR_AUTHORIZATION", "answered", { status: 403, errorType: "UNAUTHORIZED" });
    await assert.rejects(
      until(() => {
        throw denied;
      }),
      denied,
    );
  });
});
