// SPDX-License-Identifier: Apache-2.0
// Row 39: the real provider process is killed in each phase. Creates and updates die before and in the middle of an answer,
// and their task goes on, fails or ends without them. The next `up --refresh` converges, replaces nothing that is replaced,
// and the `up` after it does nothing.

import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import type { FaultRule } from "../simulator";
import type { Scenario } from "../support/in-process";
import type { DynamicProvider } from "../support/dynamic-provider";
import { assertNeverAnswered, earlierRun, keepForSecrets, startProvider } from "../support/crashes/doomed-process";
import type { Step } from "../support/crashes/saved-resource";
import { SavedResource } from "../support/crashes/saved-resource";
import type { Phase } from "./coverage";
import type { Cell } from "./fault";
import { fault as anyFault } from "./fault";

/** One process at a time: its start takes a core. */
function fault(row: number, phase: Phase, title: string, test: (cell: Cell) => Promise<void>): void {
  anyFault(row, phase, title, test, true);
}

/** One place to die at. */
interface Death {
  readonly phase: Phase;
  readonly what: string;
  /** What the dead process was asked to do. */
  readonly from: "create" | "update";
  /** Plans the kill, for when the process is in its phase. */
  readonly plan: (s: Scenario, kill: () => void) => void;
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

/** A rule for one request, the `skip + 1`st of its kind. */
type Rule = Pick<FaultRule & { match: object }, "match" | "skip" | "action">;

/** Dies when the request has come, before anything is done with it. */
function onArrival(rule: Rule): Death["plan"] {
  return (s, kill) => s.simulator.faults.add({ ...rule, onMatch: kill });
}

/** Dies when half of the answer is there, and no more will come. */
function onHalfAnAnswer(rule: Pick<Rule, "match" | "skip">): Death["plan"] {
  return ({ simulator }, kill) =>
    simulator.faults.add({
      ...rule,
      action: { kind: "stall", at: "body", applyThen: true },
      onApplied: () => void setTimeout(kill, 100),
    });
}

const UNREAD = { kind: "reset" } as const;
const DONE = { kind: "reset", applyThen: true } as const;

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

fault(39, "V", "killed in a check that waits for its key file: nothing was sent, and an up converges", async (cell) => {
  const s = await cell.scenario();
  const resource = new SavedResource();
  // As on a file server that hangs.
  const hang = `import files from "node:fs/promises"; files.open = () => new Promise(() => undefined);`;
  const NODE_OPTIONS = `--import data:text/javascript,${encodeURIComponent(hang)}`;
  const doomed = await startProvider(s, cell.closeAfter, { NODE_OPTIONS });
  const inputs = s.inputs(s.wanted, { privateKey: undefined, privateKeyFile: "there-is-no.key" });
  const call = assertNeverAnswered(resource.up(doomed, inputs));
  setTimeout(() => process.kill(doomed.pid, "SIGKILL"), 400);
  await call;
  await assertDead(doomed);
  assert.deepEqual([...doomed.calls.keys()], ["configure", "check"]);
  assert.equal(s.simulator.journal.count(), 0);
  await converge(cell, s, resource, "create");
  assert.equal(s.simulator.journal.patches(), 1);
});

fault(39, "O", "killed right after its answer (create): nothing is done once more", async (cell) => {
  const s = await cell.scenario({ sessionsLeft: 1 });
  const resource = new SavedResource();
  const doomed = await startProvider(s, cell.closeAfter);
  assert.equal(await resource.up(doomed, s.inputs()), "create");
  kill(doomed);
  await assertDead(doomed);
  await converge(cell, s, resource, "same");
  assert.equal(s.simulator.journal.patches(), 1);
  assert.equal(s.simulator.openSessions(), 1);
});

fault(
  39,
  "O",
  "killed when it has answered, and nothing is saved (update): nothing is sent once more",
  async (cell) => {
    const s = await cell.scenario({ sessionsLeft: 1 });
    const { resource } = await earlierRun(s);
    const unsaved = new SavedResource(resource.saved);
    const doomed = await startProvider(s, cell.closeAfter);
    assert.equal(await resource.up(doomed, s.inputs()), "update");
    kill(doomed);
    await assertDead(doomed);
    await converge(cell, s, unsaved, "same");
    assert.equal(s.simulator.journal.patches(), 1);
  },
);

fault(39, "X", "killed at the logout (update): nothing is done once more, and no session is left", async (cell) => {
  const s = await cell.scenario();
  const { resource } = await earlierRun(s);
  const doomed = await startProvider(s, cell.closeAfter);
  onArrival({ match: { operation: "logout" }, action: DONE })(s, () => {
    kill(doomed);
  });
  assert.equal(await resource.up(doomed, s.inputs()), "update");
  assert.equal((await doomed.stop("SIGINT")).signal, "SIGKILL");
  await converge(cell, s, resource, "same");
  assert.equal(s.simulator.journal.patches(), 1);
});

/** A new process, `up --refresh`, and an `up` that has nothing to do. */
async function converge(cell: Cell, s: Scenario, resource: SavedResource, step: Step): Promise<void> {
  const { journal } = s.simulator;
  const logins = journal.logins();
  const provider = await startProvider(s, cell.closeAfter);
  assert.equal(await resource.upRefresh(provider, s.inputs()), step);
  assert.equal(journal.logins(), logins + 1);
  assert.equal(new X509Certificate(s.simulator.certificate() ?? "").fingerprint256, s.wanted.fingerprint);
  assert.equal(resource.saved?.outputs["sha256Fingerprint"], s.wanted.fingerprint);
  const requests = journal.count();
  assert.equal(await resource.up(provider, s.inputs()), "same");
  assert.equal(journal.count(), requests);
  assert.equal((await provider.stop()).signal, "SIGINT");
  keepForSecrets(s, provider);
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

function kill({ pid }: DynamicProvider): void {
  process.kill(pid, "SIGKILL");
}

async function assertDead(provider: DynamicProvider): Promise<void> {
  // It is gone already, so the signal reaches nobody.
  assert.equal((await provider.stop("SIGTERM")).signal, "SIGKILL");
}

async function untilTasksEnded({ simulator }: Scenario): Promise<void> {
  const running = (): boolean => simulator.tasks().some(({ endedAtMs }) => endedAtMs === undefined);
  const giveUpMs = performance.now() + 5_000;
  while (running() && performance.now() < giveUpMs) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.ok(!running(), "a task does not end");
}
