// SPDX-License-Identifier: Apache-2.0
// `delete`: what is sent, and what is said when nothing is. The API has no removal, so the only thing that could be sent
// overwrites a certificate; it is sent only over this resource's own.

import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { makeCertificate } from "../fixtures/certificates/make";
import type { MadeCertificate } from "../fixtures/certificates/make";
import type { Properties } from "../support/dynamic-provider";
import { makeScene, NOTHING, pathOf } from "./scene";
import type { Scene } from "./scene";

describe("a delete", () => {
  let scene: Scene;
  let pair: MadeCertificate;
  let other: MadeCertificate;

  before(async () => {
    [pair, other] = await Promise.all([makeCertificate(), makeCertificate()]);
    scene = await makeScene();
  });
  beforeEach(() => scene.traffic());
  after(() => scene.end());

  const remove = (keyProvider: string, more: Properties = {}): Promise<void> =>
    scene.provider.delete(scene.id(keyProvider), scene.state(pair, keyProvider, more));
  const generate = (keyProvider: string, more: Properties = {}): Promise<void> =>
    remove(keyProvider, { onDelete: "generateSelfSigned", ...more });

  const assertSaid = (keyProvider: string, severity: "info" | "warning", text: RegExp): void => {
    const [said, ...more] = scene.notices(keyProvider);
    assert.deepEqual([said?.severity, more], [severity, []]);
    assert.match(said?.message ?? "", text);
    assert.match(said?.message ?? "", new RegExp(`key provider "${keyProvider}" in cluster "domain-c8"`));
  };

  it("sends nothing and says so in one line when the certificate is to stay, also by default", async () => {
    scene.put(pair, "kms-1");
    scene.put(pair, "kms-2");
    await remove("kms-1");
    await remove("kms-2", { onDelete: "retain" });
    assert.deepEqual(scene.traffic(), NOTHING);
    for (const keyProvider of ["kms-1", "kms-2"]) {
      assertSaid(keyProvider, "info", /the certificate stays on the hosts \(the API has no removal\)/);
      assert.ok(scene.holds(pair, keyProvider));
    }
  });

  it("has a self-signed certificate made over this resource's own, and waits for it", async () => {
    scene.put(pair, "kms-3");
    await generate("kms-3");
    const { posts, patches, reads } = scene.traffic();
    assert.deepEqual({ posts, patches, reads }, { posts: 1, patches: 0, reads: 1 });
    assert.ok(!scene.holds(pair, "kms-3"), "its task has ended");
    assert.deepEqual(scene.notices("kms-3"), []);
  });

  it("leaves somebody else's certificate alone, with a warning", async () => {
    scene.put(other, "kms-4");
    await generate("kms-4");
    assert.equal(scene.traffic().posts, 0);
    assertSaid("kms-4", "warning", /certificate of somebody else/);
    assert.ok(scene.holds(other, "kms-4"));
  });

  it("leaves alone what another resource of this run has just put there", async () => {
    await scene.provider.create(scene.inputs(pair, "kms-5"));
    scene.traffic();
    await generate("kms-5");
    assert.deepEqual(scene.traffic(), NOTHING);
    assertSaid("kms-5", "warning", /another resource manages it now, or has just put its certificate there/);
  });

  it("fails, and so keeps the resource, when the POST is refused", async () => {
    scene.put(pair, "kms-6");
    scene.simulator.faults.add({
      match: { operation: "post", path: pathOf("kms-6") },
      times: 2,
      action: { kind: "respond", status: 403, body: { error_type: "UNAUTHORIZED", messages: [] } },
    });
    const { message } = await scene.failure("ERR_AUTHORIZATION", generate("kms-6"));
    assert.match(message, /Overwriting the client certificate with a self-signed one.*TrustedAdmin\.ManageKMSTrust/);
    assert.ok(scene.holds(pair, "kms-6"));
  });

  it("fails when the task of the POST has FAILED", async () => {
    scene.put(pair, "kms-7");
    const error = { error_type: "ERROR", messages: [{ id: "x.y", default_message: "No entropy.", args: [] }] };
    scene.simulator.faults.add({
      match: { operation: "post", path: pathOf("kms-7") },
      action: { kind: "taskScript", script: { steps: [{ status: "FAILED", fields: { error } }], effect: "never" } },
    });
    const { message } = await scene.failure("ERR_TASK_FAILED", generate("kms-7"));
    assert.match(message, /No entropy/);
    assert.ok(scene.holds(pair, "kms-7"));
  });

  it("fails when the certificate cannot be read first: nobody knows what would be overwritten", async () => {
    scene.put(pair, "kms-8");
    scene.simulator.faults.add({
      match: { operation: "readCertificate", path: pathOf("kms-8") },
      action: { kind: "respond", status: 400, body: { error_type: "NOT_ALLOWED_IN_CURRENT_STATE", messages: [] } },
    });
    await scene.failure("ERR_API", generate("kms-8"));
    assert.equal(scene.traffic().posts, 0);
  });

  it("fails within its time when the task of the POST does not end", async () => {
    scene.put(pair, "kms-9");
    scene.simulator.faults.add({
      match: { operation: "post", path: pathOf("kms-9") },
      action: { kind: "taskScript", script: { steps: [{ status: "RUNNING" }], effect: "never" } },
    });
    const startedMs = performance.now();
    const { init } = await scene.failure("ERR_TASK_TIMEOUT", generate("kms-9", { timeoutSeconds: 1 }));
    assert.equal(init, undefined);
    assert.ok(performance.now() - startedMs < 2_000);
  });

  it("succeeds when key provider, certificate or cluster are gone already", async () => {
    const { simulator } = scene;
    simulator.setCertificate(null, simulator.cluster, "kms-10");
    await generate("kms-10");
    assertSaid("kms-10", "info", /gone already/);
    simulator.removeKeyProvider(simulator.cluster, "kms-11");
    await generate("kms-11");
    assertSaid("kms-11", "info", /gone already/);
    assert.equal(scene.traffic().posts, 0);
  });

  it("waits for the unfinished replacement of this resource first, and overwrites what that has left", async () => {
    scene.put(other, "kms-12");
    scene.simulator.faults.add({
      match: { operation: "patch", path: pathOf("kms-12") },
      action: { kind: "taskScript", script: { steps: [{ status: "RUNNING", forMs: 3_000 }, { status: "SUCCEEDED" }] } },
    });
    const late = scene.provider.update(
      scene.id("kms-12"),
      scene.state(other, "kms-12"),
      scene.inputs(pair, "kms-12", { timeoutSeconds: 1, onDelete: "generateSelfSigned" }),
    );
    const { init } = await scene.failure("ERR_TASK_TIMEOUT", late);
    const pending = init?.properties ?? {};
    assert.equal(pending["onDelete"], "generateSelfSigned");
    // Destroying is another run.
    await scene.stop();
    await scene.start();
    await scene.provider.delete(scene.id("kms-12"), { ...pending, timeoutSeconds: 10 });
    assert.equal(scene.traffic().posts, 1);
    assert.ok(!scene.holds(pair, "kms-12") && !scene.holds(other, "kms-12"));
    assert.deepEqual(scene.notices("kms-12"), []);
  });

  it("sends nothing for an id of another form, and keeps the resource", async () => {
    const state = scene.state(pair, "kms-1", { onDelete: "generateSelfSigned" });
    await scene.failure("ERR_INPUT_INVALID", scene.provider.delete("kms-1", state));
    assert.deepEqual(scene.traffic(), NOTHING);
  });
});
