// SPDX-License-Identifier: Apache-2.0
// "Does a task of mine still run?": whose a task is, and the three answers.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { candidates, findTasks } from "../../../provider/src/kms/find-task";
import { listTasks } from "../../../provider/src/vsphere/tasks/tasks";
import { failed, scripted, SERVICE, TARGET } from "./scripted-vcenter";
import type { Script, Task } from "./scripted-vcenter";

const RUNNING: Task = { status: "RUNNING" };
const SIBLING = { ...TARGET, keyProvider: "kms-2" };

/** Task, and whose it is; undefined: no candidate. */
const OWNERSHIP: readonly (readonly [what: string, task: Task, ownership: "ours" | "unclear" | undefined])[] = [
  ["names the key provider", { ...RUNNING, targetId: "kms-1" }, "ours"],
  ["names it behind its cluster", { ...RUNNING, targetId: "domain-c8/kms-1", targetType: "kms.Provider" }, "ours"],
  [
    "names another one behind its cluster",
    { ...RUNNING, targetId: "domain-c8:kms-2", targetType: "Provider" },
    undefined,
  ],
  ["names the cluster only", { ...RUNNING, targetId: "domain-c8" }, "unclear"],
  ["names nothing", { ...RUNNING, targetId: "" }, "unclear"],
  ["names something of an unknown kind", { ...RUNNING, targetId: "subject-17", targetType: "Subject" }, "unclear"],
  ["names another key provider by its type", { ...RUNNING, targetId: "kms-2", targetType: "kms.Provider" }, undefined],
  ["names another cluster", { ...RUNNING, targetId: "domain-c9", targetType: "" }, undefined],
  ["names another cluster by its type", { ...RUNNING, targetId: "east" }, undefined],
  ["has ended", { status: "FAILED", targetId: "kms-1" }, "ours"],
  ["has an unknown status", { status: "CANCELED", targetId: "kms-1" }, "ours"],
  ["has an unknown operation", { ...RUNNING, targetId: "kms-1", operation: "renew" }, "ours"],
  ...["get", "get$task", "com.vmware.x.list", "delete$task"].map(
    (operation) => [`is no change but ${operation}`, { ...RUNNING, targetId: "kms-1", operation }, undefined] as const,
  ),
];

describe("whose a task is", () => {
  for (const [what, task, ownership] of OWNERSHIP) {
    it(`that ${what}: ${ownership ?? "of no interest"}`, async () => {
      const { run } = scripted({ tasks: () => ({ "task-1": task }) });
      const found = await run((operation) => findTasks(operation, "all"));
      assert.ok(found.known);
      const isOpen = task.status !== "FAILED";
      assert.deepEqual(
        found.tasks.map((one) => [one.ownership, one.isOpen]),
        ownership === undefined ? [] : [[ownership, isOpen]],
      );
    });
  }

  it("is another key provider's if this process has started it there; ids that cannot be followed are passed over", async () => {
    const names = { ...RUNNING, targetId: "kms-1" };
    const { run, connection } = scripted({
      tasks: () => ({ "task-1": RUNNING, "task-2": RUNNING, secret: names, "..": names }),
    });
    connection.startedTasks.add("task-1", SIBLING);
    connection.startedTasks.add("task-2", TARGET);
    const idsFor = (target: typeof TARGET): Promise<string[]> =>
      run(
        async (operation) => {
          const all = await listTasks(connection.api, { services: [SERVICE] }, operation.deadline);
          return candidates(all, operation).map(({ taskId }) => taskId);
        },
        { target },
      );
    assert.deepEqual(await idsFor(TARGET), ["task-2"]);
    assert.deepEqual(await idsFor(SIBLING), ["task-1"]);
  });
});

