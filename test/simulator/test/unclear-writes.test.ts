// SPDX-License-Identifier: Apache-2.0
// What makes the outcome of a write hard to know: tasks that name no key provider, late answers, tasks that are not
// registered yet, reads that lag.

import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Simulator, TaskTarget } from "../src/index";
import { startSimulator } from "../src/index";
import { certificatePath, fields, finalInfo, getTask, login, plain, readCertificate } from "./plain-client";
import { CLIENT_CERTIFICATE_SERVICE } from "./fixtures/vendor-shapes";
import { fingerprint, idOf, patchNewPair, scriptedPatch } from "./patches";

const KEY_PROVIDER_TYPE = "com.vmware.vcenter.trusted_infrastructure.trust_authority_clusters.kms.Provider";
const CLUSTER_TARGET = { type: "ClusterComputeResource", id: "domain-c8" };

describe("writes whose outcome is unclear", () => {
  let simulator: Simulator;
  let headers: Record<string, string>;
  before(async () => {
    simulator = await startSimulator({ taskDurationMs: { patch: 60, read: 5 } });
  });
  after(() => simulator.close());
  beforeEach(async () => {
    await simulator.reset();
    headers = await login(simulator);
  });

  const list = async (targets: object[]): Promise<Record<string, unknown>> => {
    const body = { filter_spec: { services: [CLIENT_CERTIFICATE_SERVICE], targets } };
    return fields(await plain(simulator, "POST", "/api/cis/tasks?action=list", { headers, body }));
  };

  it("names in a task the key provider, the cluster, nothing or something unfamiliar, and lists by that", async () => {
    const targets: Record<TaskTarget, object | undefined> = {
      cluster: CLUSTER_TARGET,
      "key-provider": { type: KEY_PROVIDER_TYPE, id: "kms-1" },
      none: undefined,
      unfamiliar: { type: "com.vmware.vcenter.trusted_infrastructure.Subject", id: "subject-17" },
    };
    for (const [target, wanted] of Object.entries(targets) as [TaskTarget, object | undefined][]) {
      const accepted = await scriptedPatch(simulator, headers, { target });
      const info = await finalInfo(simulator, accepted, headers);
      assert.deepEqual(info["target"], wanted);
      assert.equal("target" in info, target !== "none");
      assert.equal(idOf(accepted) in (await list([CLUSTER_TARGET])), target === "cluster");
      if (wanted !== undefined) assert.ok(idOf(accepted) in (await list([wanted])));
    }
  });

  it("takes what tasks name from the options, and the cluster for a task of a whole cluster", async () => {
    const other = await startSimulator({ taskTarget: "key-provider" });
    try {
      const session = await login(other);
      const nameOf = async (path: string): Promise<unknown> => {
        const accepted = await plain(other, "GET", `${path}?vmw-task=true`, { headers: session });
        return fields(await getTask(other, idOf(accepted), session))["target"];
      };
      const path = certificatePath(other).replace("/client-certificate?vmw-task=true", "");
      assert.deepEqual(await nameOf(path), { type: KEY_PROVIDER_TYPE, id: "kms-1" });
      assert.deepEqual(await nameOf(path.replace("/kms-1", "")), CLUSTER_TARGET);
    } finally {
      await other.close();
    }
  });

  it("answers a write late, and carries it out at once", async () => {
    simulator.faults.add({ match: { operation: "patch" }, action: { kind: "pass" }, answerDelayMs: 150 });
    const sentMs = performance.now();
    const accepted = await patchNewPair(simulator, headers);
    const [task] = simulator.tasks();
    assert.deepEqual([accepted.status, task?.id], [202, idOf(accepted)]);
    assert.ok(performance.now() - sentMs >= 150);
    assert.ok((task?.endedAtMs ?? Infinity) < performance.now() - 50, "the task ended before the answer came");
    assert.equal(fingerprint(simulator.certificate()), fingerprint(accepted.certificate));
  });

  it("does not know a task for some time after its 202, while the task already runs", async () => {
    const accepted = await scriptedPatch(simulator, headers, { unknownForMs: 800 });
    const answer = await getTask(simulator, idOf(accepted), headers);
    assert.deepEqual([answer.status, fields(answer)["error_type"]], [404, "NOT_FOUND"]);
    assert.doesNotMatch(answer.text, /httpNotFound/);
    assert.ok(!(idOf(accepted) in (await list([]))));
    assert.equal(simulator.tasks()[0]?.polls, 0);
    await sleep(820);
    assert.equal(fields(await getTask(simulator, idOf(accepted), headers))["status"], "SUCCEEDED");
    assert.ok(idOf(accepted) in (await list([])));
  });

  it("shows a first certificate late: NOT_FOUND for some time after SUCCEEDED", async () => {
    simulator.setCertificate(null);
    const accepted = await scriptedPatch(simulator, headers, { lagMs: 800 });
    assert.equal((await finalInfo(simulator, accepted, headers))["status"], "SUCCEEDED");
    const early = await plain(simulator, "GET", certificatePath(simulator), { headers });
    assert.deepEqual([early.status, fields(early)["error_type"]], [404, "NOT_FOUND"]);
    await sleep(820);
    assert.equal(fingerprint(await readCertificate(simulator, headers)), fingerprint(accepted.certificate));
  });
});
