// SPDX-License-Identifier: Apache-2.0
// The provider behind Pulumi's real provider process, over gRPC, before the simulator: what the engine relies on.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { makeCertificate } from "../fixtures/certificates/make";
import type { MadeCertificate } from "../fixtures/certificates/make";
import { startSimulator } from "../simulator";
import type { Simulator, SimulatorOptions } from "../simulator";
import { ProviderFailure, startDynamicProvider, unknownValue } from "../support/dynamic-provider";
import type { DynamicProvider, Properties } from "../support/dynamic-provider";

const ROOT = join(__dirname, "../..");
const TEXT = readFileSync(join(__dirname, "../golden/provider-text.txt"), "utf8").trimEnd();
const URN = "urn:pulumi:test::trial::pulumi-nodejs:dynamic/trustauthority:KmsClientCertificate::kms";

let one: MadeCertificate;
let two: MadeCertificate;
let simulator: Simulator;
let provider: DynamicProvider;

before(async () => {
  one = await makeCertificate({ subject: "CN=one" });
  two = await makeCertificate({ subject: "CN=two" });
});

async function start(options: SimulatorOptions = {}): Promise<void> {
  simulator = await startSimulator({ taskDurationMs: { patch: 200, post: 100, read: 10 }, ...options });
  provider = await startDynamicProvider({ cwd: ROOT, environment: environment() });
  await provider.configure({});
}

function environment(): NodeJS.ProcessEnv {
  return {
    VSPHERE_TRUST_AUTHORITY_SERVER: simulator.url,
    VSPHERE_TRUST_AUTHORITY_USER: simulator.user,
    VSPHERE_TRUST_AUTHORITY_PASSWORD: simulator.password,
    VSPHERE_TRUST_AUTHORITY_CA_CERTIFICATE_FILE: simulator.caFile,
  };
}

async function stop(): Promise<void> {
  const exit = await provider.stop();
  assert.ok(exit.elapsedMs < 2_000, `the process took ${exit.elapsedMs} ms to go`);
  assert.equal(simulator.openSessions(), 0);
  await simulator.close();
}

function inputs({ certificatePem, privateKeyPem }: MadeCertificate, more: Properties = {}): Properties {
  const { cluster, keyProvider } = simulator;
  return {
    __provider: TEXT,
    __urn: URN,
    cluster,
    keyProvider,
    certificate: certificatePem,
    privateKey: privateKeyPem,
    ...more,
  };
}

function assertNoSecret(text: string): void {
  for (const { privateKeyPem } of [one, two]) {
    const key = privateKeyPem.replace(/-----[A-Z ]+-----|\s/g, "");
    for (let i = 0; i + 16 <= key.length; i += 1) assert.ok(!text.includes(key.slice(i, i + 16)), "a piece of the key");
  }
  assert.ok(!text.includes(simulator.password), "the password");
}

async function failure(work: Promise<unknown>): Promise<ProviderFailure> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof ProviderFailure, "it did not fail");
  assertNoSecret(error.message);
  return error;
}

