// SPDX-License-Identifier: Apache-2.0
// Row 39 for what the hosts make. Nobody can know afterwards that the dead process has brought it, so the next
// `up --refresh` has it made once more, but never beside a task that still runs; and the `up` after it does nothing.

import assert from "node:assert/strict";
import { assertNeverAnswered, keepForSecrets, startProvider } from "../support/crashes/doomed-process";
import type { Step } from "../support/crashes/saved-resource";
import { SavedResource } from "../support/crashes/saved-resource";
import { assertDead, DONE, UNREAD, untilTasksEnded } from "./after-a-death";
import { earlierRunOf } from "./earlier-run";
import type { WritePhase, WriteScenario } from "./write-scenario";
import { faultOfWrites } from "./writes";

/** One place to die at. */
interface Death {
  readonly phase: WritePhase;
  readonly what: string;
  /** What the dead process was asked to do, and what the next run has to do. */
  readonly step: Exclude<Step, "same">;
  readonly plan: (w: WriteScenario, kill: () => void) => void;
  /** Which POSTs vCenter has accepted from the dead process. */
  readonly accepted: 0 | 1;
  /** True: the next run begins while the task of the dead one goes on. Default false. */
  readonly atOnce?: boolean;
}

const DEATHS: readonly Death[] = [
  {
    ...{ phase: "S", what: "before vCenter reads the POST", step: "create", accepted: 0 },
    plan: (w, kill) => {
      w.answer("S", UNREAD, 1, { onMatch: kill });
    },
  },
  {
    ...{ phase: "A", what: "before the 202 is whole", step: "update", accepted: 1 },
    plan: (w, kill) => {
      const onApplied = (): void => void setTimeout(kill, 100);
      w.answer("A", { kind: "stall", at: "body", applyThen: true }, 1, { onApplied });
    },
  },
  {
    ...{ phase: "P", what: "in the wait, and the next run begins before its task ends", step: "update", accepted: 1 },
    atOnce: true,
    plan: (w, kill) => {
      w.scriptWrite({ steps: [{ status: "RUNNING", forMs: 4_000 }, { status: "SUCCEEDED" }] });
      w.answer("P", DONE, 1, { skip: 1, onMatch: kill });
    },
  },
  {
    ...{ phase: "R", what: "at the read-back", step: "create", accepted: 1 },
    plan: (w, kill) => {
      w.answer("R", DONE, 1, { onMatch: kill });
    },
  },
];

for (const { phase, what, step, plan, accepted, atOnce = false } of DEATHS) {
  faultOfWrites(
    39,
    phase,
    `killed ${what} (${step}): up --refresh converges`,
    async (scenario, { closeAfter }) => {
      const w = await scenario({ sessionsLeft: 1 });
      const { s, kind } = w;
      const { journal } = s.simulator;
      const resource = step === "create" ? new SavedResource() : await earlierRunOf(w);
      const before = resource.saved;
      const doomed = await startProvider(s, closeAfter);
      plan(w, () => process.kill(doomed.pid, "SIGKILL"));
      await assertNeverAnswered(resource.up(doomed, w.inputs()));
      await assertDead(doomed);
      assert.equal(resource.saved, before);
      assert.equal(s.simulator.tasks().filter(({ requestedBy }) => requestedBy === kind.write).length, accepted);
      if (!atOnce) await untilTasksEnded(s);

      const next = await startProvider(s, closeAfter);
      assert.equal(await resource.upRefresh(next, w.inputs()), step);
      w.assertHolds(resource.saved?.outputs ?? {});
      assert.equal(journal.count({ operation: kind.write }), 2, "POSTs");
      const requests = journal.count();
      assert.equal(await resource.up(next, w.inputs()), "same");
      assert.equal(journal.count(), requests);
      assert.equal((await next.stop()).signal, "SIGINT");
      assert.ok(s.simulator.openSessions() <= 1, `${s.simulator.openSessions()} sessions for one kill`);
      keepForSecrets(s, doomed);
      keepForSecrets(s, next);
    },
    { alone: true, only: ({ write }) => write !== "patch" },
  );
}
