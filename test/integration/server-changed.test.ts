// SPDX-License-Identifier: Apache-2.0
// A pending task of another vCenter, which no engine sends for an update: `diff` says replace (see test/behaviours).

import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { makeCertificate } from "../fixtures/certificates/make";
import { makeScene, NOTHING } from "./scene";
import type { Scene } from "./scene";

const ELSEWHERE = "other-vcenter.example:8443";
let scene: Scene;

before(async () => {
  scene = await makeScene();
});
after(() => scene.end());

it("an update that would resume its task here fails, naming both servers, and sends nothing", async () => {
  const pair = await makeCertificate();
  const pending = { server: ELSEWHERE, pendingTaskId: "task-of-elsewhere", pendingFingerprint: pair.fingerprint };
  const update = scene.provider.update(
    scene.id("kms-1"),
    scene.state(pair, "kms-1", pending),
    scene.inputs(pair, "kms-1"),
  );
  const { message } = await scene.failure("ERR_SERVER_CHANGED", update);
  assert.ok(message.includes(ELSEWHERE) && message.includes(scene.server), message);
  assert.deepEqual(scene.traffic(), NOTHING);
});
