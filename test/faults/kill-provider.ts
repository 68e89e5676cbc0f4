// SPDX-License-Identifier: Apache-2.0
// Rows 39, 42 and 43: the real provider process is killed, or told to stop, in the middle of an operation. The next
// `up --refresh`, by a process of its own, brings the server to what is wanted.

import assert from "node:assert/strict";
import type { MadeCertificate } from "../fixtures/certificates/make";
import { makeCertificate } from "../fixtures/certificates/make";
import type { FaultRule, Simulator } from "../simulator";
import { startSimulator } from "../simulator";
import type { DynamicProvider, Properties } from "../support/dynamic-provider";
import { ProviderFailure, startDynamicProvider } from "../support/dynamic-provider";
import { PROVIDER_SCRIPT } from "../support/in-process";
import type { Phase } from "./coverage";
import type { Cell } from "./fault";
import { fault as anyFault } from "./fault";

const URN = "urn:pulumi:test::crash::pulumi-nodejs:dynamic/trustauthority:KmsClientCertificate::kms";
const TASK_MS = 200;

/** One process at a time: its start takes a core. */
function fault(row: number, phase: Phase, title: string, test: (cell: Cell) => Promise<void>): void {
  anyFault(row, phase, title, test, true);
}

interface Stage {
  readonly simulator: Simulator;
  readonly held: MadeCertificate;
  readonly wanted: MadeCertificate;
  readonly id: string;
  readonly state: Properties;
  readonly inputs: (pair: MadeCertificate, more?: Properties) => Properties;
  readonly start: () => Promise<DynamicProvider>;
}

async function setStage(cell: Cell): Promise<Stage> {
  const [held, wanted] = await Promise.all([makeCertificate(), makeCertificate()]);
  const simulator = await startSimulator({
    initialCertificate: held.certificatePem,
    taskDurationMs: { patch: TASK_MS, read: 5 },
  });
  cell.closeAfter(() => simulator.close());
  const { cluster, keyProvider, host, port } = simulator;
  const inputs = (pair: MadeCertificate, more: Properties = {}): Properties => {
    const all: Properties = {
      __provider: PROVIDER_SCRIPT,
      __urn: URN,
      cluster,
      keyProvider,
      certificate: pair.certificatePem,
      privateKey: pair.privateKeyPem,
      ...more,
    };
    return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  };
  return {
    simulator,
    held,
    wanted,
    id: `${cluster}/${keyProvider}`,
    state: {
      ...inputs(held, { privateKey: undefined }),
      server: `${host}:${port}`,
      sha256Fingerprint: held.fingerprint,
    },
    inputs,
    start: async () => {
      const provider = await startDynamicProvider({
        cwd: process.cwd(),
        environment: {
          VSPHERE_TRUST_AUTHORITY_SERVER: simulator.url,
          VSPHERE_TRUST_AUTHORITY_USER: simulator.user,
          VSPHERE_TRUST_AUTHORITY_PASSWORD: simulator.password,
          VSPHERE_TRUST_AUTHORITY_CA_CERTIFICATE_FILE: simulator.caFile,
        },
      });
      cell.closeAfter(() => void provider.stop("SIGKILL").catch(() => undefined));
      await provider.configure({});
      return provider;
    },
  };
}

async function upWithRefresh(stage: Stage, state: Properties, wanted = stage.wanted): Promise<Properties> {
  const provider = await stage.start();
  const read = await provider.read(stage.id, state);
  assert.equal(read.id, stage.id);
  const { changes } = await provider.diff(stage.id, read.properties, stage.inputs(wanted));
  const outputs = changes ? await provider.update(stage.id, read.properties, stage.inputs(wanted)) : read.properties;
  await provider.stop();
  return outputs;
}

