// SPDX-License-Identifier: Apache-2.0
// Row 38: a server that does not answer, or not to the end, and a line that has died, in every phase. Whatever they do, the
// operation ends within its time and one second, and what may have been carried out is never called a failure.

import assert from "node:assert/strict";
import type { Operation, RequestAction } from "../simulator";
import type { Outcome, Scenario } from "../support/in-process";
import { assertFailure, assertNotFinished, assertSuccess } from "../support/in-process";
import type { Phase } from "./coverage";
import { fault } from "./fault";
import { faultOfWrites } from "./writes";

const TIMEOUT_SECONDS = 2;

/** The request that is not answered. The first poll is that of the PATCH's task. */
const REQUEST: Readonly<Partial<Record<Phase, Operation>>> = {
  L: "login",
  G0: "readCertificate",
  S: "patch",
  A: "patch",
  P: "taskGet",
  R: "readCertificate",
};

const HANGS: readonly (readonly [what: string, action: RequestAction])[] = [
  ["never answers", { kind: "stall", at: "headers" }],
  ["stops in the middle of its answer", { kind: "stall", at: "body" }],
  ["answers a byte a second", { kind: "drip", bytes: 1, everyMs: 1_000 }],
];
const GIGABYTE = { kind: "hugeBody", bytes: 2 ** 30 } as const;

/** One create (one that reads before, for G0) before a server that is ill in one phase. */
async function createBefore(s: Scenario, phase: Phase): Promise<Outcome> {
  const outcome = await s.process().create(s.inputs(s.wanted, phase === "G0" ? { adopt: true } : {}));
  assert.ok(outcome.elapsedMs <= TIMEOUT_SECONDS * 1_000 + 1_000, `${outcome.elapsedMs} ms`);
  const { journal } = s.simulator;
  assert.deepEqual([journal.logins(), journal.patches()], [1, phase === "L" || phase === "G0" ? 0 : 1]);
  return outcome;
}

function patchTask({ simulator }: Scenario): string | undefined {
  return simulator.journal.filter({ operation: "patch" })[0]?.taskId;
}

/** The time is up: a plain failure only where certainly nothing was carried out. */
function assertTimeIsUp(s: Scenario, phase: Phase, outcome: Outcome, ...texts: readonly string[]): void {
  const { fingerprint } = s.wanted;
  switch (phase) {
    case "P":
      assertNotFinished(outcome, "ERR_TASK_TIMEOUT", { taskId: patchTask(s), fingerprint }, "within 2 s", ...texts);
      return;
    case "R":
      assertNotFinished(
        outcome,
        "ERR_OPERATION_TIMEOUT",
        { taskId: patchTask(s), fingerprint },
        "SUCCEEDED, but it could not be read back in time",
        ...texts,
      );
      return;
    case "S":
    case "A":
      assertNotFinished(outcome, "ERR_OUTCOME_UNKNOWN", { fingerprint }, "reads the server first", ...texts);
      return;
    default:
      assertFailure(outcome, "ERR_OPERATION_TIMEOUT", "did not end within 2 s", "timeoutSeconds", ...texts);
  }
}

for (const phase of ["L", "G0", "S", "A", "P", "R"] as const) {
  const operation = REQUEST[phase];
  assert.ok(operation !== undefined);

  for (const [what, action] of HANGS) {
    const title = `a server that ${what} does not hold an operation beyond its time`;
    if (phase === "S" || phase === "A") {
      faultOfWrites(38, phase, title, async (scenario) => {
        const w = await scenario({ timeoutSeconds: TIMEOUT_SECONDS });
        w.onWrite(phase === "A" && action.kind === "stall" ? { ...action, applyThen: true } : action, Infinity);
        const outcome = await w.create();
        assert.ok(outcome.elapsedMs <= TIMEOUT_SECONDS * 1_000 + 1_000, `${outcome.elapsedMs} ms`);
        w.assertTraffic(1, 1);
        w.assertOpen(outcome, "ERR_OUTCOME_UNKNOWN", {}, "reads the server first");
      });
      continue;
    }
    fault(38, phase, title, async (cell) => {
      // A login or a read that hangs may leave its session.
      const s = await cell.scenario({ timeoutSeconds: TIMEOUT_SECONDS, sessionsLeft: phase === "L" ? 1 : 0 });
      s.simulator.faults.add({ match: { operation }, times: Infinity, action });
      assertTimeIsUp(s, phase, await createBefore(s, phase));
    });
  }

  fault(38, phase, "a line that has died does not hold an operation beyond its time", async (cell) => {
    const s = await cell.scenario({ relayed: true, timeoutSeconds: TIMEOUT_SECONDS, sessionsLeft: 1 });
    const die = (): void => s.relay?.stall();
    s.simulator.faults.add({
      match: { operation },
      action: { kind: "pass" },
      ...(phase === "A" ? { onApplied: die } : { onMatch: die }),
    });
    assertTimeIsUp(s, phase, await createBefore(s, phase));
  });

  fault(38, phase, "a gigabyte is given up after 64 KiB", async (cell) => {
    const s = await cell.scenario({ timeoutSeconds: TIMEOUT_SECONDS });
    // A read is repeated once; a login is not, since each may have made a session.
    const times = phase === "G0" ? 2 : 1;
    s.simulator.faults.add({ match: { operation }, times, action: { ...GIGABYTE, applyThen: phase === "A" } });
    const outcome = await createBefore(s, phase);
    const { fingerprint } = s.wanted;
    const tooLarge = phase === "L" ? "65536 bytes" : "too large";
    switch (phase) {
      case "L":
      case "G0":
        assertFailure(outcome, "ERR_RESPONSE_INVALID", tooLarge);
        break;
      case "S":
        // A success by its status, and then nothing that could be followed: only the certificate can tell.
        assertNotFinished(
          outcome,
          "ERR_OUTCOME_UNKNOWN",
          { fingerprint },
          "the answer is too large",
          "did not end within 2 s",
        );
        break;
      default:
        assertSuccess(outcome, fingerprint);
    }
  });
}

for (const [what, action] of HANGS) {
  fault(38, "X", `a logout that ${what} changes nothing and holds nothing`, async (cell) => {
    const s = await cell.scenario({ timeoutSeconds: TIMEOUT_SECONDS, sessionsLeft: 1 });
    s.simulator.faults.add({ match: { operation: "logout" }, action });
    assertSuccess(await createBefore(s, "X"), s.wanted.fingerprint);
    const giveUpMs = performance.now() + 3_000;
    while (s.simulator.journal.count({ operation: "logout" }) === 0 && performance.now() < giveUpMs) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });
}
