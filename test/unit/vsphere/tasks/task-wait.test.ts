// SPDX-License-Identifier: Apache-2.0
// The wait for one task: five statuses, failed looks, outages, deadlines. Time is virtual.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CodedError, isCodedError } from "../../../../provider/src/core/coded-error";
import type { ErrorCode } from "../../../../provider/src/core/coded-error";
import { withDeadline } from "../../../../provider/src/core/deadline";
import { decodeFault, RequestError } from "../../../../provider/src/vsphere/errors/request-error";
import type { RequestFate } from "../../../../provider/src/vsphere/errors/request-error";
import { waitForTask } from "../../../../provider/src/vsphere/tasks/task-wait";
import type { TaskEnd, TaskWaitOptions } from "../../../../provider/src/vsphere/tasks/task-wait";
import { decodeTaskInfo } from "../../../../provider/src/vsphere/tasks/tasks";
import { VirtualClock } from "../../../support/clock/virtual-clock";
import { vapiError } from "../fake-http";

const TASK = "52f9f1b0:com.vmware.service";

/** A look answers a task's Info, or throws. */
type Step = object | Error;

interface Outcome {
  readonly end?: TaskEnd;
  readonly error?: unknown;
  readonly looks: number;
  readonly progress: readonly string[];
  readonly clock: VirtualClock;
}

async function wait(
  steps: (look: number, nowMs: number) => Step,
  options: Partial<TaskWaitOptions> & { timeoutMs?: number; parent?: AbortSignal } = {},
): Promise<Outcome> {
  const clock = new VirtualClock();
  const progress: string[] = [];
  let looks = 0;
  const work = withDeadline({ clock, timeoutMs: options.timeoutMs ?? 300_000, parent: options.parent }, (deadline) =>
    waitForTask(
      {
        taskId: TASK,
        deadline,
        onProgress: (info, elapsedMs) =>
          progress.push(
            `${typeof info.status === "string" ? info.status : info.status.unknown} ${Math.round(elapsedMs)}`,
          ),
        ...(options.lookFirst === undefined ? {} : { lookFirst: options.lookFirst }),
        ...(options.privilege === undefined ? {} : { privilege: options.privilege }),
        ...(options.checkArguments === undefined ? {} : { checkArguments: options.checkArguments }),
      },
      {
        look: () => {
          looks += 1;
          const step = steps(looks, clock.nowMs());
          if (step instanceof Error) return Promise.reject(step);
          return Promise.resolve(decodeTaskInfo(step, "GET", "/api/cis/tasks/x"));
        },
      },
    ),
  );
  try {
    return { end: await clock.run(work), looks, progress, clock };
  } catch (error) {
    return { error, looks, progress, clock };
  }
}

function answer(status: number, errorType?: string, retryAfterMs?: number): RequestError {
  return new RequestError("ERR_API", `HTTP ${status}`, {
    method: "GET",
    path: "/x",
    fate: "answered",
    httpStatus: status,
    fault: decodeFault(errorType === undefined ? undefined : vapiError(errorType)),
    retryAfterMs,
  });
}

const broken = (fate: RequestFate): RequestError =>
  new RequestError("ERR_CONNECT", "ECONNREFUSED", { method: "GET", path: "/x", fate, syscallCode: "ECONNREFUSED" });
const refusal = (code: ErrorCode): RequestError =>
  new RequestError(code, "404", { method: "GET", path: "/x", fate: "answered", httpStatus: 404 });
const page = (httpStatus: number): RequestError =>
  new RequestError("ERR_API", "a page", {
    method: "GET",
    path: "/x",
    fate: "answered",
    httpStatus,
    fault: decodeFault(undefined),
  });
const running = { status: "RUNNING", operation: "update$task" };
const succeeded = { status: "SUCCEEDED", result: { certificate: "x" } };