/** A vCenter that lists one service at a time, and knows those whose names end so. */
function oneService(status: number, known: readonly string[], alone = status): NonNullable<Script["list"]> {
  const refusal = { error_type: "INVALID_ARGUMENT", messages: [{ id: "x", default_message: "Cannot find provider" }] };
  return (_number, _nowMs, services) => {
    if (services.length > 1) return { status, json: refusal };
    if (services.every((service) => known.some((end) => service.endsWith(`.${end}`)))) return undefined;
    return alone === 404
      ? { status: alone, json: { error_type: "OPERATION_NOT_FOUND", messages: [] } }
      : { status: alone, json: refusal };
  };
}

describe("the answer", () => {
  const json = (errorType: string): object => ({ error_type: errorType, messages: [] });
  const page = { status: 503, headers: {}, text: "<html>" };
  const answers: readonly (readonly [what: string, list: NonNullable<Script["list"]>, answer: string])[] = [
    ["a list without tasks", () => ({ status: 200, json: {} }), "none"],
    ["one page of a front", (number) => (number < 2 ? page : undefined), "found"],
    ["pages of a front for a minute", (_number, nowMs) => (nowMs < 60_000 ? page : undefined), "found"],
    [
      "broken connections for a minute",
      (_number, nowMs) => (nowMs < 60_000 ? failed("ERR_CONNECT", "maybe-sent") : undefined),
      "found",
    ],
    [
      "too many tasks, until the filter is narrow",
      (number) => (number < 2 ? { status: 500, json: json("RESOURCE_INACCESSIBLE") } : undefined),
      "found",
    ],
    ["a list that times out for good", () => ({ status: 500, json: json("TIMED_OUT") }), "unknown"],
    ["a list that is forbidden", () => ({ status: 403, json: json("UNAUTHORIZED") }), "refused"],
    ["a list that does not exist", () => ({ status: 404, json: json("OPERATION_NOT_FOUND") }), "refused"],
    [
      "something that is no list, twice",
      (number) => (number < 3 ? { status: 200, json: ["task-1"] } : undefined),
      "found",
    ],
    ["something that is no list", () => ({ status: 200, json: ["task-1"] }), "unknown"],
    ["a refusal of both services in one list", oneService(400, ["client_certificate", "csr"]), "found"],
    ["a refusal of one service as one that vCenter does not know", oneService(500, ["client_certificate"]), "found"],
    ["a refusal of each service", oneService(400, []), "refused"],
    ["a list that does not exist, after a refusal of both services", oneService(400, [], 404), "refused"],
  ];
  for (const [what, list, answer] of answers) {
    it(`to ${what} is ${answer}`, async () => {
      const { run } = scripted({ tasks: () => ({ "task-1": RUNNING }), list });
      const found = await run((operation) => findTasks(operation, "open"));
      const given = found.known ? (found.tasks.length > 0 ? "found" : "none") : found.isRefused ? "refused" : "unknown";
      assert.equal(given, answer);
    });
  }

  it("is not given if the time is up before", async () => {
    const { run, clock } = scripted({ tasks: () => ({}), list: () => page });
    await assert.rejects(
      run((operation) => findTasks(operation, "open"), { timeoutMs: 5_000 }),
      {
        code: "ERR_OPERATION_TIMEOUT",
      },
    );
    assert.equal(clock.nowMs(), 5_000);
  });

  it("is asked for open tasks, or for all and after a failure for open ones", async () => {
    const { run, requests } = scripted({
      tasks: () => ({}),
      list: (number) => (number === 2 ? { status: 500, json: json("TIMED_OUT") } : undefined),
    });
    await run((operation) => findTasks(operation, "open"));
    await run((operation) => findTasks(operation, "all"));
    const statuses = requests
      .filter(({ query }) => query === "action=list")
      .map(({ body = "" }) => (JSON.parse(body) as { filter_spec: { status?: string[] } }).filter_spec.status?.join());
    assert.deepEqual(statuses, ["PENDING,RUNNING,BLOCKED", undefined, "PENDING,RUNNING,BLOCKED"]);
  });
});
