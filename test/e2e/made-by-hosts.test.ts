// SPDX-License-Identifier: Apache-2.0

// A signing request, the certificate that a CA signs from it in the same program, and a self-signed certificate beside
// them: each `pulumi up` does all of it at once, with one login.

import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { after, before, describe, it } from "node:test";
import {
  fingerprintOfPem,
  makeCertificate,
  makeSigningRequest,
  publicKeyOfRequest,
} from "../fixtures/certificates/make";
import { labCaFiles } from "./lab-ca";
import type { Scene } from "./scene";
import { failed, makeScene, NOTHING, ops, succeeded, traffic, writes } from "./scene";

const FIRST = "canary-first-rotation";
const SECOND = "canary-second-rotation";
const ALL_THREE = { logins: 1, patches: 1, posts: 2, sessions: 0 };

describe("what the hosts make, and a certificate that is signed from it", () => {
  let scene: Scene;

  before(async () => {
    scene = await makeScene({ program: "made-by-hosts.js", files: await labCaFiles(), stack: { inline: true } });
  });
  after(() => scene.end());

  const rotate = (rotation: string, timeoutSeconds = 60): Promise<void> =>
    scene.stack.writeFiles({ "settings.json": JSON.stringify({ rotation, timeoutSeconds }) });
  const outputsOf = async (name: string): Promise<Readonly<Record<string, unknown>>> =>
    (await scene.stack.exportState()).resource(name).outputs ?? {};
  /** Signed from the last request, and there; the state says so. */
  const assertSigned = async (): Promise<void> => {
    const { simulator } = scene;
    const csr = simulator.csr() ?? "";
    const request = await outputsOf("request");
    assert.equal(request["publicKeySha256"], publicKeyOfRequest(csr));
    assert.deepEqual([request["csr"], request["keyAlgorithm"], request["keyBits"]], [csr, "RSA", 2048]);
    const live = new X509Certificate(simulator.certificate() ?? "");
    assert.match(live.issuer, /Key Server CA/);
    assert.equal((await outputsOf("signed"))["sha256Fingerprint"], live.fingerprint256);
  };
  const assertNoTriggerInClear = async (): Promise<void> => {
    const text = (await scene.stack.backendText()) + (await scene.stack.exportState()).text;
    for (const secret of [FIRST, SECOND]) assert.equal(text.includes(secret), false);
  };

  it("is created in one up; what does not end in time is saved as not finished, with its triggers as a secret", async () => {
    const { simulator, stack } = scene;
    await rotate(FIRST, 6);
    const steps = [{ status: "RUNNING", forMs: 9_000 }, { status: "SUCCEEDED" }];
    simulator.faults.add({ match: { operation: "post" }, action: { kind: "taskScript", script: { steps } } });
    await failed(stack.up(), /waits for the same task|ERR_TASK_TIMEOUT/);
    assert.deepEqual(writes(simulator), ALL_THREE);
    await assertSigned();
    assert.match(String((await outputsOf("own"))["pendingReplaces"]), /^(?:[0-9A-F]{2}:){31}/);
    await assertNoTriggerInClear();
  });

  it("is finished by the next up, and costs nothing from then on", async () => {
    const { simulator, stack } = scene;
    await rotate(FIRST);
    await succeeded(stack.up());
    assert.deepEqual(writes(simulator), { ...ALL_THREE, patches: 0, posts: 0 });
    const live = fingerprintOfPem(simulator.certificate("domain-c8", "kms-2"));
    assert.equal((await outputsOf("own"))["sha256Fingerprint"], live);
    await succeeded(stack.up(["--expect-no-changes"]));
    assert.deepEqual(traffic(simulator), NOTHING);
  });

  it("is rotated by its triggers, all in one up", async () => {
    const { simulator, stack } = scene;
    const before = fingerprintOfPem(simulator.certificate("domain-c8", "kms-2"));
    await rotate(SECOND);
    const updates = ["update own", "update request", "update signed"];
    assert.deepEqual(ops(await succeeded(stack.preview())).sort(), updates);
    assert.deepEqual(traffic(simulator), NOTHING);
    assert.deepEqual(ops(await succeeded(stack.up())).sort(), updates);
    assert.deepEqual(writes(simulator), ALL_THREE);
    await assertSigned();
    assert.equal((await outputsOf("own"))["previousSha256Fingerprint"], before);
    await assertNoTriggerInClear();
  });

  it("is refreshed, and what somebody else has made is taken over or replaced", async () => {
    const { simulator, stack } = scene;
    await succeeded(stack.refresh(["--expect-no-changes"]));
    assert.deepEqual(writes(simulator), { ...ALL_THREE, patches: 0, posts: 0 });
    const [{ csrPem }, foreign] = await Promise.all([makeSigningRequest(), makeCertificate()]);
    simulator.setCsr(csrPem);
    simulator.setCertificate(foreign.certificatePem, "domain-c8", "kms-2");
    const result = await succeeded(stack.up(["--refresh"]));
    // The new request is not undone: the CA signs it, and the certificate follows. The self-signed one is made anew.
    const { patches, posts, sessions } = writes(simulator);
    assert.deepEqual({ patches, posts, sessions }, { patches: 1, posts: 1, sessions: 0 });
    assert.ok(result.diagnostics.some(({ message }) => message.includes("can no longer be installed")));
    assert.equal(simulator.csr(), csrPem);
    assert.equal((await outputsOf("own"))["previousSha256Fingerprint"], foreign.fingerprint);
    await succeeded(stack.up(["--expect-no-changes"]));
    traffic(simulator);
  });

  it("is destroyed without a request", async () => {
    const { simulator, stack } = scene;
    const { diagnostics } = await succeeded(stack.destroy());
    assert.deepEqual(traffic(simulator), NOTHING);
    assert.equal(diagnostics.filter(({ message }) => /stays on the hosts/.test(message)).length, 3);
  });
});
