// SPDX-License-Identifier: Apache-2.0
// Row 40 on the real CLI: engine, program and provider die together, as when the machine loses power, or the CLI alone. The
// next `up --refresh` brings the server to what the program wants.

import assert from "node:assert/strict";
import { readdir, readFile, truncate } from "node:fs/promises";
import { join } from "node:path";
import type { MadeCertificate } from "../fixtures/certificates/make";
import { fingerprintOfPem, makeCertificate, publicKeyOfRequest } from "../fixtures/certificates/make";
import type { Scene } from "../e2e/scene";
import { argsOf, makeScene, succeeded } from "../e2e/scene";
import type { FaultRule, JournalFilter } from "../simulator";
import { SELF_SIGNED, SIGNING_REQUEST } from "../support/driver";
import type { Operation } from "../support/engine";
import { until } from "../support/until";
import type { Phase } from "./coverage";
import type { Cell } from "./fault";
import { fault } from "./fault";

const TASK_MS = 1_000;

interface Stage {
  readonly scene: Scene;
  readonly held: MadeCertificate;
  readonly wanted: MadeCertificate;
  readonly want: (pair: MadeCertificate) => Promise<void>;
}

/** A stack whose `up` has put one certificate, and whose program now wants another. */
async function setStage(cell: Cell): Promise<Stage> {
  const [held, wanted] = await Promise.all([makeCertificate(), makeCertificate()]);
  const scene = await makeScene({ simulator: { taskDurationMs: { patch: TASK_MS, read: 5 } } });
  cell.closeAfter(async () => {
    await scene.stack.remove();
    await scene.simulator.close();
  });
  const want = (pair: MadeCertificate): Promise<void> => scene.declare({ name: "kms", args: argsOf(pair) });
  await want(held);
  await succeeded(scene.stack.up());
  await want(wanted);
  scene.simulator.journal.clear();
  return { scene, held, wanted, want };
}

async function killAt({ scene }: Stage, rule: (kill: () => void) => FaultRule, who?: RegExp): Promise<void> {
  const running: { operation?: Operation } = {};
  scene.simulator.faults.add(rule(() => void running.operation?.kill(who)));
  running.operation = scene.stack.start("up");
  const { status } = await running.operation.result;
  assert.equal(status, null, "it was killed");
  running.operation.reap();
  // What the file backend keeps for a run that nobody ends.
  await scene.stack.run(["cancel", "--yes", "--stack", "test"]);
  await new Promise((resolve) => setTimeout(resolve, TASK_MS + 100));
}

async function assertConverges({ scene, wanted }: Stage, patches: number): Promise<void> {
  const { simulator, stack } = scene;
  await succeeded(stack.up(["--refresh"]));
  assert.equal(fingerprintOfPem(simulator.certificate()), wanted.fingerprint);
  const { outputs } = (await stack.exportState()).resource("kms");
  assert.equal(outputs?.["sha256Fingerprint"], wanted.fingerprint);
  assert.equal(simulator.journal.patches(), patches);
  // The CLI may end before its plugin has logged out.
  await until("one kill leaves one session", () => simulator.openSessions() <= 1);
}

/** The command line of the CLI itself, without its plugins. */
const CLI_ALONE = /^\S*\/pulumi .*\bup\b/;

const KILLS: readonly (readonly [
  phase: Phase,
  what: string,
  rule: (kill: () => void) => FaultRule,
  patches: number,
  who?: RegExp,
])[] = [
  [
    "S",
    "before the PATCH is read",
    (onMatch) => ({ match: { operation: "patch" }, action: { kind: "reset" }, onMatch }),
    2,
  ],
  [
    "P",
    "while it waits",
    (onMatch) => ({ match: { operation: "taskGet" }, skip: 1, action: { kind: "pass" }, onMatch }),
    1,
  ],
  [
    "P",
    "but the plugins, while it waits",
    (onMatch) => ({ match: { operation: "taskGet" }, skip: 1, action: { kind: "pass" }, onMatch }),
    1,
    CLI_ALONE,
  ],
  [
    "O",
    "at the read-back, before anything is saved",
    (onMatch) => ({ match: { operation: "readCertificate" }, action: { kind: "pass" }, onMatch }),
    1,
  ],
];
for (const [phase, what, rule, patches, who] of KILLS) {
  fault(
    40,
    phase,
    `everything is killed ${what}: the operation is shown as pending, and up --refresh converges`,
    async (cell) => {
      const stage = await setStage(cell);
      await killAt(stage, rule, who);
      const { pendingOperations } = await stage.scene.stack.exportState();
      assert.deepEqual(
        pendingOperations.map(({ type, resource }) => [type, resource.urn.endsWith("::kms")]),
        [["updating", true]],
      );
      await assertConverges(stage, patches);
    },
    true,
  );
}

