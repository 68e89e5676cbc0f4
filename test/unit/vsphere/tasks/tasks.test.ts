// SPDX-License-Identifier: Apache-2.0
// What a task's answer holds, and that no answer whatever brings the decoder down.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { isCodedError } from "../../../../provider/src/core/coded-error";
import { withDeadline } from "../../../../provider/src/core/deadline";
import { decodeTaskInfo, getTask, listTasks } from "../../../../provider/src/vsphere/tasks/tasks";
import { VirtualClock } from "../../../support/clock/virtual-clock";
import { fakeVCenter, vapiError } from "../fake-http";
import type { FakeAnswer } from "../fake-http";

const running = {
  description: { id: "d", default_message: "Update", args: [] },
  service: "com.vmware.x",
  operation: "update$task",
  status: "RUNNING",
  cancelable: false,
  progress: { total: 200, completed: 101, message: { id: "p", default_message: "on \u001bhost 1", args: [] } },
  start_time: "2026-01-02T03:04:05.678Z",
  target: { type: "ClusterComputeResource", id: "domain-c8" },
};

const decode = (wire: unknown): ReturnType<typeof decodeTaskInfo> => decodeTaskInfo(wire, "GET", "/x");

async function answered<T>(
  answer: FakeAnswer,
  ask: (vcenter: ReturnType<typeof fakeVCenter>, clock: VirtualClock) => Promise<T>,
): Promise<T> {
  const clock = new VirtualClock();
  return clock.run(
    ask(
      fakeVCenter(clock, ({ path }) => (path.startsWith("/api/cis/tasks") ? answer : undefined)),
      clock,
    ),
  );
}

const get = (answer: FakeAnswer, taskId = "a:b/c d"): ReturnType<typeof getTask> =>
  answered(answer, ({ api }, clock) =>
    withDeadline({ clock, timeoutMs: 60_000 }, (deadline) => getTask(api, taskId, deadline)),
  );
const list = (answer: FakeAnswer): ReturnType<typeof listTasks> =>
  answered(answer, ({ api }, clock) =>
    withDeadline({ clock, timeoutMs: 60_000 }, (deadline) => listTasks(api, { tasks: ["a"] }, deadline)),
  );

