// SPDX-License-Identifier: Apache-2.0
// What a server says reaches a terminal and a pipeline's log: nothing of it may command the one, forge a line in the
// other, or repeat a secret. Every error and log of a scene is checked for that; here a server tries.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { makeCertificate } from "../fixtures/certificates/make";
import type { MadeCertificate } from "../fixtures/certificates/make";
import type { RequestAction } from "../simulator";
import { makeScene, pathOf } from "./scene";
import type { Scene } from "./scene";

/** Clears the screen, forges a line, sets a title, rings, writes backwards, goes back over what stands there. */
const ATTACK = "\u001b[2J\r\nerror: all is well\u001b]0;title\u0007\u202egnorw\u0008\u009b31m\u2028";
/** How the beginning of it must arrive: as text. */
const SHOWN = String.raw`\u001b[2J\u000d\u000aerror: all is well\u001b]0;title\u0007`;

describe("what a hostile server says", () => {
  let scene: Scene;
  let pair: MadeCertificate;

  before(async () => {
    pair = await makeCertificate();
    scene = await makeScene();
  });
  after(() => scene.end());

  const fault = (text: string, errorType = "ERROR"): object => ({
    error_type: errorType,
    messages: [{ id: `com.vmware.trial${text}`, default_message: `It failed ${text}`, args: [] }],
  });
  const create = (keyProvider: string, action: RequestAction, seconds = 20): Promise<unknown> => {
    scene.simulator.faults.add({ match: { operation: "patch", path: pathOf(keyProvider) }, action });
    return scene.provider.create(scene.inputs(pair, keyProvider, { timeoutSeconds: seconds }));
  };

  // First, since the tasks of the other tests, of the same cluster, are found as well.
  it("as the id of a task is no id: the task is looked for instead, and stands nowhere in a path or a line", async () => {
    const body = JSON.stringify(`task/../x?y=${ATTACK}`);
    const renamed: RequestAction = {
      kind: "respond",
      status: 202,
      body,
      contentType: "application/json",
      applyThen: true,
    };
    scene.traffic();
    await create("kms-5", renamed);
    assert.ok(scene.holds(pair, "kms-5"));
    assert.equal(scene.simulator.journal.count({ operation: "taskGet", path: /x\?y=/ }), 0);
    assert.equal(scene.traffic().patches, 1);
  });

  it("in a refusal is shown as text", async () => {
    const refused: RequestAction = { kind: "respond", status: 400, body: fault(ATTACK, `INVALID${ATTACK}`) };
    const { message } = await scene.failure("ERR_API", create("kms-1", refused));
    assert.ok(message.includes(SHOWN), message);
  });

  it("in the error of a task that FAILED is shown as text", async () => {
    const steps = [{ status: "FAILED", fields: { error: fault(ATTACK), operation: `update${ATTACK}` } }];
    const failed: RequestAction = { kind: "taskScript", script: { steps, effect: "never" } };
    const { message } = await scene.failure("ERR_TASK_FAILED", create("kms-2", failed));
    assert.ok(message.includes(SHOWN), message);
  });

  it("as the status of a task is quoted, 32 characters of it", async () => {
    const odd: RequestAction = { kind: "taskScript", script: { steps: [{ status: ATTACK }], effect: "never" } };
    const { message, init } = await scene.failure("ERR_TASK_STATUS_UNKNOWN", create("kms-3", odd));
    assert.match(message, /has the unknown status "\\u001b\[2J\\u000d\\u000aerror: all is well/);
    assert.doesNotMatch(message, /title/);
    assert.equal(typeof init?.properties["pendingTaskId"], "string");
  });

  it("as progress is shown as text in the status column", async () => {
    const progress = {
      total: 100,
      completed: 40,
      message: { id: "x", default_message: `Half way ${ATTACK}`, args: [] },
    };
    const running: RequestAction = {
      kind: "taskScript",
      script: { steps: [{ status: "RUNNING", forMs: 300, fields: { progress } }, { status: "SUCCEEDED" }] },
    };
    await create("kms-4", running);
    const shown = scene.provider.logs.filter(({ ephemeral, message }) => ephemeral && message.includes("Half way"));
    assert.ok(shown.length > 0);
    for (const { message } of shown) assert.ok(message.includes(`40% after 0 s: Half way ${SHOWN}`), message);
  });

  it("as an HTML page is not repeated", async () => {
    const page: RequestAction = { kind: "respond", status: 400, body: `<html>${ATTACK} a page of a proxy</html>` };
    const { message } = await scene.failure("ERR_API", create("kms-6", page));
    assert.doesNotMatch(message, /a page of a proxy/);
    assert.match(message, /HTTP 400.*text\/html/);
  });

  it("in the names of a certificate is shown as text", async () => {
    scene.put(await makeCertificate({ subject: "CN=\u001b[2Jred\u202ewolley" }), "kms-7");
    const adopt = scene.provider.create(scene.inputs(pair, "kms-7", { adopt: true }));
    const { message } = await scene.failure("ERR_ALREADY_PRESENT", adopt);
    const shown = String.raw`CN=\1B[2Jred\u202ewolley`;
    assert.ok(message.includes(shown), message);
    const { properties } = await scene.provider.read(scene.id("kms-7"), scene.state(pair, "kms-7"));
    assert.equal(properties["subject"], shown);
  });
});