fault(
  40,
  "P",
  "everything is killed while the hosts make a CSR and a certificate: both are pending, and up --refresh converges",
  async (cell) => {
    const scene = await makeScene({
      simulator: { csrKey: "ec", taskDurationMs: { post: TASK_MS, csr: TASK_MS, read: 5 } },
    });
    cell.closeAfter(async () => {
      await scene.stack.remove();
      await scene.simulator.close();
    });
    const { simulator, stack } = scene;
    const want = (trigger: string): Promise<void> =>
      scene.declare(
        ...[SIGNING_REQUEST, SELF_SIGNED].map(({ className: type }, index) => ({
          ...{ type, name: `made-${index + 1}` },
          args: { cluster: "domain-c8", keyProvider: `kms-${index + 1}`, triggers: [trigger] },
        })),
      );
    await want("one");
    await succeeded(stack.up());
    await want("two");
    simulator.journal.clear();
    let [accepted, kill] = [0, (): void => undefined];
    for (const operation of ["createCsr", "post"] as const) {
      const onApplied = (): void => {
        accepted += 1;
        if (accepted === 2) kill();
      };
      simulator.faults.add({ match: { operation }, action: { kind: "pass" }, onApplied });
    }
    const running = stack.start("up");
    kill = () => void running.kill();
    assert.equal((await running.result).status, null, "it was killed");
    running.reap();
    await stack.run(["cancel", "--yes", "--stack", "test"]);
    assert.equal((await stack.exportState()).pendingOperations.length, 2);

    // Its tasks may still run: they are waited for.
    await succeeded(stack.up(["--refresh"]));
    const state = await stack.exportState();
    const csr = simulator.csr("domain-c8", "kms-1") ?? "";
    assert.equal(state.resource("made-1").outputs?.["publicKeySha256"], publicKeyOfRequest(csr));
    const live = fingerprintOfPem(simulator.certificate("domain-c8", "kms-2"));
    assert.equal(state.resource("made-2").outputs?.["sha256Fingerprint"], live);
    assert.deepEqual(
      ["createCsr", "post"].map((operation) => simulator.journal.count({ operation } as JournalFilter)),
      [2, 2],
    );
    assert.deepEqual(simulator.overlaps(), []);
    await succeeded(stack.up(["--expect-no-changes"]));
  },
  true,
  ["POST of a certificate", "POST of a CSR"],
);

fault(
  40,
  "O",
  "a state file that was written by half is refused, and its backup converges",
  async (cell) => {
    const stage = await setStage(cell);
    const { stack, simulator } = stage.scene;
    const saved = (await stack.exportState()).text;
    const folder = join(stack.directory, "..");
    const files = (await readdir(folder, { recursive: true })).filter((file) => /stacks\/.*test\.json$/.test(file));
    const [file] = files;
    assert.ok(file !== undefined && files.length === 1, files.join());
    const text = await readFile(join(folder, file));
    await truncate(join(folder, file), Math.floor(text.length / 2));
    const { status } = await stack.up(["--refresh"]);
    assert.notEqual(status, 0);
    assert.equal(simulator.journal.patches(), 0, "nothing is done on half a state");
    await truncate(join(folder, file), 0);
    await stack.importState(saved);
    await assertConverges(stage, 1);
  },
  true,
);
