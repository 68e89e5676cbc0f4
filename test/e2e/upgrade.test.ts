// SPDX-License-Identifier: Apache-2.0

// States that earlier releases have written, brought into a fresh stack and run through this one: nothing that users have
// may become a change, a request or an error by an upgrade alone. The recordings stand in test/state.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, it } from "node:test";
import { substitute } from "../state/placeholders";
import type { MadeCertificate } from "../fixtures/certificates/make";
import { makeCa, makeCertificate } from "../fixtures/certificates/make";
import type { Declaration, Scene } from "./scene";
import { makeScene, NOTHING, ONE_PATCH, ops, succeeded, traffic, writes } from "./scene";

const folder = resolve(__dirname, "../state");
const recordings = readdirSync(folder).filter((name) => name.endsWith(".json"));
const finished = recordings.filter((name) => !name.includes("not-finished"));
const notFinished = recordings.filter((name) => name.includes("not-finished"));

describe("the state of an earlier release", () => {
  for (const name of finished) {
    it(`runs through up, refresh and destroy as if nothing had happened: ${name}`, async () => {
      const { scene, pair } = await restore(name);
      try {
        scene.simulator.setCertificate(pair.certificatePem, "domain-c8", "kms-2");
        await scene.declare(plain(pair), full(pair));
        const unchanged = await succeeded(scene.stack.up(["--expect-no-changes"]));
        assert.deepEqual(ops(unchanged).sort(), ["same kms-1", "same kms-2"]);
        assert.deepEqual(traffic(scene.simulator), NOTHING);

        const outputs = async (): Promise<unknown[]> =>
          (await scene.stack.exportState()).resources.map((r) => r.outputs);
        const before = await outputs();
        await succeeded(scene.stack.refresh(["--expect-no-changes"]));
        assert.deepEqual(await outputs(), before);
        assert.deepEqual(writes(scene.simulator), { ...ONE_PATCH, patches: 0 });

        const destroyed = await succeeded(scene.stack.destroy());
        assert.deepEqual(ops(destroyed).sort(), ["delete kms-1", "delete kms-2"]);
        // Also of kms-2, whose state asks for what no release does any more.
        assert.deepEqual(traffic(scene.simulator), NOTHING);
        assert.match(destroyed.stdout + destroyed.stderr, /generateSelfSigned is no longer carried out/);
      } finally {
        await scene.end();
      }
    });
  }
  for (const name of notFinished) {
    it(`has its unfinished replacement settled without a second PATCH: ${name}`, async () => {
      const { scene, pair, pending } = await restore(name);
      try {
        // The task is long forgotten, and has done its work.
        scene.simulator.setCertificate(pending.certificatePem);
        await scene.stack.writeFiles({ "kms.key": pending.privateKeyPem });
        await scene.declare(plain(pending), full(pair));
        const settled = await succeeded(scene.stack.up());
        assert.deepEqual(ops(settled).sort(), ["same kms-2", "update kms-1"]);
        assert.deepEqual(writes(scene.simulator), { ...ONE_PATCH, patches: 0 });
        const { outputs, initErrors } = (await scene.stack.exportState()).resource("kms-1");
        assert.deepEqual([outputs?.["pendingTaskId"], outputs?.["pendingFingerprint"]], [undefined, undefined]);
        assert.equal(outputs?.["sha256Fingerprint"], pending.fingerprint);
        assert.equal(initErrors, undefined);
      } finally {
        await scene.end();
      }
    });
  }
  it("was recorded", () => {
    assert.ok(finished.length > 0 && notFinished.length === finished.length, recordings.join());
  });
});

async function restore(name: string): Promise<{ scene: Scene; pair: MadeCertificate; pending: MadeCertificate }> {
  // Named as what was recorded.
  const named = { subject: "CN=esx-kms-client, O=Example", ca: await makeCa({ subject: "CN=Key Server CA" }) };
  const [pair, pending] = await Promise.all([makeCertificate(named), makeCertificate(named)]);
  const scene = await makeScene({ simulator: { initialCertificate: pair.certificatePem } });
  const server = `${scene.simulator.host}:${scene.simulator.port}`;
  const recording = readFileSync(resolve(folder, name), "utf8");
  await scene.stack.importState(
    substitute(recording, { server, certificate: pair.certificatePem, pending: pending.certificatePem }),
  );
  await scene.stack.writeFiles({ "kms.key": pair.privateKeyPem });
  return { scene, pair, pending };
}

/** What test/state/record.ts has declared. */
function plain({ certificatePem: certificate }: MadeCertificate): Declaration {
  return {
    name: "kms-1",
    args: { cluster: "domain-c8", keyProvider: "kms-1", certificate, privateKeyFile: "kms.key" },
  };
}

function full({ certificatePem: certificate, privateKeyPem: privateKey }: MadeCertificate): Declaration {
  const options = { timeoutSeconds: 60, expiryWarningDays: 10, detectDrift: "onRefresh", adopt: false };
  const target = { cluster: "domain-c8", keyProvider: "kms-2" };
  return { name: "kms-2", args: { ...target, certificate, privateKey, ...options } };
}
