// SPDX-License-Identifier: Apache-2.0
// CIS tasks of the simulator against the vendor's description: which fields are there in which status, list and its
// limits, cancel.

import assert from "node:assert/strict";
import { Agent } from "node:https";
import { after, before, describe, it } from "node:test";
import type { Simulator } from "../src/index";
import { startSimulator } from "../src/index";
import { CLIENT_CERTIFICATE_SERVICE, TASK_INFO, TASK_PROGRESS_REQUIRED } from "./fixtures/vendor-shapes";
import type { PlainAnswer } from "./plain-client";
import { certificatePath, fields, finalInfo, followTask, getTask, login, plain, providerPath } from "./plain-client";
import { idOf, patchNewPair, scriptedPatch } from "./patches";

describe("tasks", () => {
  let simulator: Simulator;
  let headers: Record<string, string>;
  before(async () => {
    simulator = await startSimulator({ taskDurationMs: { patch: 120, read: 10 } });
    headers = await login(simulator);
  });
  after(() => simulator.close());

  const look = async (accepted: PlainAnswer): Promise<Record<string, unknown>> =>
    fields(await getTask(simulator, idOf(accepted), headers));
  const list = (body: unknown): Promise<PlainAnswer> =>
    plain(simulator, "POST", "/api/cis/tasks?action=list", { headers, body });

  it("goes from PENDING over RUNNING to SUCCEEDED with exactly the documented fields in each", async () => {
    const accepted = await scriptedPatch(simulator, headers, {
      steps: [{ status: "PENDING", forPolls: 1 }, { status: "RUNNING", forMs: 100 }, { status: "SUCCEEDED" }],
    });
    const seen = await followTask(simulator, accepted, headers);
    const order = seen.map((info) => info["status"]).filter((each, index, all) => each !== all[index - 1]);
    assert.deepEqual(order, ["PENDING", "RUNNING", "SUCCEEDED"]);
    let completed = 0;
    for (const info of seen) {
      const status = info["status"] as string;
      assert.ok(TASK_INFO.required.every((name) => name in info));
      assert.ok(Object.keys(info).every((name) => (TASK_INFO.properties as readonly string[]).includes(name)));
      for (const [name, statuses] of Object.entries(TASK_INFO.onlyIn)) {
        assert.equal(name in info, (statuses as readonly string[]).includes(status), `${name} in ${status}`);
      }
      assert.ok(!("error" in info) && !("result" in info) && !("parent" in info));
      const progress = info["progress"] as { completed: number } | undefined;
      if (progress === undefined) continue;
      assert.deepEqual(Object.keys(progress), TASK_PROGRESS_REQUIRED);
      assert.ok(progress.completed >= completed);
      ({ completed } = progress);
    }
    const last = seen.at(-1) as { start_time: string; end_time: string };
    assert.equal(completed, 100);
    const ms = Date.parse(last.end_time) - Date.parse(last.start_time);
    assert.ok(Math.abs(ms - 100) <= 1, `${ms} ms`);
  });

  it("accepts the colon of a task id raw and encoded, and leaves the result out when told to", async () => {
    const accepted = await plain(simulator, "GET", certificatePath(simulator), { headers });
    await finalInfo(simulator, accepted, headers);
    const id = idOf(accepted);
    for (const written of [id, encodeURIComponent(id)]) {
      const info = fields(await plain(simulator, "GET", `/api/cis/tasks/${written}?return_all=false`, { headers }));
      assert.ok("result" in info);
    }
    const bare = fields(await plain(simulator, "GET", `/api/cis/tasks/${id}?exclude_result=true`, { headers }));
    assert.ok(!("result" in bare) && bare["status"] === "SUCCEEDED");
    const wrong = await plain(simulator, "GET", `/api/cis/tasks/${id}?exclude_result=yes`, { headers });
    assert.equal(wrong.status, 400);
  });

  it("answers NOT_FOUND for an unknown task, with an id that is not the router's", async () => {
    const answer = await getTask(simulator, "no-such-task", headers);
    assert.deepEqual([answer.status, fields(answer)["error_type"]], [404, "NOT_FOUND"]);
    assert.doesNotMatch(answer.text, /httpNotFound/);
  });

  it("lists by services, tasks, operations, status and targets", async () => {
    const patch = await patchNewPair(simulator, headers);
    const read = await plain(simulator, "GET", certificatePath(simulator), { headers });
    const ids = async (filter: object): Promise<string[]> => Object.keys(fields(await list({ filter_spec: filter })));
    assert.deepEqual(await ids({ tasks: [idOf(patch)] }), [idOf(patch)]);
    const services = [CLIENT_CERTIFICATE_SERVICE];
    const all = await ids({ services });
    assert.ok(all.includes(idOf(patch)) && all.includes(idOf(read)));
    assert.ok((await ids({ services, operations: ["update$task"] })).includes(idOf(patch)));
    assert.ok(!(await ids({ services, operations: ["update$task"] })).includes(idOf(read)));
    assert.deepEqual(await ids({ services, status: ["BLOCKED"] }), []);
    const target = { type: "ClusterComputeResource", id: "domain-c8" };
    assert.ok((await ids({ services, targets: [target] })).includes(idOf(patch)));
    assert.deepEqual(await ids({ services, targets: [{ ...target, id: "domain-c9" }] }), []);
    assert.deepEqual(await ids({ services, users: ["somebody@else"] }), []);
    await finalInfo(simulator, patch, headers);
  });

  it("refuses a list without filter_spec, with an empty one, of two providers, or of no provider", async () => {
    const said = async (body: unknown): Promise<string> => {
      const answer = await list(body);
      assert.equal(answer.status, 400);
      return answer.text;
    };
    assert.match(await said({}), /filter_spec/);
    assert.match(await said({ filter_spec: {} }), /One of tasks and services/);
    assert.match(await said({ filter_spec: { tasks: [], services: [] } }), /One of tasks and services/);
    const both = [CLIENT_CERTIFICATE_SERVICE, "com.vmware.esx.settings.clusters.software"];
    assert.match(await said({ filter_spec: { services: both } }), /same provider/);
    assert.match(await said({ filter_spec: { services: ["com.example.nothing"] } }), /Cannot find provider/);
    assert.match(await said({ filter_spec: { tasks: ["task-1"] } }), /Cannot find provider/);
    assert.match(await said({ filter_spec: { services: both, status: ["DONE"] } }), /status/);
    assert.match(await said({ services: both }), /unexpected field/);
  });

  it("cancels only what is cancelable and not complete, and the task is then FAILED with CANCELED", async () => {
    const cancel = (accepted: PlainAnswer): Promise<PlainAnswer> =>
      plain(simulator, "POST", `/api/cis/tasks/${idOf(accepted)}?action=cancel`, { headers });
    const ordinary = await patchNewPair(simulator, headers);
    assert.equal(fields(await cancel(ordinary))["error_type"], "UNSUPPORTED");
    await finalInfo(simulator, ordinary, headers);
    assert.equal(fields(await cancel(ordinary))["error_type"], "NOT_ALLOWED_IN_CURRENT_STATE");
    const before = simulator.certificate();
    const cancelable = await scriptedPatch(simulator, headers, { cancelable: true });
    assert.equal((await look(cancelable))["cancelable"], true);
    assert.equal((await cancel(cancelable)).status, 204);
    const info = await look(cancelable);
    assert.deepEqual(
      [info["status"], (info["error"] as Record<string, unknown>)["error_type"]],
      ["FAILED", "CANCELED"],
    );
    await new Promise((resolve) => setTimeout(resolve, 150));
    assert.equal(simulator.certificate(), before);
  });

  it("refuses a list of more than 1000 matches with RESOURCE_INACCESSIBLE", async () => {
    const crowded = await startSimulator();
    const agent = new Agent({ keepAlive: true, maxSockets: 4 });
    const session = await login(crowded);
    const path = `${providerPath(crowded)}?vmw-task=true`;
    for (let made = 0; made < 1001; made += 91) {
      await Promise.all(Array.from({ length: 91 }, () => plain(crowded, "GET", path, { headers: session, agent })));
    }
    assert.equal(crowded.tasks().length, 1001);
    const service = CLIENT_CERTIFICATE_SERVICE.replace(".client_certificate", "");
    const listed = (filter: object): Promise<PlainAnswer> =>
      plain(crowded, "POST", "/api/cis/tasks?action=list", { headers: session, body: { filter_spec: filter } });
    const answer = await listed({ services: [service] });
    assert.deepEqual([answer.status, fields(answer)["error_type"]], [500, "RESOURCE_INACCESSIBLE"]);
    const some = crowded.tasks().slice(0, 1000);
    assert.equal((await listed({ tasks: some.map(({ id }) => id) })).status, 200);
    agent.destroy();
    await crowded.close();
  });
});
