// SPDX-License-Identifier: Apache-2.0
// The wait for one task: five statuses, failed looks, outages, deadlines. Time is virtual.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CodedError, isCodedError } from "../../../../provider/src/core/coded-error";
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
    waitForTask({
      taskId: TASK,
      deadline,
      onProgress: (info, elapsedMs) =>
        progress.push(
          `${typeof info.status === "string" ? info.status : info.status.unknown} ${Math.round(elapsedMs)}`,
        ),
      ...(options.lookFirst === undefined ? {} : { lookFirst: options.lookFirst }),
      ...(options.privilege === undefined ? {} : { privilege: options.privilege }),
      look: async (afterMs) => {
        await clock.sleep(afterMs, deadline.signal);
        looks += 1;
        const step = steps(looks, clock.nowMs());
        if (step instanceof Error) throw step;
        return decodeTaskInfo(step, "GET /api/cis/tasks/x");
      },
    }),
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
    const { end } = await wait(() => ({
      status: "FAILED",
      operation: "update$task",
      error: vapiError("INVALID_ARGUMENT"),
    }));
    assert.ok(end?.end === "failed");
    assert.equal(end.error.code, "ERR_TASK_FAILED");
    assert.match(end.error.message, /task 52f9f1b0:com.vmware.service, operation update\$task, INVALID_ARGUMENT/);
    assert.match(end.error.remedy ?? "", /certificate and private key/);
    assert.equal(end.error.details["taskId"], TASK);
  });

  it("names the privilege that a FAILED task was refused for", async () => {
    const failed = { status: "FAILED", error: vapiError("UNAUTHORIZED") };
    const { end } = await wait(() => failed, { privilege: "TrustedAdmin.ManageKMSTrust" });
    assert.ok(end?.end === "failed");
    assert.match(end.error.remedy ?? "", /TrustedAdmin.ManageKMSTrust and System.View/);
  });

  it("takes the task for gone where nobody answers for tasks four times in a row", async () => {
    const nobody = new RequestError("ERR_ENDPOINT_ABSENT", "404", {
      method: "GET",
      path: "/x",
      fate: "answered",
      httpStatus: 404,
    });
    const { end, looks } = await wait(() => nobody);
    assert.deepEqual([end?.end, looks], ["vanished", 4]);
  });

  it("reports a task that vCenter has forgotten as vanished", async () => {
    const gone = new RequestError("ERR_TASK_NOT_FOUND", "no", {
      method: "GET",
      path: "/x",
      fate: "answered",
      httpStatus: 404,
    });
    const { end } = await wait((look) => (look < 3 ? running : gone));
    assert.equal(end?.end, "vanished");
  });

  it("ends at once with a status that is none of vSphere's, quoting it", async () => {
    const { error, looks } = await wait(() => ({ status: "CANCELED" }));
    assert.ok(isCodedError(error, "ERR_TASK_STATUS_UNKNOWN"));
    assert.match(error.message, /"CANCELED"/);
    assert.equal(looks, 1);
  });

  it("survives three failed looks in a row and gives up after the fourth", async () => {
    const survived = await wait((look) => (look % 4 === 0 ? (look < 12 ? running : succeeded) : answer(503)));
    assert.equal(survived.end?.end, "succeeded");
    const given = await wait(() => answer(503));
    assert.equal(given.looks, 4);
    assert.ok(isCodedError(given.error, "ERR_API"));
    assert.match(given.error.message, /task 52f9f1b0:com.vmware.service was accepted and not seen yet/);
  });

  it("waits an outage out up to the deadline, without hammering", async () => {
    const { end, looks } = await wait((_look, nowMs) => (nowMs < 120_000 ? broken("not-sent") : succeeded));
    assert.equal(end?.end, "succeeded");
    assert.ok(looks < 200, `${looks} looks`);
  });

  it("survives any number of throttled looks and waits as long as it is asked to", async () => {
    const { end, looks, clock } = await wait((look) => (look <= 6 ? answer(429, undefined, 10_000) : succeeded));
    assert.equal(end?.end, "succeeded");
    assert.equal(looks, 7);
    assert.ok(clock.nowMs() >= 60_000);
  });

  it("fails at once where the server asks for a longer pause than there is time", async () => {
    const { error, clock } = await wait(() => answer(503, undefined, 600_000));
    assert.ok(isCodedError(error, "ERR_API"));
    assert.match(error.message, /wait 600 s/);
    assert.equal(clock.nowMs(), 100);
  });

  it("survives one garbled answer but not two", async () => {
    const garbled = new CodedError("ERR_RESPONSE_INVALID", "not a task");
    assert.equal((await wait((look) => (look === 1 ? garbled : succeeded))).end?.end, "succeeded");
    const { error, looks } = await wait(() => garbled);
    assert.ok(isCodedError(error, "ERR_RESPONSE_INVALID"));
    assert.equal(looks, 2);
  });

  it("gives up at once on a refusal that will stay", async () => {
    const { error, looks } = await wait(() => answer(400, "INVALID_ARGUMENT"));
    assert.ok(isCodedError(error, "ERR_API"));
    assert.equal(looks, 1);
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
