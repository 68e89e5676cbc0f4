// SPDX-License-Identifier: Apache-2.0

// What a program may declare and how: parents, values that are not known yet, and everything that a preview refuses
// before a single request leaves.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Simulator } from "../simulator/src/index";
import type { MadeCertificate } from "../fixtures/certificates/make";
import { makeCertificate } from "../fixtures/certificates/make";
import type { Scene } from "./scene";
import { argsOf, failed, makeScene, NOTHING, ONE_PATCH, ops, succeeded, traffic, writes } from "./scene";

describe("certificates in components", () => {
  let scene: Scene;
  before(async () => {
    scene = await makeScene({ program: "components.js", stack: { inline: true } });
  });
  after(() => scene.end());

  it("are created side by side, nested and below another resource, by one login", async () => {
    const { certificatePem: certificate, privateKeyPem: privateKey } = await makeCertificate();
    await scene.stack.writeFiles({ "args.json": JSON.stringify({ cluster: "domain-c8", certificate, privateKey }) });
    const result = await succeeded(scene.stack.up());
    const names = ["below", "inner-kms-3", "outer-kms-1", "outer-kms-2"];
    const created = result.steps.filter(({ type }) => type.startsWith("pulumi-nodejs:"));
    assert.deepEqual(
      created.map(({ op, name }) => `${op} ${name}`).sort(),
      names.map((name) => `create ${name}`),
    );
    assert.deepEqual(writes(scene.simulator), { ...ONE_PATCH, patches: 4 });
    const { resources } = await scene.stack.exportState();
    const ours = resources.filter(({ type }) => type.startsWith("pulumi-nodejs:"));
    // What the display goes by is what the engine calls them.
    assert.deepEqual(
      ours.map(({ inputs }) => inputs?.["__urn"]),
      ours.map(({ urn }) => urn),
    );
    const tasks = result.diagnostics.filter(({ message }) => message.startsWith("task RUNNING"));
    assert.deepEqual(new Set(tasks.map(({ urn }) => urn)), new Set(ours.map(({ urn }) => urn)));
  });

  it("cost nothing while nothing changes", async () => {
    await succeeded(scene.stack.up(["--expect-no-changes"]));
    assert.deepEqual(traffic(scene.simulator), NOTHING);
  });
});

describe("a certificate that another resource has yet to issue", () => {
  it("is created in the preview of a first up, and by the up", async () => {
    const scene = await makeScene({ program: "unknown-inputs.js", stack: { inline: true } });
    try {
      const { certificatePem: certificate, privateKeyPem: privateKey, fingerprint } = await makeCertificate();
      await scene.stack.writeFiles({
        "issue.json": JSON.stringify({ cluster: "domain-c8", certificate, privateKey }),
      });
      const preview = await succeeded(scene.stack.preview());
      assert.deepEqual(ops(preview), ["create issuer", "create kms"]);
      assert.deepEqual(traffic(scene.simulator), NOTHING);
      const result = await succeeded(scene.stack.up());
      assert.deepEqual(ops(result), ["create issuer", "create kms"]);
      assert.deepEqual(writes(scene.simulator), ONE_PATCH);
      assert.deepEqual(await scene.stack.outputs(), { kms: fingerprint });
    } finally {
      await scene.end();
    }
  });
});

describe("a declaration with mistakes", () => {
  let scene: Scene;
  let simulator: Simulator;
  let pair: MadeCertificate;

  before(async () => {
    pair = await makeCertificate();
    scene = await makeScene();
    simulator = scene.simulator;
  });
  after(() => scene.end());

  it("is refused when two resources have one target, though each is right", async () => {
    await scene.declare({ name: "kms", args: argsOf(pair) }, { name: "twin", args: argsOf(pair) });
    // Which of the two is looked at first is the engine's choice.
    await failed(
      scene.stack.preview(),
      /is managed twice in this program: by urn:\S+::(kms|twin) and by urn:\S+::(kms|twin)/,
    );
    assert.deepEqual(traffic(simulator), NOTHING);
  });

  it("is refused with customTimeouts, which the engine would not pass on", async () => {
    const options = { customTimeouts: { create: "10m" } };
    await scene.declare({ name: "kms", args: argsOf(pair), options });
    await failed(scene.stack.preview(), /customTimeouts has no effect on it; use timeoutSeconds/);
    assert.deepEqual(traffic(simulator), NOTHING);
  });
});
