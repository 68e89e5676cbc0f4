// SPDX-License-Identifier: Apache-2.0
// Row 38: a server that does not answer, or not to the end, and a line that has died, in every phase. Whatever they do, the
// operation ends within its time and one second, and what may have been carried out is never called a failure.

import assert from "node:assert/strict";
import type { Operation, RequestAction } from "../simulator";
import type { Outcome, Scenario } from "../support/in-process";
import { assertFailure, assertSuccess } from "../support/in-process";
import { assertInTime } from "../support/in-time";
import { until } from "../support/until";
import type { Phase } from "./coverage";
import { fault } from "./fault";
import type { WritePhase, WriteScenario } from "./write-scenario";
import { faultOfWrites, oneForm } from "./writes";

const TIMEOUT_SECONDS = 2;

const HANGS: readonly (readonly [what: string, action: RequestAction])[] = [
  ["never answers", { kind: "stall", at: "headers" }],
  ["stops in the middle of its answer", { kind: "stall", at: "body" }],
  ["answers a byte a second", { kind: "drip", bytes: 1, everyMs: 1_000 }],
];
const GIGABYTE = { kind: "hugeBody", bytes: 2 ** 30 } as const;

const BEFORE = { L: "login", G0: "readCertificate" } as const satisfies Partial<Record<Phase, Operation>>;

/** One create (one that reads before, for G0) before a server that fails in a phase before the write. */
async function createBefore(s: Scenario, phase: Phase): Promise<Outcome> {
  const outcome = await s.providerProcess().create(s.inputs(s.wanted, phase === "G0" ? { adopt: true } : {}));
  assertEndsWithItsTime(outcome);
  const { journal } = s.simulator;
  assert.deepEqual([journal.logins(), journal.patches()], [1, phase === "X" ? 1 : 0]);
  return outcome;
}

function assertEndsWithItsTime({ elapsedMs }: Outcome): void {
  assertInTime(elapsedMs, { atMostMs: TIMEOUT_SECONDS * 1_000 + 1_000 });
}

/** The time is up after the write was begun: never a plain failure. */
async function createIsOpen(w: WriteScenario, phase: WritePhase): Promise<void> {
  const outcome = await w.create();
  assertEndsWithItsTime(outcome);
  w.assertTraffic(1, 1);
  if (phase === "S" || phase === "A") {
    w.assertOpen(outcome, "ERR_OUTCOME_UNKNOWN", {}, "reads the server first");
    return;
  }
  const [code, text] =
    phase === "P"
      ? ["ERR_TASK_TIMEOUT", "within 2 s"]
      : ["ERR_OPERATION_TIMEOUT", "SUCCEEDED, but it could not be read back in time"];
  w.assertOpen(outcome, code, { taskId: w.taskId() }, text);
}

const HELD = (what: string): string => `a server that ${what} does not hold an operation beyond its time`;
const DEAD = "a line that has died does not hold an operation beyond its time";
const HUGE = "a gigabyte is given up after 64 KiB";
const SAYS_TIME_IS_UP = ["did not end within 2 s", "timeoutSeconds"];

for (const phase of ["L", "G0"] as const) {
  const match = { operation: BEFORE[phase] };
  for (const [what, action] of HANGS) {
    fault(38, phase, HELD(what), async (cell) => {
      // A login that hangs may leave its session.
      const s = await cell.scenario({ timeoutSeconds: TIMEOUT_SECONDS, sessionsLeft: phase === "L" ? 1 : 0 });
      s.simulator.faults.add({ match, times: Infinity, action });
      assertFailure(await createBefore(s, phase), "ERR_OPERATION_TIMEOUT", ...SAYS_TIME_IS_UP);
    });
  }

  fault(38, phase, DEAD, async (cell) => {
    const s = await cell.scenario({ relayed: true, timeoutSeconds: TIMEOUT_SECONDS, sessionsLeft: 1 });
    s.simulator.faults.add({ match, action: { kind: "pass" }, onMatch: () => s.relay?.stall() });
    assertFailure(await createBefore(s, phase), "ERR_OPERATION_TIMEOUT", ...SAYS_TIME_IS_UP);
  });

  fault(38, phase, HUGE, async (cell) => {
    const s = await cell.scenario({ timeoutSeconds: TIMEOUT_SECONDS });
    // A read is repeated once; a login is not, since each may have made a session.
    s.simulator.faults.add({ match, times: phase === "G0" ? 2 : 1, action: { ...GIGABYTE, applyThen: false } });
    const text = phase === "L" ? "65536 bytes" : "too large";
    assertFailure(await createBefore(s, phase), "ERR_RESPONSE_INVALID", text);
  });
}

for (const phase of ["S", "A", "P", "R"] as const) {
  for (const [what, action] of HANGS) {
    faultOfWrites(
      38,
      phase,
      HELD(what),
      async (scenario) => {
        const w = await scenario({ timeoutSeconds: TIMEOUT_SECONDS });
        const isApplied = phase === "A" && action.kind === "stall";
        w.answer(phase, isApplied ? { ...action, applyThen: true } : action, Infinity);
        await createIsOpen(w, phase);
      },
      oneForm(what === "never answers"),
    );
  }

  faultOfWrites(38, phase, DEAD, async (scenario) => {
    const w = await scenario({ relayed: true, timeoutSeconds: TIMEOUT_SECONDS, sessionsLeft: 1 });
    const die = (): void => w.s.relay?.stall();
    w.answer(phase, { kind: "pass" }, 1, phase === "A" ? { onApplied: die } : { onMatch: die });
    await createIsOpen(w, phase);
  });

  faultOfWrites(
    38,
    phase,
    HUGE,
    async (scenario) => {
      const w = await scenario({ timeoutSeconds: TIMEOUT_SECONDS });
      w.answer(phase, { ...GIGABYTE, applyThen: phase === "A" });
      const outcome = await w.create();
      assertEndsWithItsTime(outcome);
      w.assertTraffic(1, 1);
      // A success by its status, and then nothing that could be followed: only a read can tell.
      if (phase !== "S") w.assertDone(outcome);
      else w.assertOpen(outcome, "ERR_OUTCOME_UNKNOWN", {}, "the answer is too large", "did not end within 2 s");
    },
    oneForm(phase === "S"),
  );
}

for (const [what, action] of HANGS) {
  fault(38, "X", `a logout that ${what} changes nothing and holds nothing`, async (cell) => {
    const s = await cell.scenario({ timeoutSeconds: TIMEOUT_SECONDS, sessionsLeft: 1 });
    s.simulator.faults.add({ match: { operation: "logout" }, action });
    assertSuccess(await createBefore(s, "X"), s.wanted.fingerprint);
    await until("it logs out", () => s.simulator.journal.count({ operation: "logout" }) > 0);
  });
}
