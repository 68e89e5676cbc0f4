// SPDX-License-Identifier: Apache-2.0
// Rows 42 and 43: a real provider process that dies after the 202 while the program is set back, and one that is told to
// stop in the wait.

import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { assertNeverAnswered, earlierRun, keepForSecrets, startProvider } from "../support/crashes/doomed-process";
import { ProviderFailure } from "../support/dynamic-provider";
import type { Scenario } from "../support/in-process";
import { fault } from "./fault";

/** How long the task of the PATCH runs on. */
const TASK_MS = 1_500;

function slowTask({ simulator }: Scenario): void {
  const steps = [{ status: "RUNNING", forMs: TASK_MS }, { status: "SUCCEEDED" }];
  simulator.faults.add({ match: { operation: "patch" }, action: { kind: "taskScript", script: { steps } } });
}

function shown({ simulator }: Scenario): string {
  return new X509Certificate(simulator.certificate() ?? "").fingerprint256;
}

async function until(what: string, holds: () => boolean): Promise<void> {
  const giveUpMs = performance.now() + 5_000;
  while (!holds() && performance.now() < giveUpMs) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.ok(holds(), what);
}

fault(
  42,
  "–",
  "a crash after the 202 and the program set back: no change without, a PATCH back with a refresh",
  async (cell) => {
    const s = await cell.scenario({ sessionsLeft: 1 });
    const { journal } = s.simulator;
    const { old, resource } = await earlierRun(s);
    const doomed = await startProvider(s, cell.closeAfter);
    const kill = (): void => void process.kill(doomed.pid, "SIGKILL");
    s.simulator.faults.add({ match: { operation: "taskGet" }, action: { kind: "pass" }, onMatch: kill });
    await assertNeverAnswered(resource.up(doomed, s.inputs()));
    await until("vCenter replaces it", () => shown(s) === s.wanted.fingerprint);

    const provider = await startProvider(s, cell.closeAfter);
    const requests = journal.count();
    assert.equal(await resource.up(provider, s.inputs(old)), "same");
    assert.equal(journal.count(), requests, "nothing is known of it without a refresh");
    assert.equal(await resource.upRefresh(provider, s.inputs(old)), "update");
    assert.equal(shown(s), old.fingerprint);
    assert.equal(journal.patches(), 2);
    await provider.stop();
    keepForSecrets(s, provider);
  },
  true,
);

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  fault(
    43,
    "P",
    `${signal} in the wait: it ends, names the task, logs out, and the next run follows that task`,
    async (cell) => {
      const s = await cell.scenario();
      const { journal } = s.simulator;
      const { old, resource } = await earlierRun(s);
      slowTask(s);
      const provider = await startProvider(s, cell.closeAfter);
      const update = resource.up(provider, s.inputs()).then(
        () => assert.fail("it succeeded"),
        (error: unknown) => error,
      );
      await until("it waits", () => journal.count({ operation: "taskGet" }) >= 2);
      const { elapsedMs } = await provider.stop(signal);
      assert.ok(elapsedMs < 2_000, `${elapsedMs} ms`);
      const error = await update;
      assert.ok(error instanceof ProviderFailure && error.message.endsWith("[ERR_ABORTED]"), String(error));
      const [patch] = journal.filter({ operation: "patch" });
      assert.ok(patch?.taskId !== undefined && error.message.includes(patch.taskId), error.message);
      assert.equal(s.simulator.openSessions(), 0);
      const saved = resource.saved?.outputs ?? {};
      assert.deepEqual(
        [saved["pendingTaskId"], saved["pendingFingerprint"], saved["sha256Fingerprint"]],
        [patch.taskId, s.wanted.fingerprint, old.fingerprint],
      );

      const next = await startProvider(s, cell.closeAfter);
      assert.equal(await resource.up(next, s.inputs()), "update");
      assert.equal(shown(s), s.wanted.fingerprint);
      assert.deepEqual(
        [resource.saved?.outputs["sha256Fingerprint"], resource.saved?.outputs["pendingTaskId"]],
        [s.wanted.fingerprint, undefined],
      );
      assert.equal(journal.patches(), 1);
      await next.stop();
      keepForSecrets(s, provider);
      keepForSecrets(s, next);
    },
    true,
  );
}
