// SPDX-License-Identifier: Apache-2.0
// What a preview calls, `check` and `diff`: all mistakes at once, nothing unknown is a mistake, and not one request.

import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import { makeCertificate } from "../fixtures/certificates/make";
import type { MadeCertificate } from "../fixtures/certificates/make";
import type { Diff, Properties } from "../support/dynamic-provider";
import { unknownValue } from "../support/dynamic-provider";
import { makeScene, NOTHING } from "./scene";
import type { Scene } from "./scene";

const INPUTS = [
  "cluster",
  "keyProvider",
  "certificate",
  "privateKey",
  "privateKeyFile",
  "certificateFile",
  "passphrase",
  "passphraseFile",
  "passphraseEnv",
  "signingRequest",
  "timeoutSeconds",
  "expiryWarningDays",
  "detectDrift",
  "adopt",
  "onDelete",
];

describe("a preview", () => {
  let scene: Scene;
  let pair: MadeCertificate;
  let other: MadeCertificate;

  before(async () => {
    [pair, other] = await Promise.all([makeCertificate(), makeCertificate()]);
    scene = await makeScene();
  });
  afterEach(() => {
    assert.deepEqual(scene.traffic(), NOTHING);
    assert.equal(scene.simulator.connections.tcp, 0);
  });
  after(() => scene.end());

  const diff = (more: Properties): Promise<Diff> =>
    scene.provider.diff(scene.id("kms-1"), scene.state(pair, "kms-1"), scene.inputs(pair, "kms-1", more));

  it("takes every value that is not known yet, alone and at any depth", async () => {
    for (const name of INPUTS) {
      for (const value of [unknownValue, { deep: [{ down: unknownValue }] }]) {
        const left = { privateKeyFile: "privateKey", certificateFile: "certificate" }[name] ?? "none";
        const news = scene.inputs(pair, "kms-1", { [left]: undefined });
        const { failures } = await scene.provider.check({}, { ...news, [name]: value });
        assert.deepEqual(failures, [], `${name} ${JSON.stringify(value)}`);
      }
    }
    const nothingKnown = Object.fromEntries(INPUTS.slice(0, 4).map((name) => [name, unknownValue]));
    assert.deepEqual((await scene.provider.check({}, scene.inputs(pair, "kms-1", nothingKnown))).failures, []);
  });

  it("takes what is not known for a change, and for a replacement where it is the target", async () => {
    for (const name of ["certificate", "timeoutSeconds"]) {
      assert.deepEqual(await diff({ [name]: unknownValue }), {
        changes: true,
        replaces: [],
        deleteBeforeReplace: false,
      });
    }
    for (const name of ["cluster", "keyProvider"]) {
      assert.deepEqual((await diff({ [name]: unknownValue })).replaces, [name]);
    }
  });

  it("tells every mistake at once, and names no property whose value the engine would print", async () => {
    const wrong = scene.inputs(pair, "kms-1", {
      privateKey: other.privateKeyPem,
      privateKeyFile: "x",
      timeoutSeconds: 0,
      expiryWarningDays: -1,
      adopt: "yes",
      onDelete: "x",
      cluster: "",
    });
    const { failures, inputs } = await scene.provider.check({}, wrong);
    assert.deepEqual(inputs, wrong, "check(check(x)) is check(x)");
    const text = failures.map(({ property, reason }) => `${property}: ${reason}`).join("\n");
    const expected = [
      /cluster/,
      /both given/,
      /timeoutSeconds/,
      /expiryWarningDays/,
      /adopt/,
      /onDelete/,
      /does not belong/,
    ];
    for (const pattern of expected) assert.match(text, pattern);
    for (const { reason } of failures) assert.match(reason, /\[ERR_[A-Z_]+\]$/);
    const properties = failures.map(({ property }) => property).filter((property) => property !== "");
    assert.deepEqual(properties.sort(), ["adopt", "expiryWarningDays", "onDelete", "timeoutSeconds"]);
    scene.keepForSecrets("check failures", text);
  });

  it("shows neither key nor certificate where they are malformed", async () => {
    const body = pair.privateKeyPem.replace(/-----[^-]+-----/g, "");
    for (const privateKey of [body.slice(0, -40), body.slice(60), pair.privateKeyPem.slice(0, -40)]) {
      for (const more of [{ privateKey }, { certificate: privateKey }, { certificate: pair.privateKeyPem }]) {
        const { failures } = await scene.provider.check({}, scene.inputs(pair, "kms-1", more));
        assert.notEqual(failures.length, 0);
        assert.ok(failures.every(({ property }) => property === ""));
        scene.keepForSecrets("check failures", JSON.stringify(failures));
      }
    }
  });
});
