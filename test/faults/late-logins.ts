// SPDX-License-Identifier: Apache-2.0
// Rows 56 and 57: the end of the time, or Ctrl-C, in the back-off of a write that may have been carried out, and while the
// answer of the login is under way.

import assert from "node:assert/strict";
import { earlierRun, keepForSecrets, startProvider } from "../support/crashes/doomed-process";
import { ProviderFailure } from "../support/dynamic-provider";
import { assertFailure, assertNotFinished } from "../support/in-process";
import { fault } from "./fault";
import { assertTraffic } from "./traffic";

const BUSY = {
  kind: "respond",
  status: 503,
  applyThen: true,
  headers: { "Retry-After": "30" },
  body: "<html>busy</html>",
} as const;

fault(56, "S", "a Retry-After beyond the time left, after a PATCH that was carried out: not finished", async (cell) => {
  const s = await cell.scenario({ timeoutSeconds: 3, simulator: { taskDurationMs: { patch: 8_000, read: 5 } } });
  s.simulator.faults.add({ match: { operation: "patch" }, action: BUSY });
  const outcome = await s.process().create(s.inputs());
  assertNotFinished(outcome, "ERR_OUTCOME_UNKNOWN", { fingerprint: s.wanted.fingerprint }, "HTTP 503");
  assert.ok(outcome.elapsedMs <= 4_000, `${outcome.elapsedMs} ms`);
  assertTraffic(s, 1, 1);
});

fault(
  56,
  "S",
  "SIGINT after a PATCH that was answered 503: not finished, and no session left",
  async (cell) => {
    const s = await cell.scenario({ simulator: { taskDurationMs: { patch: 5_000, read: 5 } } });
    const { resource } = await earlierRun(s);
    const provider = await startProvider(s, cell.closeAfter);
    let applied = (): void => undefined;
    const seen = new Promise<void>((resolve) => (applied = resolve));
    s.simulator.faults.add({
      match: { operation: "patch" },
      action: BUSY,
      onApplied: () => void setTimeout(applied, 100),
    });
    const update = resource.up(provider, s.inputs()).then(
      () => assert.fail("it succeeded"),
      (error: unknown) => error,
    );
    await seen;
    await provider.stop("SIGINT");
    const error = await update;
    assert.ok(error instanceof ProviderFailure && error.message.endsWith("[ERR_OUTCOME_UNKNOWN]"), String(error));
    assert.equal(resource.saved?.outputs["pendingFingerprint"], s.wanted.fingerprint);
    assert.equal(s.simulator.openSessions(), 0);
    keepForSecrets(s, provider);
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
    assertFailure(await s.process().create(s.inputs()), "ERR_OPERATION_TIMEOUT", "POST /api/session");
    assert.equal(s.simulator.openSessions(), 1, "vCenter has made it already");
    while (s.simulator.openSessions() > 0) await new Promise((resolve) => setTimeout(resolve, 20));
    assertTraffic(s, 1, 0);
  },
);

fault(
  57,
  "L",
  "SIGINT while the login's answer is under way: no session is left",
  async (cell) => {
    const s = await cell.scenario();
    const { resource } = await earlierRun(s);
    const provider = await startProvider(s, cell.closeAfter);
    let begun = (): void => undefined;
    const seen = new Promise<void>((resolve) => (begun = resolve));
    const match = { operation: "login" } as const;
    s.simulator.faults.add({
      match,
      answerDelayMs: 900,
      action: { kind: "pass" },
      onMatch: () => void setTimeout(begun, 50),
    });
    const update = resource.up(provider, s.inputs()).then(
      () => assert.fail("it succeeded"),
      (error: unknown) => error,
    );
    await seen;
    await provider.stop("SIGINT");
    assert.match(String(await update), /ERR_ABORTED/);
    assert.equal(s.simulator.openSessions(), 0);
    keepForSecrets(s, provider);
  },
  true,
);
