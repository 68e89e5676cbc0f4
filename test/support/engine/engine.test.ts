// SPDX-License-Identifier: Apache-2.0

// The harness against a trivial dynamic resource: what the end-to-end tests may rely on. Nothing here knows the
// resources of this project.

import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { after, before, describe, it } from "node:test";
import type { Stack } from "./index";
import { makeStack } from "./index";

// It keeps its "server" in a file, so that a refresh can find a drift.
const index = `
const pulumi = require("@pulumi/pulumi");
const provider = \`exports.handler = () => {
  const fs = require("fs");
  const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  let config;
  const apply = async (inputs) => {
    console.log("apply", inputs.value, process.env.TRIAL, config.get("trial:secret"));
    if (inputs.value === "bad") throw new Error("it is bad");
    if (inputs.value === "slow") await wait(4000);
    fs.writeFileSync("server", inputs.value);
    return { id: "one", outs: { value: inputs.value } };
  };
  return {
    configure: (request) => { config = request.config; },
    diff: async (id, olds, news) => ({ changes: olds.value !== news.value }),
    create: apply,
    update: async (id, olds, news) => ({ outs: (await apply(news)).outs }),
    read: async (id) => ({ id, props: { value: fs.readFileSync("server", "utf8") } }),
  };
};\`;
class Trial extends pulumi.CustomResource {
  constructor(name, inputs) { super("pulumi-nodejs:dynamic/trial:Trial", name, { ...inputs, __provider: provider }); }
}
const config = new pulumi.Config();
exports.value = new Trial("thing", { value: config.require("value") }).id;
`;

describe("a stack of the real engine", () => {
  let stack: Stack;
  before(async () => {
    stack = await makeStack({
      program: { "index.js": index },
      config: { value: "first" },
      secrets: { secret: "hush" },
      environment: { TRIAL: "variable" },
    });
  });
  after(() => stack.remove());
  const ops = (steps: readonly { op: string; name: string }[]): string[] => steps.map((s) => `${s.op} ${s.name}`);

  it("creates, and passes config, secrets and environment on", async () => {
    const result = await stack.up();
    assert.equal(result.status, 0, result.stdout + result.stderr);
    assert.deepEqual(ops(result.steps), ["create thing"]);
    assert.deepEqual(result.changes, { create: 2 });
    assert.ok(result.diagnostics.some((d) => d.message.includes("apply first variable [secret]")));
    assert.deepEqual(await stack.outputs(), { value: "one" });
    const state = await stack.exportState();
    assert.deepEqual(state.resource("thing").outputs?.["value"], "first");
    const kept = await stack.backendText();
    assert.ok(kept.includes("trial:secret") && !kept.includes("hush"));
  });

  it("shows an update in a preview, and sees drift in a refresh", async () => {
    await stack.setConfig("value", "second");
    const preview = await stack.preview();
    assert.deepEqual(ops(preview.steps), ["update thing"]);
    assert.equal(preview.steps[0]?.planned, true);
    const updated = await stack.up();
    assert.deepEqual(ops(updated.steps), ["update thing"]);
    const unchanged = await stack.up(["--expect-no-changes"]);
    assert.deepEqual([unchanged.status, ...ops(unchanged.steps)], [0, "same thing"]);

    await stack.writeFiles({ server: "somebody else's" });
    const drift = await stack.refresh(["--preview-only", "--expect-no-changes"]);
    assert.notEqual(drift.status, 0);
    assert.deepEqual(ops(drift.steps), ["update thing"], drift.stdout + drift.stderr);
    assert.equal((await stack.exportState()).resource("thing").outputs?.["value"], "second");
    const repaired = await stack.up(["--refresh"]);
    assert.equal(repaired.status, 0, repaired.stdout);
    assert.equal(await readFile(resolve(stack.directory, "server"), "utf8"), "second");
  });

  it("reports a failed step with its message", async () => {
    await stack.setConfig("value", "bad");
    const result = await stack.up();
    assert.notEqual(result.status, 0);
    assert.ok(result.steps.some((step) => step.name === "thing" && step.failed));
    assert.ok(result.diagnostics.some((d) => d.severity === "error" && d.message.includes("it is bad")));
  });

  it("lets an update that is under way finish after one Ctrl-C", async () => {
    await stack.setConfig("value", "slow");
    const operation = stack.start("up");
    await operation.waitFor(/apply slow/);
    operation.interrupt();
    const result = await operation.result;
    assert.notEqual(result.status, 0);
    assert.equal((await stack.exportState()).resource("thing").outputs?.["value"], "slow");
  });

  it("leaves a pending operation after kill -9, and no process", async () => {
    await stack.setConfig("value", "third");
    assert.equal((await stack.up()).status, 0);
    await stack.setConfig("value", "slow");
    const operation = stack.start("up");
    await operation.waitFor(/apply slow/);
    const killed = operation.kill();
    assert.ok(killed.some((one) => one.command.includes("dynamic-provider")));
    assert.equal((await operation.result).signal, "SIGKILL");
    const state = await stack.exportState();
    assert.deepEqual(
      state.pendingOperations.map((one) => one.type),
      ["updating"],
    );
    assert.throws(() => operation.kill(), /no process/);
    // The killed run also left its lock on the stack.
    await stack.run(["cancel", "--yes", "--stack", "test"]);
    assert.equal((await stack.destroy()).status, 0);
  });
});

describe("an existing project", () => {
  it("is run where it is, and gets no file", async () => {
    const host = await makeStack({ program: { "Pulumi.yaml": "name: here\nruntime: nodejs\n", "index.js": "" } });
    const guest = await makeStack({ program: host.directory, name: "guest" });
    assert.equal((await guest.up()).status, 0);
    assert.deepEqual(
      (await readdir(host.directory)).filter((name) => name.includes("guest")),
      [],
    );
    await assert.rejects(guest.writeFiles({ x: "" }), /not ours/);
    await guest.remove();
    await host.remove();
    await assert.rejects(readdir(host.directory), { code: "ENOENT" });
  });
});
