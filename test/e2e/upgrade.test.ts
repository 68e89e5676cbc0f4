// SPDX-License-Identifier: Apache-2.0

// States that earlier releases have written, brought into a fresh stack and run through this one: nothing that users have
// may become a change, a request or an error by an upgrade alone. The recordings stand in test/state.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, it } from "node:test";
import { HOST_MADE } from "../state/host-made";
import { substitute } from "../state/placeholders";
import type { MadeCertificate } from "../fixtures/certificates/make";
import { makeCa, makeCertificate, makeSigningRequest } from "../fixtures/certificates/make";
import type { Declaration, Scene } from "./scene";
import { makeScene, NOTHING, ONE_PATCH, ops, succeeded, traffic, writes } from "./scene";

const folder = resolve(__dirname, "../state");
const recordings = readdirSync(folder).filter((name) => name.endsWith(".json"));
const finished = recordings.filter((name) => !name.includes("not-finished"));
const notFinished = recordings.filter((name) => name.includes("not-finished"));

describe("the state of an earlier release", () => {
  for (const name of finished) {
    it(`runs through up, refresh and destroy as if nothing had happened: ${name}`, async () => {
      const { scene, pair, hostMade } = await restore(name);
      const names = ["kms-1", "kms-2", ...hostMade.map((declared) => declared.name)];
      try {
        scene.simulator.setCertificate(pair.certificatePem, "domain-c8", "kms-2");
        await scene.declare(plain(pair), full(pair), ...hostMade);
        const unchanged = await succeeded(scene.stack.up(["--expect-no-changes"]));
        assert.deepEqual(
          ops(unchanged).sort(),
          names.map((each) => `same ${each}`),
        );
        assert.deepEqual(traffic(scene.simulator), NOTHING);

        const outputs = async (): Promise<unknown[]> =>
          (await scene.stack.exportState()).resources.map((r) => r.outputs);
        const before = await outputs();
        await succeeded(scene.stack.refresh(["--expect-no-changes"]));
        assert.deepEqual(await outputs(), before);
        assert.deepEqual(writes(scene.simulator), { ...ONE_PATCH, patches: 0 });

        const destroyed = await succeeded(scene.stack.destroy());
        assert.deepEqual(
          ops(destroyed).sort(),
          names.map((each) => `delete ${each}`),
        );
        // Also of kms-2 in 0.1.0, whose state asks for what no release does any more.
        assert.deepEqual(traffic(scene.simulator), NOTHING);
        if (name.startsWith("0.1.0"))
          assert.match(destroyed.stdout + destroyed.stderr, /generateSelfSigned is no longer carried out/);
      } finally {
        await scene.end();
      }
    });
  }
  for (const name of notFinished) {
    it(`has its unfinished replacement settled without a second PATCH: ${name}`, async () => {
      const { scene, pair, pending, hostMade } = await restore(name);
      try {
        // The task is long forgotten, and has done its work.
        scene.simulator.setCertificate(pending.certificatePem);
        await scene.stack.writeFiles({ "kms.key": pending.privateKeyPem });
        await scene.declare(plain(pending), full(pair), ...hostMade);
        const settled = await succeeded(scene.stack.up());
        const same = ["kms-2", ...hostMade.map((declared) => declared.name)].map((each) => `same ${each}`);
        assert.deepEqual(ops(settled).sort(), [...same, "update kms-1"]);
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

/** A stack with a recorded state, and a vCenter that holds what it says. */
interface Restored {
  readonly scene: Scene;
  readonly pair: MadeCertificate;
  readonly pending: MadeCertificate;
  /** Of the other types, what was declared. */
  readonly hostMade: readonly Declaration[];
}

async function restore(name: string): Promise<Restored> {
  // Named as what was recorded.
  const named = { subject: "CN=esx-kms-client, O=Example", ca: await makeCa({ subject: "CN=Key Server CA" }) };
  const [pair, pending, signingRequest] = await Promise.all([
    makeCertificate(named),
    makeCertificate(named),
    makeSigningRequest(),
  ]);
  const scene = await makeScene({ simulator: { initialCertificate: pair.certificatePem } });
  scene.simulator.setCertificate(pair.certificatePem, "domain-c8", "kms-3");
  scene.simulator.setCsr(signingRequest.csrPem, "domain-c8", "kms-4");
  const server = `${scene.simulator.host}:${scene.simulator.port}`;
  const recording = readFileSync(resolve(folder, name), "utf8");
  await scene.stack.importState(
    substitute(recording, {
      server,
      certificate: pair.certificatePem,
      pending: pending.certificatePem,
      signingRequest,
    }),
  );
  await scene.stack.writeFiles({ "kms.key": pair.privateKeyPem });
  return { scene, pair, pending, hostMade: recording.includes("KmsSelfSigned") ? HOST_MADE : [] };
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
