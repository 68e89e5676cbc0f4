// SPDX-License-Identifier: Apache-2.0
// Row 44: a logout that fails. It changes no result and holds up nobody; vCenter ends an idle session by itself.

import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import type { JournalEntry, RequestAction } from "../simulator";
import type { Scenario } from "../support/in-process";
import { assertFailure, assertSuccess } from "../support/in-process";
import { assertInTime } from "../support/in-time";
import { until } from "../support/until";
import { fault } from "./fault";
import { startRealProcess } from "./real-process";
import { assertTraffic, scriptPatch } from "./traffic";

const LOGOUTS: readonly (readonly [what: string, action: RequestAction, leastMs: number])[] = [
  ["answers 500", { kind: "respond", status: 500, body: "<html>Oops</html>" }, 0],
  ["answers 401", { kind: "respond", status: 401, body: { error_type: "UNAUTHENTICATED", messages: [] } }, 0],
  ["hangs", { kind: "stall", at: "headers" }, 1_000],
];

/** The one logout, when it has ended. */
async function theLogout({ simulator: { journal } }: Scenario): Promise<{ readonly tookMs: number }> {
  const logout = (): JournalEntry | undefined => journal.filter({ operation: "logout" })[0];
  await until("a logout ends", () => logout()?.endedAtMs !== undefined, 8_000);
  const { startedAtMs = NaN, endedAtMs = NaN } = logout() ?? {};
  return { tookMs: endedAtMs - startedAtMs };
}

for (const [what, action, leastMs] of LOGOUTS) {
  fault(44, "X", `a logout that ${what} is tried once and changes nothing`, async (cell) => {
    const s = await cell.scenario({ sessionsLeft: 1 });
    s.simulator.faults.add({ match: { operation: "logout" }, times: Infinity, action });
    assertSuccess(await s.providerProcess().create(s.inputs()), s.wanted.fingerprint);
    const lines = s.lines.length;
    const { tookMs } = await theLogout(s);
    assertInTime(tookMs, { atLeastMs: leastMs, atMostMs: 2_000 });
    await pause(300);
    assert.equal(s.simulator.journal.count({ operation: "logout" }), 1);
    assert.deepEqual(s.lines.slice(lines), []);
    assertTraffic(s, 1, 1);
  });
  fault(44, "X", `a failure stays the same before a logout that ${what}`, async (cell) => {
    const s = await cell.scenario({ sessionsLeft: 1 });
    s.simulator.faults.add({ match: { operation: "logout" }, action });
    const error = { error_type: "ERROR", messages: [{ id: "com.vmware.test", default_message: "No.", args: [] }] };
    scriptPatch(s, { steps: [{ status: "FAILED", fields: { error } }] });
    assertFailure(await s.providerProcess().create(s.inputs()), "ERR_TASK_FAILED", 'vCenter says "No"');
    await theLogout(s);
    assertTraffic(s, 1, 1);
  });
  fault(44, "X", `the process ends within 2 s although the logout ${what}`, async (cell) => {
    const s = await cell.scenario({ sessionsLeft: 1 });
    s.simulator.faults.add({ match: { operation: "logout" }, action });
    const provider = await startRealProcess(cell, { environment: s.environment });
    const { properties } = await provider.create(s.inputs());
    assert.equal(properties["sha256Fingerprint"], s.wanted.fingerprint);
    const { signal, elapsedMs } = await provider.stop();
    assert.equal(signal, "SIGINT");
    assertInTime(elapsedMs, { atMostMs: 2_250 });
    assert.equal(s.simulator.journal.count({ operation: "logout" }), 1);
    s.secrets.addReadable("stdout and stderr", JSON.stringify(provider.output()));
    assertTraffic(s, 1, 1);
  });
}
