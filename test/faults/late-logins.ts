// SPDX-License-Identifier: Apache-2.0
// Rows 56 and 57: the end of the time, or Ctrl-C, in the back-off of a write that may have been carried out, and while the
// answer of the login is under way.

import assert from "node:assert/strict";
import type { FaultRule } from "../simulator";
import { earlierRun, keepForSecrets, startProvider } from "../support/crashes/doomed-process";
import type { SavedResource } from "../support/crashes/saved-resource";
import { ProviderFailure } from "../support/dynamic-provider";
import { errorOf } from "../support/error-of";
import { assertFailure } from "../support/in-process";
import type { Scenario } from "../support/in-process";
import { assertInTime } from "../support/in-time";
import { until } from "../support/until";
import type { Cell } from "./fault";
import { fault } from "./fault";
import { lasting } from "./write-scenario";
import { faultOfWrites } from "./writes";
import { assertTraffic } from "./traffic";

const BUSY = {
  kind: "respond",
  status: 503,
  applyThen: true,
  headers: { "Retry-After": "30" },
  body: "<html>busy</html>",
} as const;

faultOfWrites(
  56,
  "S",
  "a Retry-After beyond the time left, after a PATCH that was carried out: not finished",
  async (scenario) => {
    const w = await scenario({ timeoutSeconds: 3, simulator: { taskDurationMs: lasting(8_000) } });
    w.onWrite(BUSY);
    const outcome = await w.create();
    w.assertOpen(outcome, "ERR_OUTCOME_UNKNOWN", {}, "HTTP 503");
    assertInTime(outcome.elapsedMs, { atMostMs: 4_000 });
    w.assertTraffic(1, 1);
  },
);

/** Stops a provider process in an update, a moment after the server has seen a request; what the update ends with. */
async function stopAt(
  { closeAfter }: Cell,
  s: Scenario,
  rule: (seen: () => void) => FaultRule,
): Promise<{ readonly error: unknown; readonly resource: SavedResource }> {
  const { resource } = await earlierRun(s);
  const provider = await startProvider(s, closeAfter);
  const seen = new Promise<void>((resolve) => {
    s.simulator.faults.add(rule(() => void setTimeout(resolve, 100)));
  });
  const update = errorOf(resource.up(provider, s.inputs()));
  await seen;
  await provider.stop("SIGINT");
  const error = await update;
  assert.equal(s.simulator.openSessions(), 0);
  keepForSecrets(s, provider);
  return { error, resource };
}

fault(
  56,
  "S",
  "SIGINT after a PATCH that was answered 503: not finished, and no session left",
  async (cell) => {
    const s = await cell.scenario({ simulator: { taskDurationMs: { patch: 5_000, read: 5 } } });
    const match = { operation: "patch" } as const;
    const { error, resource } = await stopAt(cell, s, (onApplied) => ({ match, action: BUSY, onApplied }));
    assert.ok(error instanceof ProviderFailure && error.message.endsWith("[ERR_OUTCOME_UNKNOWN]"), String(error));
    assert.equal(resource.saved?.outputs["pendingFingerprint"], s.wanted.fingerprint);
  },
  true,
);

fault(
  57,
  "L",
  "the time is up while the login's answer is under way: the session is logged out when it comes",
  async (cell) => {
    const s = await cell.scenario({ timeoutSeconds: 1 });
    s.simulator.faults.add({ match: { operation: "login" }, answerDelayMs: 2_000, action: { kind: "pass" } });
    assertFailure(await s.providerProcess().create(s.inputs()), "ERR_OPERATION_TIMEOUT", "POST /api/session");
    assert.equal(s.simulator.openSessions(), 1, "vCenter has made it already");
    await until("it is logged out", () => s.simulator.openSessions() === 0);
    assertTraffic(s, 1, 0);
  },
);

fault(
  57,
  "L",
  "SIGINT while the login's answer is under way: no session is left",
  async (cell) => {
    const s = await cell.scenario();
    const rule = { match: { operation: "login" }, answerDelayMs: 900, action: { kind: "pass" } } as const;
    const { error } = await stopAt(cell, s, (onMatch) => ({ ...rule, onMatch }));
    assert.match(String(error), /ERR_ABORTED/);
  },
  true,
);
