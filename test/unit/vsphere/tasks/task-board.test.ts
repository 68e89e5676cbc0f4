// SPDX-License-Identifier: Apache-2.0
// One poller for many waits: that a list answers for all, that its refusal is survived, that the rate stays flat.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { RequestError } from "../../../../provider/src/vsphere/errors/request-error";
import { vapiError } from "../fake-http";
import { stage, taskIds, wait } from "./task-board-stage";

describe("the task board", () => {
  it("asks for one task alone with GET", async () => {
    const alone = stage(() => 1_000);
    await alone.clock.run(wait(alone, "task-0"));
    assert.equal(alone.lists(), 0);
    assert.ok(alone.gets() <= 10, `${alone.gets()} GETs`);
  });

  it("asks for several with one list, each answered with its own result", async () => {
    const several = stage(() => 2_000);
    const ended = await several.clock.run(Promise.all(taskIds(5).map((taskId) => wait(several, taskId))));
    assert.deepEqual(
      ended.map(({ end }) => (end.end === "succeeded" ? end.info.result : end)),
      taskIds(5).map((taskId) => ({ taskId })),
    );
    assert.equal(several.gets(), 0);
    const one = stage(() => 2_000);
    await one.clock.run(wait(one, "task-0"));
    assert.ok(several.lists() <= one.gets(), `${several.lists()} lists`);
  });

  it("needs no more requests for 200 tasks than for one, and keeps the promise for each", async () => {
    const one = stage(() => 10_000);
    await one.clock.run(wait(one, "task-0"));
    const many = stage(() => 10_000);
    const ended = await many.clock.run(Promise.all(taskIds(200).map((taskId) => wait(many, taskId))));
    assert.ok(
      many.lists() + many.gets() <= one.gets(),
      `${many.lists()} lists and ${many.gets()} GETs for 200, ${one.gets()} for one`,
    );
    for (const { atMs } of ended) assert.ok(atMs <= 11_000, `seen at ${atMs} ms`);
  });

  it("keeps the promise and a flat rate for tasks that begin and end at different times", async () => {
    const lengths = new Map(taskIds(100).map((taskId, number) => [taskId, 500 + number * 150]));
    const mixed = stage((taskId) => lengths.get(taskId) ?? 0);
    const ended = await mixed.clock.run(Promise.all([...lengths].map(([taskId]) => wait(mixed, taskId))));
    ended.forEach(({ atMs }, number) => {
      const lengthMs = 500 + number * 150;
      assert.ok(atMs - lengthMs <= Math.min(1_000, Math.max(100, lengthMs / 10)) + 1, `${lengthMs}: seen at ${atMs}`);
    });
    assert.ok(mixed.lists() + mixed.gets() < 60, `${mixed.lists()} lists, ${mixed.gets()} GETs`);
  });

  for (const [status, errorType] of [
    [400, "INVALID_ARGUMENT"],
    [403, "UNAUTHORIZED"],
    [404, "NOT_FOUND"],
    [500, "RESOURCE_INACCESSIBLE"],
  ] as const) {
    it(`asks for each task by itself, for good, once the list is refused with HTTP ${status}`, async () => {
      const refusing = stage(
        () => 3_000,
        () => ({ status, json: vapiError(errorType) }),
      );
      const first = await refusing.clock.run(Promise.all(taskIds(4).map((taskId) => wait(refusing, taskId))));
      assert.ok(first.every(({ end, atMs }) => end.end === "succeeded" && atMs <= 3_400));
      assert.equal(refusing.lists(), 1);
      await refusing.clock.run(Promise.all(["task-8", "task-9"].map((taskId) => wait(refusing, taskId))));
      assert.equal(refusing.lists(), 1);
      assert.equal(refusing.vcenter.count("POST", "/api/session"), 1);
    });
  }

  it("asks for each by itself if the list answers something that is no list", async () => {
    const garbled = stage(
      () => 1_000,
      () => ({ status: 200, json: ["task-0"] }),
    );
    const ended = await garbled.clock.run(Promise.all(taskIds(3).map((taskId) => wait(garbled, taskId))));
    assert.ok(ended.every(({ end }) => end.end === "succeeded"));
    assert.equal(garbled.lists(), 1);
  });

  it("goes on with lists if one has failed for a moment", async () => {
    const shaken = stage(
      () => 5_000,
      (_request, number) => {
        if (number === 2) return { status: 503, json: vapiError("SERVICE_UNAVAILABLE") };
        if (number === 4)
          throw new RequestError("ERR_CONNECT", "reset", { method: "POST", path: "/x", fate: "maybe-sent" });
        return undefined;
      },
    );
    const ended = await shaken.clock.run(Promise.all(taskIds(3).map((taskId) => wait(shaken, taskId))));
    assert.ok(ended.every(({ end }) => end.end === "succeeded"));
    // While the list answered 503 one task was asked for by itself; all were told that the connection broke.
    assert.equal(shaken.gets(), 1);
    assert.ok(shaken.lists() > 4);
  });

  for (const [what, answer] of [
    ["answers 503", () => ({ status: 503, json: vapiError("SERVICE_UNAVAILABLE") })],
    [
      "never answers",
      () => {
        throw new RequestError("ERR_REQUEST_TIMEOUT", "late", { method: "POST", path: "/x", fate: "maybe-sent" });
      },
    ],
  ] as const) {
    it(`asks the tasks one by one if the list ${what}, and gives it up after two in a row`, async () => {
      const failing = stage(() => 20_000, answer);
      const ended = await failing.clock.run(Promise.all(taskIds(2).map((taskId) => wait(failing, taskId))));
      assert.ok(ended.every(({ end }) => end.end === "succeeded"));
      assert.equal(failing.lists(), 2);
      assert.ok(failing.gets() > 20);
    });
  }

  it("asks a task that is missing from the list by itself before it is taken for gone", async () => {
    const hiding = stage(
      () => 1_000,
      (request) => {
        const { filter_spec } = JSON.parse(request.body ?? "") as { filter_spec: { tasks: string[] } };
        const rest = filter_spec.tasks.filter((taskId) => taskId !== "task-1");
        return { status: 200, json: Object.fromEntries(rest.map((taskId) => [taskId, { status: "RUNNING" }])) };
      },
    );
    const hidden = wait(hiding, "task-1");
    const shown = wait(hiding, "task-0", 2_000).catch(() => undefined);
    const { end } = await hiding.clock.run(hidden);
    assert.equal(end.end, "succeeded");
    assert.ok(hiding.gets() > 0);
    await hiding.clock.run(shown);
  });

  it("never names more than 1000 tasks in one list", async () => {
    const sizes: number[] = [];
    const crowd = stage(
      () => 200,
      (request) => {
        sizes.push((JSON.parse(request.body ?? "") as { filter_spec: { tasks: string[] } }).filter_spec.tasks.length);
        return undefined;
      },
    );
    const ended = await crowd.clock.run(Promise.all(taskIds(2_100).map((taskId) => wait(crowd, taskId))));
    assert.equal(ended.length, 2_100);
    assert.ok(
      sizes.every((size) => size <= 1_000),
      sizes.join(", "),
    );
  });
});
