// SPDX-License-Identifier: Apache-2.0
// Rows 42 and 43: a real provider process that dies after the 202 while the program is set back, and one that is told to
// stop in the wait.

import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { assertNeverAnswered, earlierRun, keepForSecrets, startProvider } from "../support/crashes/doomed-process";
import { ProviderFailure } from "../support/dynamic-provider";
import { errorOf } from "../support/error-of";
import type { Scenario } from "../support/in-process";
import { assertInTime } from "../support/in-time";
import { until } from "../support/until";
import { earlierRunOf } from "./earlier-run";
import { fault } from "./fault";
import { faultOfWrites } from "./writes";

/** How long the task of the PATCH runs on. */
const TASK_MS = 1_500;

function shown({ simulator }: Scenario): string {
  return new X509Certificate(simulator.certificate() ?? "").fingerprint256;
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
  faultOfWrites(
    43,
    "P",
    `${signal} in the wait: it ends, names the task, logs out, and the next run follows that task`,
    async (scenario, { closeAfter }) => {
      const w = await scenario();
      const { s, kind } = w;
      const { journal } = s.simulator;
      const resource = await earlierRunOf(w);
      const told = { patch: "sha256Fingerprint", post: "sha256Fingerprint", createCsr: "publicKeySha256" }[kind.write];
      const before = resource.saved?.outputs[told];
      w.scriptWrite({ steps: [{ status: "RUNNING", forMs: TASK_MS }, { status: "SUCCEEDED" }] });
      const provider = await startProvider(s, closeAfter);
      const update = errorOf(resource.up(provider, w.inputs()));
      await until("it waits", () => w.requests("P").length >= 2);
      const { elapsedMs, signal: endedBy } = await provider.stop(signal);
      assertInTime(elapsedMs, { atMostMs: 2_000 });
      assert.equal(endedBy, signal);
      const error = await update;
      assert.ok(error instanceof ProviderFailure && error.message.endsWith("[ERR_ABORTED]"), String(error));
      for (const text of [w.taskId(), `told to stop (${signal})`])
        assert.ok(error.message.includes(text), error.message);
      assert.equal(s.simulator.openSessions(), 0);
      const saved = resource.saved?.outputs ?? {};
      assert.deepEqual([saved["pendingTaskId"], saved[told]], [w.taskId(), before]);
      const awaited = kind.write === "patch" ? "pendingFingerprint" : "pendingReplaces";
      assert.match(String(saved[awaited]), /^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);

      const next = await startProvider(s, closeAfter);
      assert.equal(await resource.up(next, w.inputs()), "update");
      assert.equal(resource.saved?.outputs["pendingTaskId"], undefined);
      w.assertHolds(resource.saved?.outputs ?? {});
      assert.equal(journal.count({ operation: kind.write }), 1);
      await next.stop();
      keepForSecrets(s, provider);
      keepForSecrets(s, next);
    },
    // Both come by one way: the second is tried with one kind of write.
    { alone: true, only: ({ write }) => signal === "SIGINT" || write === "patch" },
  );
}

fault(
  43,
  "X",
  "SIGINT while the session is being logged out, as if the engine ends two seconds after the last write: no session is left",
  async (cell) => {
    const s = await cell.scenario();
    const { resource } = await earlierRun(s);
    const provider = await startProvider(s, cell.closeAfter);
    let stopped: Promise<unknown> | undefined;
    s.simulator.faults.add({
      match: { operation: "logout" },
      action: { kind: "pass" },
      answerDelayMs: 200,
      onMatch: () => void (stopped = provider.stop("SIGINT")),
    });
    assert.equal(await resource.up(provider, s.inputs()), "update");
    await until("it logs out", () => stopped !== undefined);
    await stopped;
    const [logout, ...others] = s.simulator.journal.filter({ operation: "logout" });
    assert.deepEqual([logout?.status, others.length], [204, 0], "it ended before vCenter had answered");
    assert.equal(s.simulator.openSessions(), 0);
    keepForSecrets(s, provider);
  },
  true,
);