function assertConverged({ simulator }: Stage, outputs: Properties, pair: MadeCertificate): void {
  assert.equal(simulator.certificate(), pair.certificatePem);
  assert.equal(outputs["sha256Fingerprint"], pair.fingerprint);
  assert.equal(outputs["pendingTaskId"], undefined);
  assert.ok(simulator.openSessions() <= 1, `${simulator.openSessions()} sessions for one kill`);
  assert.deepEqual(simulator.requests.unexpected(), []);
}

const KILLS: readonly (readonly [
  phase: Phase,
  what: string,
  rule: (kill: () => void) => FaultRule,
  patches: readonly [atKill: number, atEnd: number],
])[] = [
  ["L", "logs in", (onMatch) => ({ match: { operation: "login" }, action: { kind: "pass" }, onMatch }), [0, 1]],
  [
    "S",
    "sends the PATCH",
    (onMatch) => ({ match: { operation: "patch" }, action: { kind: "reset" }, onMatch }),
    [1, 2],
  ],
  [
    "A",
    "gets the 202",
    (onApplied) => ({ match: { operation: "patch" }, action: { kind: "pass" }, onApplied }),
    [1, 1],
  ],
  ["P", "waits", (onMatch) => ({ match: { operation: "taskGet" }, action: { kind: "pass" }, onMatch }), [1, 1]],
  [
    "R",
    "reads back",
    (onMatch) => ({ match: { operation: "readCertificate" }, action: { kind: "pass" }, onMatch }),
    [1, 1],
  ],
];
for (const [phase, what, rule, [atKill, atEnd]] of KILLS) {
  fault(39, phase, `a process that is killed when it ${what}`, async (cell) => {
    const stage = await setStage(cell);
    const { simulator, state } = stage;
    const provider = await stage.start();
    simulator.faults.add(rule(() => process.kill(provider.pid, "SIGKILL")));
    const killed = provider.update(stage.id, state, stage.inputs(stage.wanted));
    await assert.rejects(killed, (error) => !(error instanceof ProviderFailure && /\[ERR_/.test(error.message)));
    assert.equal(simulator.journal.patches(), atKill);
    await pause(TASK_MS + 100);
    assertConverged(stage, await upWithRefresh(stage, state), stage.wanted);
    assert.equal(simulator.journal.patches(), atEnd);
  });
}

fault(39, "V", "a process that is killed while it checks has sent nothing", async (cell) => {
  const stage = await setStage(cell);
  const provider = await stage.start();
  const check = provider.check(stage.state, stage.inputs(stage.wanted)).catch(() => undefined);
  process.kill(provider.pid, "SIGKILL");
  await check;
  assert.equal(stage.simulator.journal.count(), 0);
  assertConverged(stage, await upWithRefresh(stage, stage.state), stage.wanted);
  assert.equal(stage.simulator.journal.patches(), 1);
});

fault(39, "G0", "a process that is killed in the read before an adoption", async (cell) => {
  const stage = await setStage(cell);
  const { simulator, held } = stage;
  const provider = await stage.start();
  simulator.faults.add({
    match: { operation: "readCertificate" },
    action: { kind: "pass" },
    onMatch: () => void process.kill(provider.pid, "SIGKILL"),
  });
  await assert.rejects(provider.create(stage.inputs(held, { adopt: true })));
  const next = await stage.start();
  const { properties } = await next.create(stage.inputs(held, { adopt: true }));
  await next.stop();
  assertConverged(stage, properties, held);
  assert.equal(simulator.journal.patches(), 0);
});

fault(39, "O", "a process that is killed when the read-back was answered, before anything is saved", async (cell) => {
  const stage = await setStage(cell);
  const { simulator, state } = stage;
  const provider = await stage.start();
  simulator.journal.onEnd(({ operation }) => {
    const isLast = operation === "taskGet" && simulator.journal.count({ operation: "readCertificate" }) === 1;
    if (isLast && simulator.certificate() === stage.wanted.certificatePem) kill();
  });
  let isKilled = false;
  const kill = (): void => {
    if (!isKilled) process.kill(provider.pid, "SIGKILL");
    isKilled = true;
  };
  await provider.update(stage.id, state, stage.inputs(stage.wanted)).catch(() => undefined);
  assert.ok(isKilled);
  assertConverged(stage, await upWithRefresh(stage, state), stage.wanted);
  assert.equal(simulator.journal.patches(), 1);
});

fault(39, "X", "a process that is killed when it logs out has lost nothing but its session", async (cell) => {
  const stage = await setStage(cell);
  const { simulator } = stage;
  const provider = await stage.start();
  simulator.faults.add({
    match: { operation: "logout" },
    action: { kind: "reset" },
    onMatch: () => void process.kill(provider.pid, "SIGKILL"),
  });
  const saved = await provider.update(stage.id, stage.state, stage.inputs(stage.wanted));
  const { signal } = await provider.stop();
  assert.ok(signal === "SIGKILL" || signal === "SIGINT");
  assertConverged(stage, await upWithRefresh(stage, saved), stage.wanted);
  assert.equal(simulator.journal.patches(), 1);
});

fault(
  42,
  "–",
  "a crash after the 202 and the program set back: no change without, a PATCH back with a refresh",
  async (cell) => {
    const stage = await setStage(cell);
    const { simulator, state, held, wanted } = stage;
    const provider = await stage.start();
    const kill = (): void => void process.kill(provider.pid, "SIGKILL");
    simulator.faults.add({ match: { operation: "taskGet" }, action: { kind: "pass" }, onMatch: kill });
    await assert.rejects(provider.update(stage.id, state, stage.inputs(wanted)));
    await pause(TASK_MS + 100);
    assert.equal(simulator.certificate(), wanted.certificatePem);
    const plain = await stage.start();
    const before = simulator.journal.count();
    const { changes } = await plain.diff(stage.id, state, stage.inputs(held));
    await plain.stop();
    assert.deepEqual([changes, simulator.journal.count() - before], [false, 0]);
    assertConverged(stage, await upWithRefresh(stage, state, held), held);
    assert.equal(simulator.journal.patches(), 2);
  },
);

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  fault(
    43,
    "P",
    `${signal} in the wait: it ends, names the task, logs out, and the next run follows that task`,
    async (cell) => {
      const stage = await setStage(cell);
      const { simulator, state, wanted } = stage;
      const steps = [{ status: "RUNNING", forMs: 2_000 }, { status: "SUCCEEDED" }];
      simulator.faults.add({ match: { operation: "patch" }, action: { kind: "taskScript", script: { steps } } });
      const provider = await stage.start();
      const update = provider.update(stage.id, state, stage.inputs(wanted)).then(
        () => assert.fail("it succeeded"),
        (error: unknown) => error,
      );
      const giveUpMs = performance.now() + 5_000;
      while (simulator.journal.count({ operation: "taskGet" }) < 2 && performance.now() < giveUpMs) await pause(20);
      const { elapsedMs } = await provider.stop(signal);
      assert.ok(elapsedMs < 2_000, `${elapsedMs} ms`);
      const error = await update;
      assert.ok(error instanceof ProviderFailure && error.message.endsWith("[ERR_ABORTED]"), String(error));
      const [patch] = simulator.journal.filter({ operation: "patch" });
      assert.ok(patch?.taskId !== undefined && error.message.includes(patch.taskId), error.message);
      assert.equal(simulator.openSessions(), 0);
      const saved = error.init?.properties ?? {};
      assert.deepEqual(
        [saved["pendingTaskId"], saved["pendingFingerprint"], saved["sha256Fingerprint"]],
        [patch.taskId, wanted.fingerprint, stage.held.fingerprint],
      );
      const next = await stage.start();
      const outputs = await next.update(stage.id, saved, stage.inputs(wanted));
      await next.stop();
      assertConverged(stage, outputs, wanted);
      assert.equal(simulator.journal.patches(), 1);
    },
  );
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
