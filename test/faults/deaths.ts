// SPDX-License-Identifier: Apache-2.0
// Row 39: the real provider process is killed in each phase. Creates and updates die before and in the middle of an answer,
// and their task goes on, fails or ends without them. The next `up --refresh` converges, replaces nothing that is replaced,
// and the `up` after it does nothing.

import assert from "node:assert/strict";
import { assertNeverAnswered, earlierRun, keepForSecrets, startProvider } from "../support/crashes/doomed-process";
import type { Step } from "../support/crashes/saved-resource";
import { SavedResource } from "../support/crashes/saved-resource";
import type { Scenario } from "../support/in-process";
import type { Plan } from "./after-a-death";
import { assertDead, converge, DONE, fault, onArrival, onHalfAnAnswer, UNREAD, untilTasksEnded } from "./after-a-death";
import type { Phase } from "./coverage";

/** One place to die at. */
interface Death {
  readonly phase: Phase;
  readonly what: string;
  /** What the dead process was asked to do. */
  readonly from: "create" | "update";
  /** Plans the kill, for when the process is in its phase. */
  readonly plan: Plan;
  /** Which PATCHes vCenter has accepted from the dead process. Default 0. */
  readonly accepted?: 0 | 1;
  /** Sessions that the dead process has left. Default 1. */
  readonly leaked?: 0 | 1;
  /** What the next `up --refresh` has to do. */
  readonly next: Step;
  /** Inputs of the dead process only. */
  readonly more?: Readonly<Record<string, unknown>>;
  /** True: the next run begins while the task of the dead one goes on. Default false. */
  readonly atOnce?: boolean;
}

const DEATHS: readonly Death[] = [
  {
    phase: "L",
    what: "before vCenter reads the login",
    from: "update",
    plan: onArrival({ match: { operation: "login" }, action: UNREAD }),
    leaked: 0,
    next: "update",
  },
  {
    phase: "L",
    what: "before the answer to the login is whole",
    from: "create",
    plan: onHalfAnAnswer({ match: { operation: "login" } }),
    next: "create",
  },
  {
    phase: "G0",
    what: "at the read before",
    from: "update",
    plan: onArrival({ match: { operation: "readCertificate" }, action: DONE }),
    more: { detectDrift: "always" },
    next: "update",
  },
  {
    phase: "S",
    what: "before vCenter reads the PATCH",
    from: "create",
    plan: onArrival({ match: { operation: "patch" }, action: UNREAD }),
    next: "create",
  },
  {
    phase: "S",
    what: "when the PATCH has gone out",
    from: "update",
    plan: onArrival({ match: { operation: "patch" }, action: DONE }),
    accepted: 1,
    next: "same",
  },
  {
    phase: "P",
    what: "in the wait",
    from: "create",
    plan: onArrival({ match: { operation: "taskGet" }, action: DONE }),
    accepted: 1,
    // A create has no state to compare with: it replaces, always.
    next: "create",
  },
  {
    phase: "A",
    what: "before the 202 is whole",
    from: "update",
    plan: onHalfAnAnswer({ match: { operation: "patch" } }),
    accepted: 1,
    next: "same",
  },
  {
    phase: "P",
    what: "in the wait, and the next run begins before its task ends",
    from: "update",
    plan: (s, kill) => {
      const steps = [{ status: "RUNNING", forMs: 5_000 }, { status: "SUCCEEDED" }];
      s.simulator.faults.add({
        match: { operation: "patch" },
        action: { kind: "taskScript", script: { steps } },
      });
      s.simulator.faults.add({ match: { operation: "taskGet" }, skip: 1, action: DONE, onMatch: kill });
    },
    accepted: 1,
    atOnce: true,
    // No state knows of the task: the next run finds it in the list before its first write, and waits for its end.
    next: "update",
  },
  {
    phase: "P",
    what: "in the wait, and its task fails",
    from: "update",
    plan: (s, kill) => {
      const steps = [{ status: "RUNNING", forMs: 300 }, { status: "FAILED" }];
      s.simulator.faults.add({
        match: { operation: "patch" },
        action: { kind: "taskScript", script: { steps, effect: "never" } },
      });
      s.simulator.faults.add({ match: { operation: "taskGet" }, action: DONE, onMatch: kill });
    },
    accepted: 1,
    next: "update",
  },
  {
    phase: "R",
    what: "before the read-back's certificate is whole",
    from: "create",
    plan: (s, kill) => {
      // Polls see the PATCH's task end at the first look.
      s.simulator.faults.add({
        match: { operation: "patch" },
        action: { kind: "taskScript", script: { steps: [{ status: "SUCCEEDED" }] } },
      });
      onHalfAnAnswer({ match: { operation: "taskGet" }, skip: 1 })(s, kill);
    },
    accepted: 1,
    next: "create",
  },
];

for (const death of DEATHS) {
  fault(39, death.phase, `killed ${death.what} (${death.from}): up --refresh converges`, async (cell) => {
    const s = await cell.scenario({ sessionsLeft: death.leaked ?? 1 });
    const resource = await resourceFor(s, death.from);
    const before = resource.saved;
    const doomed = await startProvider(s, cell.closeAfter);
    death.plan(s, () => process.kill(doomed.pid, "SIGKILL"));
    await assertNeverAnswered(resource.up(doomed, s.inputs(s.wanted, death.more)));
    await assertDead(doomed);
    assert.equal(resource.saved, before);
    assertLeft(s, death);
    if (death.atOnce !== true) await untilTasksEnded(s);
    await converge(cell, s, resource, death.next);
    const sent = s.simulator.journal.patches();
    const unread = death.phase === "S" && death.accepted !== 1 ? 1 : 0;
    assert.equal(sent, (death.accepted ?? 0) + unread + (death.next === "same" ? 0 : 1), "PATCHes");
    assert.equal(s.simulator.openSessions(), death.leaked ?? 1);
    keepForSecrets(s, doomed);
  });
}

async function resourceFor(s: Scenario, from: Death["from"]): Promise<SavedResource> {
  return from === "create" ? new SavedResource() : (await earlierRun(s)).resource;
}

/** What the dead process has done, counted at the server. */
function assertLeft({ simulator }: Scenario, { phase, accepted = 0, leaked = 1 }: Death): void {
  assert.equal(simulator.journal.logins(), 1);
  assert.equal(simulator.openSessions(), leaked, "sessions");
  const tasks = simulator.tasks().filter(({ requestedBy }) => requestedBy === "patch");
  assert.equal(tasks.length, accepted, "accepted PATCHes");
  const sent = simulator.journal.patches();
  assert.equal(sent, ["L", "G0"].includes(phase) ? 0 : 1, "PATCHes");
}
