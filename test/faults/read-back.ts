// SPDX-License-Identifier: Apache-2.0
// Rows 27, 28 and 30 to 32: which certificate the read-back shows, and who else writes. Rows 29 and 46, where there is
// nothing to read, stand in read-nothing.

import assert from "node:assert/strict";
import { makeCertificate } from "../fixtures/certificates/make";
import type { CertificateEncoding } from "../simulator";
import type { Outcome, Properties, Scenario } from "../support/in-process";
import { unknownValue } from "../support/dynamic-provider/properties";
import { fastClock } from "../support/clock/system-clocks";
import { assertNotFinished, assertSuccess, describe } from "../support/in-process";
import { fault } from "./fault";
import { faultOfWrites } from "./writes";
import { assertTraffic, patchTask, scriptPatch } from "./traffic";

/** Thirty seconds, for which another certificate is read again, become two. */
const FACTOR = 15;

/** The read-back showed another certificate: nothing is pending, and what is saved is what was read. */
function assertMismatch(s: Scenario, outcome: Outcome, shown: string, who = s.wanted.fingerprint): Properties {
  const saved = assertNotFinished(
    outcome,
    "ERR_READBACK_MISMATCH",
    {},
    `shows SHA-256 ${shown} instead of ${who}`,
    "SUCCEEDED",
    "changed by someone else",
  );
  assert.equal(saved["sha256Fingerprint"], shown);
  return saved;
}

/** A refresh; the outputs that it gives. */
async function refresh(s: Scenario, properties: Properties): Promise<Properties> {
  const outcome = await s.providerProcess().read(s.id, properties);
  assert.ok(outcome.kind === "success" && outcome.id === s.id, describe(outcome));
  return outcome.properties;
}

faultOfWrites(
  27,
  "R",
  "a read that shows the old one is repeated on the schedule until the new one shows",
  async (scenario) => {
    const w = await scenario();
    w.scriptWrite({ lagMs: 1_500 });
    w.assertDone(await w.create());
    // 16 on the schedule, and two of what is there before: an absence must be said twice.
    assert.ok(w.reads() >= 4 && w.reads() <= 18, `${w.reads()} reads`);
    w.assertTraffic(1, 1);
  },
);

faultOfWrites(
  27,
  "R",
  "a read that shows the old one for ever fails after 30 s, and the next up fixes it",
  async (scenario) => {
    const w = await scenario({ timeoutSeconds: 300 });
    const clock = fastClock(FACTOR);
    w.scriptWrite({ effect: "never" });
    const outcome = await w.create({ clock });
    const saved = w.assertOpen(outcome, "ERR_READBACK_MISMATCH", { settled: true }, "SUCCEEDED, but the server");
    const waitedMs = outcome.elapsedMs * FACTOR;
    assert.ok(waitedMs >= 29_000 && waitedMs <= 90_000, `${waitedMs} ms`);
    assert.ok(w.reads() >= 10 && w.reads() <= 57, `${w.reads()} reads`);
    w.assertTraffic(1, 1);
    w.assertDone(await w.update(saved, { clock }));
    w.assertTraffic(2, 2);
  },
);

fault(28, "R", "a third certificate is somebody else's: no success, and the next up fixes it", async (cell) => {
  const s = await cell.scenario({ timeoutSeconds: 300 });
  const third = await makeCertificate({ subject: "CN=somebody else" });
  scriptPatch(s, { certificatePem: third.certificatePem });
  const outcome = await s.providerProcess({ clock: fastClock(FACTOR) }).create(s.inputs());
  const saved = assertMismatch(s, outcome, third.fingerprint);
  assert.equal(saved["subject"], "CN=somebody else");
  assertTraffic(s, 1, 1);
  assertSuccess(await s.providerProcess().update(saved, s.inputs()), s.wanted.fingerprint);
  assertTraffic(s, 2, 2);
});

fault(28, "R", "a third certificate that shows only in the reader's replica is no success either", async (cell) => {
  const s = await cell.scenario({ timeoutSeconds: 300 });
  const third = await makeCertificate();
  const script = { certificatePem: third.certificatePem };
  s.simulator.faults.add({
    match: { operation: "readCertificate" },
    times: Infinity,
    action: { kind: "taskScript", script },
  });
  const outcome = await s.providerProcess({ clock: fastClock(FACTOR) }).create(s.inputs());
  assertMismatch(s, outcome, third.fingerprint);
  assertTraffic(s, 1, 1);
});