describe("a task's answer", () => {
  it("is decoded with progress, target and start, safe to print", () => {
    const info = decode(running);
    assert.deepEqual(
      { ...info, fault: undefined },
      {
        status: "RUNNING",
        service: "com.vmware.x",
        operation: "update$task",
        percent: 51,
        message: "on \\u001bhost 1",
        result: undefined,
        fault: undefined,
        startedMs: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
        targetId: "domain-c8",
        targetType: "ClusterComputeResource",
      },
    );
  });

  it("knows five statuses, and shows 32 visible characters of any other", () => {
    for (const status of ["PENDING", "RUNNING", "BLOCKED", "SUCCEEDED", "FAILED"]) {
      assert.equal(decode({ status }).status, status);
    }
    assert.deepEqual(decode({ status: "CANCELED" }).status, { unknown: "CANCELED" });
    assert.deepEqual(decode({ status: "succeeded" }).status, { unknown: "succeeded" });
    assert.deepEqual(decode({ status: `\u0007${"x".repeat(99)}` }).status, {
      unknown: `\\u0007${"x".repeat(31)}`,
    });
    assert.deepEqual(decode({}).status, { unknown: "missing" });
    assert.deepEqual(decode({ status: null }).status, { unknown: "a null" });
    assert.deepEqual(decode({ status: 5 }).status, { unknown: "a number" });
  });

  it("takes the reason of a failure from error, or from result if error is missing, null or empty", () => {
    const reason = vapiError("RESOURCE_BUSY", "com.vmware.busy");
    for (const wire of [
      { status: "FAILED", error: reason, result: { certificate: "x" } },
      { status: "FAILED", result: reason },
      { status: "FAILED", error: null, result: reason },
      { status: "FAILED", error: {}, result: reason },
      { status: "FAILED", error: "", result: reason },
    ]) {
      assert.equal(decode(wire).fault.errorType, "RESOURCE_BUSY", JSON.stringify(wire));
    }
    assert.equal(decode({ status: "FAILED", error: "it broke" }).fault.messages[0]?.text, "it broke");
  });

  it("shows no percentage that makes no sense", () => {
    const percent = (completed: unknown, total: unknown): number | undefined =>
      decode({ status: "RUNNING", progress: { completed, total } }).percent;
    assert.deepEqual([percent(0, 10), percent(10, 10), percent(99, 10)], [0, 100, 100]);
    for (const [completed, total] of [
      [1, 0],
      [-1, 10],
      [1, -1],
      ["1", 10],
      [1, null],
      [undefined, undefined],
    ]) {
      assert.equal(percent(completed, total), undefined);
    }
  });

  it("whatever it is, decodes or fails with ERR_RESPONSE_INVALID, and prints no control character", () => {
    const info = fc.record(
      {
        status: fc.oneof(
          fc.constantFrom("RUNNING", "FAILED", "SUCCEEDED"),
          fc.jsonValue(),
          fc.string({ unit: "binary" }),
        ),
        service: fc.oneof(fc.string({ unit: "binary" }), fc.jsonValue()),
        operation: fc.jsonValue(),
        progress: fc.jsonValue(),
        error: fc.jsonValue(),
        result: fc.jsonValue(),
        target: fc.jsonValue(),
        start_time: fc.oneof(fc.string(), fc.jsonValue()),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), info), (wire) => {
        try {
          const { status, service, operation, message, percent } = decode(wire);
          const said = [typeof status === "string" ? status : status.unknown, service, operation, message].join("");
          assert.doesNotMatch(said, /\p{Cc}/u);
          assert.ok(percent === undefined || (percent >= 0 && percent <= 100));
        } catch (error) {
          assert.ok(isCodedError(error, "ERR_RESPONSE_INVALID"), String(error));
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("asking for tasks", () => {
  it("percent-encodes the task id as one path segment", async () => {
    const clock = new VirtualClock();
    const vcenter = fakeVCenter(clock, ({ path }) =>
      path.startsWith("/api/cis") ? { status: 200, json: running } : undefined,
    );
    await clock.run(
      withDeadline({ clock, timeoutMs: 1_000 }, (deadline) => getTask(vcenter.api, "u:v/../w ?#", deadline)),
    );
    assert.equal(vcenter.requests.at(-1)?.path, "/api/cis/tasks/u%3Av%2F..%2Fw%20%3F%23");
  });

  it("sends the list as POST with action=list and the filter, and leaves out entries that are no task", async () => {
    const clock = new VirtualClock();
    const vcenter = fakeVCenter(clock, ({ path }) =>
      path.startsWith("/api/cis") ? { status: 200, json: { a: running, b: null, c: "text", d: [] } } : undefined,
    );
    const tasks = await clock.run(
      withDeadline({ clock, timeoutMs: 1_000 }, (deadline) => listTasks(vcenter.api, { tasks: ["a", "b"] }, deadline)),
    );
    const sent = vcenter.requests.at(-1);
    assert.deepEqual([sent?.method, sent?.path, sent?.query], ["POST", "/api/cis/tasks", "action=list"]);
    assert.deepEqual(JSON.parse(sent?.body ?? ""), { filter_spec: { tasks: ["a", "b"] } });
    assert.deepEqual([...tasks.keys()], ["a"]);
  });

  it("fails only with errors of ours, whatever body stands in the answer", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(200, 200, 200, 201, 400, 404, 500, 503),
        fc.oneof(fc.string(), fc.json()),
        async (status, text) => {
          for (const ask of [get, list]) {
            try {
              await ask({ status, headers: {}, text });
            } catch (error) {
              assert.ok(isCodedError(error), String(error));
            }
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  it("tells a task that is not known from an endpoint that is not there", async () => {
    await assert.rejects(get({ status: 404, json: vapiError("NOT_FOUND") }), { code: "ERR_TASK_NOT_FOUND" });
    await assert.rejects(list({ status: 404, json: vapiError("NOT_FOUND") }), { code: "ERR_ENDPOINT_ABSENT" });
  });
});
