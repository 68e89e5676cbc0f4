// SPDX-License-Identifier: Apache-2.0
// A state that belongs to another vCenter than the provider is configured for, as when a variable was left over: nothing
// is sent to either, and nothing looks deleted.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { makeCertificate } from "../fixtures/certificates/make";
import type { MadeCertificate } from "../fixtures/certificates/make";
import type { Properties } from "../support/dynamic-provider";
import { makeScene, NOTHING } from "./scene";
import type { Scene } from "./scene";

const ELSEWHERE = "other-vcenter.example:8443";

describe("a resource that lives on another vCenter", () => {
  let scene: Scene;
  let pair: MadeCertificate;
  let state: Properties;

  before(async () => {
    pair = await makeCertificate();
    scene = await makeScene();
    scene.put(pair, "kms-1");
    state = scene.state(pair, "kms-1", { server: ELSEWHERE });
  });
  after(async () => {
    assert.deepEqual(scene.traffic(), NOTHING);
    await scene.end();
  });

  const assertNamesBoth = ({ message }: { readonly message: string }): void => {
    assert.ok(message.includes(ELSEWHERE) && message.includes(scene.server), message);
  };

  it("fails a refresh, and never looks like a deleted one", async () => {
    assertNamesBoth(await scene.failure("ERR_SERVER_CHANGED", scene.provider.read(scene.id("kms-1"), state)));
  });

  it("is a replacement in diff, as any change of the vCenter", async () => {
    const diff = await scene.provider.diff(scene.id("kms-1"), state, scene.inputs(pair, "kms-1"));
    assert.deepEqual(diff, { changes: true, replaces: ["server"], deleteBeforeReplace: false });
    const same = scene.state(pair, "kms-1");
    assert.deepEqual((await scene.provider.diff(scene.id("kms-1"), same, scene.inputs(pair, "kms-1"))).replaces, []);
  });

  it("fails an update that would resume its pending task here", async () => {
    const pending = { ...state, pendingTaskId: "task-of-elsewhere", pendingFingerprint: pair.fingerprint };
    const update = scene.provider.update(scene.id("kms-1"), pending, scene.inputs(pair, "kms-1"));
    assertNamesBoth(await scene.failure("ERR_SERVER_CHANGED", update));
  });

  it("is deleted from the state alone: the certificate here is not its own, though it looks the same", async () => {
    await scene.provider.delete(scene.id("kms-1"), { ...state, onDelete: "generateSelfSigned" });
    const [said, ...more] = scene.notices("kms-1");
    assert.deepEqual([said?.severity, more], ["warning", []]);
    assertNamesBoth(said ?? { message: "" });
    assert.ok(scene.holds(pair, "kms-1"));
  });
});

describe("a delete after the settings of the connection are gone", () => {
  let scene: Scene;
  let pair: MadeCertificate;

  before(async () => {
    pair = await makeCertificate();
    scene = await makeScene({ environment: { VSPHERE_TRUST_AUTHORITY_SERVER: undefined } });
  });
  after(() => scene.end());

  it("needs none where nothing is sent", async () => {
    await scene.provider.delete(scene.id("kms-1"), scene.state(pair, "kms-1"));
  });

  it("fails where something would be sent, naming the setting", async () => {
    const state = scene.state(pair, "kms-1", { onDelete: "generateSelfSigned" });
    const { message } = await scene.failure("ERR_CONFIG_MISSING", scene.provider.delete(scene.id("kms-1"), state));
    assert.match(message, /VSPHERE_TRUST_AUTHORITY_SERVER/);
  });
});
