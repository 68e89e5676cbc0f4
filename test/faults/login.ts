// SPDX-License-Identifier: Apache-2.0
// Rows 1 to 5: what can go wrong at the login.

import assert from "node:assert/strict";
import { assertFailure, assertSuccess } from "../support/in-process";
import { assertInTime } from "../support/in-time";
import { fault } from "./fault";

fault(1, "L", "a refused password fails at once, is sent once and shown nowhere", async (cell) => {
  const s = await cell.scenario();
  const password = "not-the-right-password";
  s.secrets.addText("the wrong password", password, s.simulator.user);
  const outcome = await s
    .providerProcess({ environment: { VSPHERE_TRUST_AUTHORITY_PASSWORD: password } })
    .create(s.inputs());
  assertFailure(outcome, "ERR_AUTHENTICATION", "POST /api/session", "HTTP 401", "UNAUTHENTICATED", "not tried again");
  assert.equal(s.simulator.journal.count(), 1);
  assertInTime(outcome.elapsedMs, { atMostMs: 2_000 });
});

fault(2, "L", "used-up sessions are named and not hammered", async (cell) => {
  const s = await cell.scenario({ simulator: { maxSessions: 0 } });
  const outcome = await s.providerProcess().create(s.inputs());
  assertFailure(
    outcome,
    "ERR_SESSION_LIMIT",
    "failedToLoginMaxUserSessionCountReached",
    "POST /api/session",
    "HTTP 503",
    /session limit/,
  );
  assert.equal(s.simulator.journal.count(), 1);
});

fault(3, "L", "a 503 with Retry-After 2 is waited out, and one session is open", async (cell) => {
  const s = await cell.scenario();
  s.simulator.faults.add({
    match: { operation: "login" },
    action: { kind: "respond", status: 503, headers: { "Retry-After": "2" } },
  });
  let most = 0;
  s.simulator.journal.onEnd(() => (most = Math.max(most, s.simulator.openSessions())));
  const outcome = await s.providerProcess().create(s.inputs());
  assertSuccess(outcome, s.wanted.fingerprint);
  const [first, second] = s.simulator.journal.filter({ operation: "login" });
  assert.ok(first?.endedAtMs !== undefined && second !== undefined);
  // Timers may fire a millisecond early by the other side's clock.
  assert.ok(second.startedAtMs - first.endedAtMs >= 1_990, `${second.startedAtMs - first.endedAtMs} ms`);
  assert.deepEqual([s.simulator.journal.logins(), s.simulator.journal.patches(), most], [2, 1, 1]);
});

const noSessionIds: readonly (readonly [what: string, body: unknown])[] = [
  ["HTML", "<html><body>Welcome</body></html>"],
  ["nothing", ""],
  ["an object", { value: "b8a2a2e3fc2a4e8e" }],
  ["an empty string", '""'],
  ["a number", "17"],
  ["null", "null"],
  ["a string with a blank", '"two words"'],
  ["a string with CR LF", JSON.stringify("token\r\nX-Injected: 1")],
  ["a string of 4 KiB", JSON.stringify("x".repeat(4096))],
];
for (const [what, body] of noSessionIds) {
  fault(
    4,
    "L",
    `a login that answers ${what} fails as "not a session id", and no header is made of it`,
    async (cell) => {
      const s = await cell.scenario();
      s.simulator.faults.add({ match: { operation: "login" }, action: { kind: "respond", status: 200, body } });
      const outcome = await s.providerProcess().create(s.inputs());
      assertFailure(outcome, "ERR_RESPONSE_INVALID", "not a session id", "POST /api/session", "HTTP 200");
      assert.ok(
        !/Welcome|Injected|b8a2a2e3|two words/.test(outcome.kind === "failure" ? outcome.message : ""),
        "the body is echoed",
      );
      assert.deepEqual(
        s.simulator.journal.entries.map(({ operation, headers }) => [operation, headers["x-injected"]]),
        [["login", undefined]],
      );
    },
  );
}

fault(5, "L", "ten resources that start at once make one login", async (cell) => {
  const keyProviders = Array.from({ length: 10 }, (_, index) => `kms-${index + 1}`);
  const s = await cell.scenario({ simulator: { clusters: [{ id: "domain-c8", keyProviders }] } });
  const providerProcess = s.providerProcess();
  const outcomes = await Promise.all(
    keyProviders.map((keyProvider) => providerProcess.create(s.inputs(s.wanted, { keyProvider }))),
  );
  for (const outcome of outcomes) assertSuccess(outcome, s.wanted.fingerprint);
  assert.deepEqual([s.simulator.journal.logins(), s.simulator.journal.patches()], [1, 10]);
});