describe("behind the real provider process", () => {
  beforeEach(() => start());
  afterEach(stop);

  it("creates, sees no difference, reads back, replaces, and deletes twice", async () => {
    const made = await provider.create(inputs(one));
    assert.equal(made.id, "domain-c8/kms-1");
    assert.equal(made.properties["sha256Fingerprint"], one.fingerprint);
    // The certificate shares its public key with the key's file, by right.
    assertNoSecret(JSON.stringify({ ...made.properties, certificate: "" }));
    assert.deepEqual(await provider.diff(made.id, made.properties, inputs(one)), {
      changes: false,
      replaces: [],
      deleteBeforeReplace: false,
    });
    const read = await provider.read(made.id, made.properties);
    assert.deepEqual(read.properties, made.properties);
    assert.equal(read.inputs, undefined);
    assert.equal((await provider.diff(made.id, made.properties, inputs(two))).changes, true);
    const updated = await provider.update(made.id, made.properties, inputs(two));
    assert.equal(updated["sha256Fingerprint"], two.fingerprint);
    await provider.delete(made.id, updated);
    await provider.delete(made.id, updated);
    assert.equal(simulator.journal.patches(), 2);
    assert.equal(simulator.journal.logins(), 1);
  });

  it("shows progress at the resource for a moment only", async () => {
    await provider.create(inputs(one));
    const shown = provider.logs.filter(({ ephemeral }) => ephemeral);
    assert.ok(shown.some(({ message, urn }) => message.startsWith("task ") && urn === URN));
  });

  it("lets unknown values pass and sends nothing in check and diff", async () => {
    for (const name of ["cluster", "keyProvider", "certificate", "privateKey", "timeoutSeconds", "onDelete"]) {
      const { failures } = await provider.check({}, inputs(one, { [name]: unknownValue }));
      assert.deepEqual(failures, [], name);
    }
    const outputs = { server: "x", cluster: "domain-c8", keyProvider: "kms-1", sha256Fingerprint: one.fingerprint };
    assert.equal(
      (await provider.diff("domain-c8/kms-1", outputs, inputs(one, { certificate: unknownValue }))).changes,
      true,
    );
    assert.equal(simulator.journal.count(), 0);
  });

  it("reports every mistake at once, and no key", async () => {
    const wrong = inputs(one, {
      privateKey: two.privateKeyPem,
      privateKeyFile: "x",
      timeoutSeconds: 0,
      onDelete: "x",
      cluster: "",
    });
    const { failures } = await provider.check({}, wrong);
    const text = failures.map(({ property, reason }) => `${property}: ${reason}`).join("\n");
    for (const name of ["cluster", "both given", "timeoutSeconds", "onDelete", "does not belong"])
      assert.match(text, new RegExp(name));
    assert.ok(failures.every(({ property }) => !["certificate", "privateKey", "privateKeyFile"].includes(property)));
    assertNoSecret(text);
  });

  it("saves what was accepted and did not end in time, and resumes the same task", async () => {
    await stop();
    await start({ taskDurationMs: { patch: 2_500, read: 10 } });
    const late = await failure(provider.create(inputs(one, { timeoutSeconds: 1 })));
    assert.match(late.message, /ERR_TASK_TIMEOUT/);
    const saved = late.init?.properties ?? {};
    assert.equal(saved["__provider"], TEXT);
    assert.equal(typeof saved["pendingTaskId"], "string");
    assert.equal((await provider.diff("domain-c8/kms-1", saved, inputs(one))).changes, true);
    const resumed = await provider.update("domain-c8/kms-1", saved, inputs(one));
    assert.equal(resumed["sha256Fingerprint"], one.fingerprint);
    assert.equal(resumed["pendingTaskId"], undefined);
    assert.equal(simulator.journal.patches(), 1);
  });
});

describe("many at once", () => {
  const keyProviders = Array.from({ length: 64 }, (_, index) => `kms-${index}`);
  beforeEach(() => start({ clusters: [{ id: "domain-c8", keyProviders }] }));
  afterEach(stop);

  it("makes 64 creates with one login and no cross-talk", async () => {
    const made = await Promise.all(
      keyProviders.map((keyProvider, index) =>
        provider.create(inputs(index % 2 === 0 ? one : two, { keyProvider, __urn: `${URN}${index}` })),
      ),
    );
    for (const [index, { id, properties }] of made.entries()) {
      assert.equal(id, `domain-c8/kms-${index}`);
      assert.equal(properties["sha256Fingerprint"], (index % 2 === 0 ? one : two).fingerprint);
    }
    assert.equal(simulator.journal.logins(), 1);
    assert.equal(simulator.journal.patches(), 64);
  });
});

for (const profile of ["vsphere-9", "no-trust-authority"] as const) {
  describe(`a vCenter of the profile ${profile}`, () => {
    beforeEach(() => start({ profile }));
    afterEach(stop);

    it("is an error in every method, and never looks like a deleted resource", async () => {
      const server = `${simulator.host}:${simulator.port}`;
      const outputs = {
        __provider: TEXT,
        server,
        cluster: "domain-c8",
        keyProvider: "kms-1",
        sha256Fingerprint: one.fingerprint,
      };
      assert.match((await failure(provider.read("domain-c8/kms-1", outputs))).message, /ERR_ENDPOINT_ABSENT/);
      assert.match((await failure(provider.create(inputs(one)))).message, /ERR_ENDPOINT_ABSENT/);
    });
  });
}

describe("what is gone", () => {
  before(() => start());
  after(stop);

  it("is dropped by a refresh, and an error for .get", async () => {
    const made = await provider.create(inputs(one));
    simulator.removeKeyProvider();
    assert.equal((await provider.read(made.id, made.properties)).id, "");
    assert.match((await failure(provider.read(made.id, { __provider: TEXT }))).message, /ERR_KEY_PROVIDER_NOT_FOUND/);
  });
});