describe("the wait for a task", () => {
  it("waits through PENDING, RUNNING and BLOCKED, and tells of each look", async () => {
    const { end, progress } = await wait(
      (look) => [{ status: "PENDING" }, running, { status: "BLOCKED" }][look - 1] ?? succeeded,
    );
    assert.equal(end?.end, "succeeded");
    assert.deepEqual(progress, ["PENDING 100", "RUNNING 200", "BLOCKED 300"]);
  });

  it("takes no result for a success while the task still runs", async () => {
    const { end, looks } = await wait((look) =>
      look < 5 ? { ...running, result: { certificate: "partial" } } : succeeded,
    );
    assert.equal(end?.end, "succeeded");
    assert.equal(looks, 5);
  });

  it("reports FAILED with vSphere's reason, the task and the operation", async () => {
    const failed = { status: "FAILED", operation: "update$task", error: vapiError("INVALID_ARGUMENT") };
    const { end } = await wait(() => failed, { checkArguments: "check certificate and private key" });
    assert.ok(end?.end === "failed");
    assert.equal(end.error.code, "ERR_TASK_FAILED");
    assert.match(end.error.message, /task 52f9f1b0:com.vmware.service, operation update\$task, INVALID_ARGUMENT/);
    assert.match(end.error.remedy ?? "", /certificate and private key/);
    assert.equal(end.error.details.taskId, TASK);
  });

  it("names the privilege that a FAILED task was refused for", async () => {
    const failed = { status: "FAILED", error: vapiError("UNAUTHORIZED") };
    const { end } = await wait(() => failed, { privilege: "TrustedAdmin.ManageKMSTrust" });
    assert.ok(end?.end === "failed");
    assert.match(end.error.remedy ?? "", /TrustedAdmin.ManageKMSTrust and System.View/);
  });

  for (const [what, outage] of [
    ["the router says 404", refusal("ERR_ENDPOINT_ABSENT")],
    ["a page says 404", page(404)],
    ["a page says 503", page(503)],
    ["connections are refused", broken("not-sent")],
    ["connections break", broken("maybe-sent")],
  ] as const) {
    it(`waits an outage out in which ${what}, and without end up to the deadline, without hammering`, async () => {
      const { end, looks } = await wait((_look, nowMs) => (nowMs < 120_000 ? outage : succeeded));
      assert.equal(end?.end, "succeeded");
      assert.ok(looks < 200, `${looks} looks`);
      const { error, clock } = await wait(() => outage, { timeoutMs: 20_000 });
      assert.ok(isCodedError(error, "ERR_TASK_TIMEOUT"));
      assert.match(error.message, /\(not seen yet, 20.0 s elapsed\)/);
      assert.equal(clock.nowMs(), 20_000);
    });
  }

  it("reports a task as vanished after vCenter has said for 3 s that it does not know it", async () => {
    const unknown = refusal("ERR_TASK_NOT_FOUND");
    const { end, clock } = await wait((look) => (look < 3 ? running : unknown));
    assert.equal(end?.end, "vanished");
    assert.ok(clock.nowMs() >= 3_300 && clock.nowMs() < 4_000, `after ${clock.nowMs()} ms`);
  });

  it("takes a task that is registered late, or known by one replica only, for one that runs", async () => {
    const unknown = refusal("ERR_TASK_NOT_FOUND");
    const late = await wait((_look, nowMs) => (nowMs < 2_500 ? unknown : succeeded));
    assert.equal(late.end?.end, "succeeded");
    const flapping = await wait((look, nowMs) => (nowMs > 60_000 ? succeeded : look % 3 === 0 ? running : unknown));
    assert.equal(flapping.end?.end, "succeeded");
  });

  it("does not count what an outage hides as not knowing the task", async () => {
    const unknown = refusal("ERR_TASK_NOT_FOUND");
    const { end } = await wait((look, nowMs) => (look === 1 ? unknown : nowMs < 60_000 ? page(503) : succeeded));
    assert.equal(end?.end, "succeeded");
  });

  it("ends at once with an unknown status, quoting it", async () => {
    const { error, looks } = await wait(() => ({ status: "CANCELED" }));
    assert.ok(isCodedError(error, "ERR_TASK_STATUS_UNKNOWN"));
    assert.match(error.message, /"CANCELED"/);
    assert.equal(looks, 1);
  });

  it("survives three failed looks in a row and gives up after the fourth, naming the task", async () => {
    const timedOut = answer(500, "TIMED_OUT");
    const survived = await wait((look) => (look % 4 === 0 ? (look < 12 ? running : succeeded) : timedOut));
    assert.equal(survived.end?.end, "succeeded");
    const { looks, error } = await wait(() => timedOut);
    assert.equal(looks, 4);
    assert.ok(error instanceof RequestError && error.code === "ERR_API" && error.request.repeatsUsedUp === true);
    assert.match(error.message, /task 52f9f1b0:com.vmware.service was accepted and not seen yet/);
    assert.equal(error.details.taskId, TASK);
  });

  it("survives any number of throttled looks and waits as long as it is asked to", async () => {
    const { end, looks, clock } = await wait((look) => (look <= 6 ? answer(429, undefined, 10_000) : succeeded));
    assert.equal(end?.end, "succeeded");
    assert.equal(looks, 7);
    assert.ok(clock.nowMs() >= 60_000);
  });

  it("looks once more before the deadline, however long a pause the server asks for", async () => {
    const { end, looks, clock } = await wait((look) => (look === 1 ? answer(503, undefined, 600_000) : succeeded));
    assert.deepEqual([end?.end, looks, clock.nowMs()], ["succeeded", 2, 299_500]);
  });

  it("survives one garbled answer but not two, and no refusal that will stay", async () => {
    const facts = { method: "GET", path: "/x", fate: "answered", httpStatus: 200 } as const;
    const garbled = new RequestError("ERR_RESPONSE_INVALID", "not a task", facts);
    assert.equal((await wait((look) => (look === 1 ? garbled : succeeded))).end?.end, "succeeded");
    for (const [failure, looks] of [
      [garbled, 2],
      [answer(400, "INVALID_ARGUMENT"), 1],
    ] as const) {
      const ended = await wait(() => failure);
      assert.ok(isCodedError(ended.error, failure.code));
      assert.equal(ended.looks, looks);
    }
  });

  it("names task, last status and both times when the time is up, and has looked shortly before", async () => {
    let lastLookMs = 0;
    const { error, clock } = await wait(
      (_look, nowMs) => {
        lastLookMs = nowMs;
        return running;
      },
      { timeoutMs: 20_000 },
    );
    assert.ok(isCodedError(error, "ERR_TASK_TIMEOUT"));
    assert.match(
      error.message,
      /task 52f9f1b0:com.vmware.service did not end within 20 s \(last status RUNNING, 20.0 s elapsed\)/,
    );
    assert.match(error.remedy ?? "", /waits for the same task/);
    assert.equal(clock.nowMs(), 20_000);
    assert.ok(lastLookMs >= 19_400, `looked last at ${lastLookMs} ms`);
  });

  it("ends with ERR_ABORTED, the task's name added, when the process is told to stop", async () => {
    const parent = new AbortController();
    const { error } = await wait(
      (look) => {
        if (look === 3) parent.abort(new CodedError("ERR_ABORTED", "told to stop"));
        return running;
      },
      { parent: parent.signal },
    );
    assert.ok(isCodedError(error, "ERR_ABORTED"));
    assert.match(error.message, /task 52f9f1b0/);
  });

  it("asks at once after a task of an earlier run", async () => {
    const { clock } = await wait(() => succeeded, { lookFirst: true });
    assert.equal(clock.nowMs(), 0);
  });
});
