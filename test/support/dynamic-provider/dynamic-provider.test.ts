// SPDX-License-Identifier: Apache-2.0

// The client against a trivial provider in the real process: what the integration tests may rely on. Nothing here knows
// the resources of this project.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { assertInTime } from "../in-time";
import type { DynamicProvider } from "./index";
import { ProviderFailure, startDynamicProvider } from "./index";

const script = `
let greeting = "none";
exports.handler = () => ({
  configure: (request) => { greeting = request.config.get("trial:greeting"); },
  check: async (olds, news) => ({ inputs: news, failures: news.size > 9 ? [{ property: "size", reason: "too big" }] : [] }),
  diff: async (id, olds, news) => ({ changes: olds.size !== news.size, replaces: news.size === 0 ? ["size"] : [] }),
  create: async (inputs) => {
    if (inputs.fail === "plain") throw new Error("no such thing");
    if (inputs.fail === "init") throw Object.assign(new Error("half done"),
      { id: "half", properties: { size: inputs.size, __provider: inputs.__provider }, reasons: ["first", "second"] });
    return { id: "one", outs: { size: inputs.size, greeting, secret: process.env.TRIAL } };
  },
  read: async (id, properties) => id === "gone" ? {} : { id, props: { size: 5 }, inputs: { size: 5 } },
  update: async (id, olds, news) => ({ outs: { size: news.size } }),
  delete: async () => { throw new Error("it stays"); },
});`;
const inputs = (more: Record<string, unknown> = {}): Record<string, unknown> => ({
  __provider: script,
  size: 1,
  ...more,
});

describe("the client of the dynamic-provider process", () => {
  let provider: DynamicProvider;
  before(async () => {
    provider = await startDynamicProvider({ cwd: __dirname, environment: { TRIAL: "from the environment" } });
    await provider.configure({ "trial:greeting": "hello" });
  });
  after(() => provider.stop());

  it("passes configuration and environment, and returns id and outputs of a create", async () => {
    const created = await provider.create(inputs());
    assert.equal(created.id, "one");
    assert.deepEqual(created.properties, {
      ...inputs(),
      greeting: "hello",
      secret: "from the environment",
    });
  });

  it("returns the failures of check, and changes and replacements of diff", async () => {
    const checked = await provider.check({}, inputs({ size: 10 }));
    assert.deepEqual(checked.failures, [{ property: "size", reason: "too big" }]);
    assert.deepEqual(await provider.diff("one", inputs(), inputs({ size: 0 })), {
      changes: true,
      replaces: ["size"],
      deleteBeforeReplace: false,
    });
    assert.equal((await provider.diff("one", inputs(), inputs())).changes, false);
  });

  it("tells a plain failure from a resource that is not finished", async () => {
    await assert.rejects(provider.create(inputs({ fail: "plain" })), (error: unknown) => {
      assert.ok(error instanceof ProviderFailure);
      assert.equal(error.message, "no such thing");
      assert.equal(error.init, undefined);
      return true;
    });
    await assert.rejects(provider.create(inputs({ fail: "init", size: 7 })), (error: unknown) => {
      assert.ok(error instanceof ProviderFailure);
      assert.deepEqual(error.init, { id: "half", properties: inputs({ size: 7 }), reasons: ["first", "second"] });
      return true;
    });
  });

  it("returns what read found, and an empty id when it found nothing", async () => {
    const found = await provider.read("one", inputs());
    assert.deepEqual([found.id, found.properties["size"], found.inputs?.["size"]], ["one", 5, 5]);
    assert.equal((await provider.read("gone", inputs())).id, "");
  });

  it("passes on updates and the failure of a delete", async () => {
    assert.equal((await provider.update("one", inputs(), inputs({ size: 3 })))["size"], 3);
    await assert.rejects(provider.delete("one", inputs()), { message: "it stays" });
    assert.match(provider.output().stderr, /it stays/);
  });
});

describe("the end and the log of the dynamic-provider process", () => {
  it("records what the provider logs and counts the calls", async () => {
    const logging = `exports.handler = () => ({ create: async () => {
      const { EngineClient } = require("@pulumi/pulumi/proto/engine_grpc_pb");
      const { LogRequest } = require("@pulumi/pulumi/proto/engine_pb");
      const client = new EngineClient(process.argv.at(-1), require("@grpc/grpc-js").credentials.createInsecure());
      const request = new LogRequest().setSeverity(2).setMessage("careful").setUrn("urn:x").setEphemeral(true);
      await new Promise((resolve) => client.log(request, resolve));
      return { id: "one", outs: {} };
    } });`;
    const provider = await startDynamicProvider({ cwd: __dirname });
    await provider.configure({});
    await provider.create({ __provider: logging });
    assert.deepEqual(provider.logs, [{ severity: "warning", urn: "urn:x", message: "careful", ephemeral: true }]);
    assert.equal(provider.calls.get("create"), 1);
    const exit = await provider.stop();
    assert.equal(exit.signal, "SIGINT");
    assertInTime(exit.elapsedMs, { atMostMs: 2_000 });
  });

  it("reports a process that cannot start", async () => {
    const preload = { NODE_OPTIONS: "--require ./there-is-no-such-module.js" };
    await assert.rejects(startDynamicProvider({ cwd: __dirname, environment: preload }), /gave no port/);
  });
});
