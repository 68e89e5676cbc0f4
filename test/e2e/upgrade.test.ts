// SPDX-License-Identifier: Apache-2.0

// States that earlier releases have written, brought into a fresh stack and run through this one: nothing that users have
// may become a change, a request or an error by an upgrade alone. The recordings stand in test/state.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, it } from "node:test";
import { makeSigningRequest } from "../fixtures/certificates/make";
import { CLUSTERS, declarationsOf, filesOf, makePairs } from "../state/declared";
import type { RecordedPair, Variation } from "../state/declared";
import { substitute } from "../state/placeholders";
import type { Declaration, Scene } from "./scene";
import { makeScene, NOTHING, ONE_PATCH, ops, succeeded, traffic, writes } from "./scene";

const folder = resolve(__dirname, "../state");
const recordings = readdirSync(folder).filter((name) => name.endsWith(".json"));
const finished = recordings.filter((name) => !name.includes("not-finished"));
const notFinished = recordings.filter((name) => name.includes("not-finished"));
const NO_WRITE = { ...ONE_PATCH, patches: 0 };

describe("the state of an earlier release", () => {
  for (const name of finished) {
    it(`runs through up, refresh, destroy and rotation as if nothing had happened: ${name}`, async () => {
      const restored = await restore(name);
      const { scene, pairs, declared, load } = restored;
      const { stack, simulator } = scene;
      const all = (op: string): string[] => declared(pairs[0]).map((each) => `${op} ${each.name}`);
      try {
        await scene.declare(...declared(pairs[0]));
        assert.deepEqual(ops(await succeeded(stack.up(["--expect-no-changes"]))).sort(), all("same"));
        assert.deepEqual(traffic(simulator), NOTHING);

        const before = await outputsIn(scene);
        await succeeded(stack.refresh(["--expect-no-changes"]));
        assert.deepEqual(await outputsIn(scene), before);
        assert.deepEqual(writes(simulator), NO_WRITE);

        const destroyed = await succeeded(stack.destroy());
        assert.deepEqual(ops(destroyed).sort(), all("delete"));
        // Also of kms-2 in 0.1.0, whose state asks for what no release does any more.
        assert.deepEqual(traffic(simulator), NOTHING);
        if (name.startsWith("0.1.0"))
          assert.match(destroyed.stdout + destroyed.stderr, /generateSelfSigned is no longer carried out/);

        await load();
        await stack.writeFiles(filesOf(pairs[1]));
        const rotated = declared(pairs[1], { trigger: "second" });
        await scene.declare(...rotated);
        assert.deepEqual(ops(await succeeded(stack.up())).sort(), all("update"));
        const posts = rotated.filter(({ type }) => type !== undefined).length;
        assert.deepEqual(writes(simulator), { ...ONE_PATCH, patches: rotated.length - posts, posts });
      } finally {
        await scene.end();
      }
    });
  }
  for (const name of notFinished) {
    it(`has what is not finished settled without a second write: ${name}`, async () => {
      const { scene, pairs, declared } = await restore(name);
      const [pair, pending] = pairs;
      const { stack, simulator } = scene;
      try {
        // The tasks are long forgotten, and have done their work.
        for (const keyProvider of ["kms-1", "kms-5"]) {
          simulator.setCertificate(pending.certificatePem, "domain-c8", keyProvider);
        }
        simulator.setCertificate(pairs[2].certificatePem, "domain-c8", "kms-3");
        simulator.setCsr((await makeSigningRequest()).csrPem, "domain-c8", "kms-4");
        await stack.writeFiles(filesOf(pending));
        const [first, , ...others] = declared(pending, { trigger: "second" });
        const [, full] = declared(pair);
        assert.ok(first !== undefined && full !== undefined);
        await scene.declare(first, full, ...others);
        const settled = ["same kms-2", ...[first, ...others].map((each) => `update ${each.name}`)];
        assert.deepEqual(ops(await succeeded(stack.up())).sort(), settled);
        assert.deepEqual(writes(simulator), NO_WRITE);
        const { text, resource } = await stack.exportState();
        assert.doesNotMatch(text, /"pending|initErrors/);
        for (const { name: each } of [first, ...others.filter(({ type }) => type === undefined)]) {
          assert.equal(resource(each).outputs?.["sha256Fingerprint"], pending.fingerprint);
        }
      } finally {
        await scene.end();
      }
    });
  }
  it("was recorded, with every notion of what is not finished", () => {
    assert.ok(finished.length > 0 && notFinished.length === finished.length, recordings.join());
    const newest = readFileSync(resolve(folder, notFinished.at(-1) ?? ""), "utf8");
    for (const output of [
      "pendingTaskId",
      "pendingFingerprint",
      "pendingReplaces",
      "pendingHealth",
      "previousSerial",
    ]) {
      assert.ok(newest.includes(`"${output}`), output);
    }
  });
});

/** A stack with a recorded state, and a vCenter that holds what it says. */
interface Restored {
  readonly scene: Scene;
  /** What the state has, what is pending in it, and another one. */
  readonly pairs: readonly [RecordedPair, RecordedPair, RecordedPair];
  /** What that release could declare. */
  readonly declared: (pair: RecordedPair, variation?: Variation) => readonly Declaration[];
  /** Brings the recorded state in once more. */
  readonly load: () => Promise<void>;
}

async function restore(name: string): Promise<Restored> {
  const [pair, pending, other] = await makePairs(3);
  assert.ok(pair !== undefined && pending !== undefined && other !== undefined);
  const signingRequest = await makeSigningRequest();
  const scene = await makeScene({
    simulator: { clusters: CLUSTERS, initialCertificate: pair.certificatePem },
    stack: { inline: true },
  });
  const { simulator, stack } = scene;
  simulator.setCsr(signingRequest.csrPem, "domain-c8", "kms-4");
  const recording = readFileSync(resolve(folder, name), "utf8");
  const server = `${simulator.host}:${simulator.port}`;
  const load = (): Promise<void> => stack.importState(substitute(recording, { server, pair, pending, signingRequest }));
  for (const { id, keyProviders } of CLUSTERS)
    for (const keyProvider of keyProviders) simulator.setCertificate(pair.certificatePem, id, keyProvider);
  await load();
  await stack.writeFiles(filesOf(pair));
  const declared: Restored["declared"] = (of, variation) =>
    declarationsOf(of, variation).filter((each) => recording.includes(`/${each.name}"`));
  return { scene, pairs: [pair, pending, other], declared, load };
}

async function outputsIn({ stack }: Scene): Promise<unknown[]> {
  return (await stack.exportState()).resources.map(({ outputs }) => outputs);
}