for (const encoding of ["crlf", "text", "chain", "no-final-newline"] as const satisfies CertificateEncoding[]) {
  fault(30, "R", `the same certificate as PEM with "${encoding}" is the same`, async (cell) => {
    const s = await cell.scenario();
    const script = { encoding };
    s.simulator.faults.add({
      match: { operation: "readCertificate" },
      times: Infinity,
      action: { kind: "taskScript", script },
    });
    const state = assertSuccess(await s.providerProcess().create(s.inputs()), s.wanted.fingerprint);
    assert.equal(state["certificate"], s.wanted.certificatePem);
    assertTraffic(s, 1, 1);
    assert.equal(s.simulator.journal.count({ operation: "readCertificate" }), 1);
    const seen = await refresh(s, state);
    assert.deepEqual([seen["certificate"], seen["sha256Fingerprint"]], [s.wanted.certificatePem, s.wanted.fingerprint]);
    assert.deepEqual(
      s.lines.filter(({ severity }) => severity === "warning"),
      [],
    );
    const { changes } = await s.providerProcess().diff(seen, s.inputs());
    assert.equal(changes, false);
    // With another certificate before, a read of the same text in another form is compared by its DER, too.
    const always = s.inputs(s.wanted, { detectDrift: "always" });
    assertSuccess(await s.providerProcess().update(seen, always), s.wanted.fingerprint);
    assert.equal(s.simulator.journal.patches(), 1);
  });
}

const OTHER_URN = "urn:pulumi:s::p::pulumi-nodejs:dynamic/trustauthority:KmsClientCertificate::other";
const UNKNOWN = { keyProvider: unknownValue };

fault(31, "V", "two resources on one key provider are refused before any request", async (cell) => {
  const s = await cell.scenario();
  const other = await makeCertificate();
  const providerProcess = s.providerProcess();
  assert.deepEqual(await providerProcess.check({}, s.inputs()), []);
  const failures = await providerProcess.check({}, s.inputs(other, { __urn: OTHER_URN }));
  assert.equal(failures.length, 1);
  const reason = failures[0]?.reason ?? "";
  for (const text of ["kms-1", "domain-c8", "managed twice", "::cert", OTHER_URN])
    assert.ok(reason.includes(text), reason);
  // The same resource may be checked as often as the engine likes; and ids that are not known yet are no conflict.
  assert.deepEqual(await providerProcess.check({}, s.inputs()), []);
  for (const [index, more] of [UNKNOWN, UNKNOWN, { cluster: "domain-c9" }].entries()) {
    assert.deepEqual(await providerProcess.check({}, s.inputs(other, { ...more, __urn: `${OTHER_URN}-${index}` })), []);
  }
  assertTraffic(s, 0, 0);
});

fault(
  31,
  "S",
  "two resources on one key provider take turns: each proves its own before the other's PATCH",
  async (cell) => {
    const s = await cell.scenario();
    const other = await makeCertificate();
    const providerProcess = s.providerProcess();
    const outcomes = await Promise.all([
      providerProcess.create(s.inputs()),
      providerProcess.create(s.inputs(other, { __urn: OTHER_URN })),
    ]);
    assertSuccess(outcomes[0], s.wanted.fingerprint);
    assertSuccess(outcomes[1], other.fingerprint);
    const order = s.simulator.journal.entries.map(({ operation }) => operation);
    const writesAndReads = order.filter((operation) => operation === "patch" || operation === "readCertificate");
    assert.deepEqual(writesAndReads, ["patch", "readCertificate", "patch", "readCertificate"]);
    assertTraffic(s, 1, 2);
  },
);

fault(31, "R", "the one that lost sees it at the next refresh, and they alternate visibly", async (cell) => {
  const s = await cell.scenario();
  const other = await makeCertificate();
  const lost = assertSuccess(await s.providerProcess().create(s.inputs()), s.wanted.fingerprint);
  assertSuccess(await s.providerProcess().create(s.inputs(other, { __urn: OTHER_URN })), other.fingerprint);
  const seen = await refresh(s, lost);
  assert.equal(seen["sha256Fingerprint"], other.fingerprint);
  assert.equal((await s.providerProcess().diff(seen, s.inputs())).changes, true);
  assertSuccess(await s.providerProcess().update(seen, s.inputs()), s.wanted.fingerprint);
  assertTraffic(s, 4, 3);
});

fault(
  32,
  "R",
  "another stack that replaces it before the read-back makes this one fail, not that one",
  async (cell) => {
    const s = await cell.scenario({ timeoutSeconds: 300 });
    const other = await makeCertificate();
    let theirs: Outcome | undefined;
    s.simulator.faults.add({
      match: { operation: "readCertificate" },
      action: { kind: "pass" },
      onMatch: async () => {
        theirs = await s.providerProcess().create(s.inputs(other));
      },
    });
    const outcome = await s.providerProcess({ clock: fastClock(FACTOR) }).create(s.inputs());
    assertMismatch(s, outcome, other.fingerprint);
    assert.ok(theirs !== undefined);
    assertSuccess(theirs, other.fingerprint);
    assertTraffic(s, 2, 2);
  },
);

fault(32, "R", "a person who changes it before the read-back is named as someone else", async (cell) => {
  const s = await cell.scenario({ timeoutSeconds: 300 });
  const theirs = await makeCertificate();
  s.simulator.faults.add({
    match: { operation: "readCertificate" },
    action: { kind: "pass" },
    onMatch: () => {
      s.simulator.setCertificate(theirs.certificatePem);
    },
  });
  const outcome = await s.providerProcess({ clock: fastClock(FACTOR) }).create(s.inputs());
  assert.ok(patchTask(s) !== "");
  assertMismatch(s, outcome, theirs.fingerprint);
  assertTraffic(s, 1, 1);
});
