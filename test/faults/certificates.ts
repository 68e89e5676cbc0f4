// SPDX-License-Identifier: Apache-2.0
// Row 33, dates and clocks, and row 45, previews with unknown inputs. Row 34, keys and PEM, stands in keys-and-pem.

import assert from "node:assert/strict";
import { makeCertificate } from "../fixtures/certificates/make";
import type { MadeCertificate } from "../fixtures/certificates/make";
import type { Scenario } from "../support/in-process";
import { wallShiftedClock } from "../support/clock/system-clocks";
import { assertFailure, assertSuccess } from "../support/in-process";
import { unknownValue } from "../support/dynamic-provider";
import { fault } from "./fault";
import { assertTraffic } from "./traffic";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** A certificate with dates relative to now. */
function dated(fromMs: number, toMs: number): Promise<MadeCertificate> {
  const nowMs = Date.now();
  return makeCertificate({ notBefore: new Date(nowMs + fromMs), notAfter: new Date(nowMs + toMs) });
}

function shifted(s: Scenario, offsetMs: number): ReturnType<Scenario["providerProcess"]> {
  return s.providerProcess({ clock: wallShiftedClock(() => offsetMs) });
}

function warnings(s: Scenario): string {
  return s.lines
    .filter(({ severity }) => severity === "warning")
    .map(({ text }) => text)
    .join("\n");
}

const REFUSED: readonly (readonly [what: string, dates: [number, number], clockMs: number, text: RegExp])[] = [
  ["an expired certificate", [-3 * DAY_MS, -MINUTE_MS], 0, /the certificate expired at .* ago; give a new one/i],
  ["one that is valid from tomorrow", [DAY_MS, 9 * DAY_MS], 0, /not valid before .* from now; wait until then/],
  ["one that is valid in 6 min", [6 * MINUTE_MS, 9 * DAY_MS], 0, /not valid before .*, 5 min from now/],
  ["one that a clock a day ahead calls expired", [-DAY_MS, DAY_MS / 2], DAY_MS, /the certificate expired at/i],
  ["one that a clock a day behind calls too early", [-DAY_MS / 2, 90 * DAY_MS], -DAY_MS, /not valid before/],
];
for (const [what, [fromMs, toMs], clockMs, text] of REFUSED) {
  fault(33, "V", `${what} is refused by the preview and by the up, before any request`, async (cell) => {
    const s = await cell.scenario();
    const pair = await dated(fromMs, toMs);
    const inputs = s.inputs(pair);
    const failures = await shifted(s, clockMs).check({}, inputs);
    assert.equal(failures.length, 1);
    assert.match(failures[0]?.reason ?? "", text);
    assertFailure(await shifted(s, clockMs).create(inputs), "ERR_CERTIFICATE_INVALID", text);
    assert.equal(s.simulator.journal.count(), 0);
  });
  fault(33, "V", `${what} only warns where it is the state's already`, async (cell) => {
    const s = await cell.scenario();
    const inputs = s.inputs(await dated(fromMs, toMs));
    // Written in another way there.
    const certificate = String(inputs["certificate"]).replaceAll("\n", "\r\n");
    const failures = await shifted(s, clockMs).check({ certificate }, inputs);
    assert.deepEqual(failures, []);
    assert.match(warnings(s), text);
    assert.equal(s.simulator.journal.count(), 0);
  });
}

const TAKEN: readonly (readonly [what: string, dates: [number, number], clockMs: number, warning: RegExp])[] = [
  ["one that is valid in 4 min", [4 * MINUTE_MS, 90 * DAY_MS], 0, /^$/],
  ["one that a clock a day ahead calls valid", [-DAY_MS, 90 * DAY_MS], DAY_MS, /^$/],
  ["one that a clock a day behind calls valid", [-2 * DAY_MS, 90 * DAY_MS], -DAY_MS, /^$/],
  ["one that expires in 10 days", [-80 * DAY_MS, 10 * DAY_MS], 0, /expires at .*, in 9 days; have the next one issued/],
];
for (const [what, [fromMs, toMs], clockMs, warning] of TAKEN) {
  fault(33, "V", `${what} is taken${warning.source === "^$" ? "" : ", with a warning"}`, async (cell) => {
    const s = await cell.scenario();
    const pair = await dated(fromMs, toMs);
    const provider = shifted(s, clockMs);
    assert.deepEqual(await provider.check({}, s.inputs(pair)), []);
    assert.match(warnings(s), warning);
    assertSuccess(await provider.create(s.inputs(pair)), pair.fingerprint);
    assertTraffic(s, 1, 1);
  });
}

for (const minutes of [6, -6, 24 * 60]) {
  fault(
    33,
    "V",
    `a server whose clock is ${minutes} min off gets a valid certificate all the same, with a warning`,
    async (cell) => {
      const s = await cell.scenario();
      s.simulator.setClockOffsetMs(minutes * MINUTE_MS);
      const provider = s.providerProcess();
      assert.deepEqual(await provider.check({}, s.inputs()), []);
      assertSuccess(await provider.create(s.inputs()), s.wanted.fingerprint);
      assert.match(
        warnings(s),
        minutes > 0 ? /this machine's clock is .* behind the server's/ : /ahead of the server's/,
      );
      assertTraffic(s, 1, 1);
    },
  );
}

fault(33, "V", "a certificate that has expired by the server's clock alone is not sent", async (cell) => {
  const s = await cell.scenario();
  s.simulator.setClockOffsetMs(2 * DAY_MS);
  const pair = await dated(-DAY_MS, DAY_MS);
  const provider = s.providerProcess();
  assert.deepEqual(await provider.check({}, s.inputs(pair)), []);
  assertFailure(await provider.create(s.inputs(pair)), "ERR_CERTIFICATE_INVALID", "expired at");
  // The login's answer is the witness.
  assertTraffic(s, 1, 0);
});

for (const name of ["cluster", "keyProvider", "certificate", "privateKey", "timeoutSeconds", "detectDrift"]) {
  fault(45, "V", `a preview in which ${name} is not known yet passes without a request`, async (cell) => {
    const s = await cell.scenario();
    const state = { ...s.inputs(), server: s.environment["VSPHERE_TRUST_AUTHORITY_SERVER"] };
    const inputs = s.inputs(s.wanted, { [name]: unknownValue });
    const provider = s.providerProcess();
    assert.deepEqual(await provider.check({}, inputs), []);
    assert.deepEqual(await provider.check(s.inputs(), inputs), []);
    const { changes, replaces } = await provider.diff({ ...state, sha256Fingerprint: s.wanted.fingerprint }, inputs);
    const optionAlone = name === "privateKey" || name === "detectDrift";
    assert.equal(changes, !optionAlone);
    assert.deepEqual(replaces, name === "cluster" || name === "keyProvider" ? [name] : []);
    assert.equal(s.simulator.journal.count(), 0);
  });
}

fault(45, "V", "a preview in which nothing is known yet passes without a request", async (cell) => {
  const s = await cell.scenario();
  const inputs = Object.fromEntries(Object.keys(s.inputs()).map((name) => [name, unknownValue]));
  const provider = s.providerProcess();
  assert.deepEqual(await provider.check({}, inputs), []);
  assert.equal((await provider.diff({}, inputs)).changes, true);
  // An up never has unknown values; were there one, nothing would be sent.
  assertFailure(await provider.create(inputs), "ERR_INPUT_INVALID", "is unknown");
  assert.equal(s.simulator.journal.count(), 0);
});
