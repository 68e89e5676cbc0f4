// SPDX-License-Identifier: Apache-2.0
// The dates of a certificate against this machine's clock and the server's, and from when on an expiry is warned of.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseCertificate } from "../../../provider/src/x509/certificate";
import { checkDates, defaultExpiryWarningDays } from "../../../provider/src/x509/rules";
import type { CertificateRuleOptions, Finding } from "../../../provider/src/x509/rules";
import { makeCertificate } from "../../fixtures/certificates/make";
import type { CertificateRequest } from "../../fixtures/certificates/make";
import { DAY_MS, MINUTE_MS, namesOf, NOW_MS, OPTIONS, VALID } from "./rule-options";

describe("checkDates", () => {
  async function dates(request: CertificateRequest, options: Partial<CertificateRuleOptions> = {}): Promise<Finding[]> {
    const { certificatePem } = await makeCertificate({ ...VALID, ...request });
    return checkDates(parseCertificate(certificatePem), { ...OPTIONS, ...options });
  }
  const at = (offsetMs: number): Date => new Date(NOW_MS + offsetMs);

  const cases: readonly (readonly [string, CertificateRequest, Partial<CertificateRuleOptions>, readonly string[]])[] =
    [
      ["valid", {}, {}, []],
      ["begins in exactly 5 min", { notBefore: at(5 * MINUTE_MS) }, {}, []],
      ["begins a second later", { notBefore: at(5 * MINUTE_MS + 1_000) }, {}, ["error not-before"]],
      ["ends now", { notAfter: at(0) }, { expiryWarningDays: 0 }, []],
      ["ended a second ago", { notAfter: at(-1_000) }, {}, ["error expired"]],
      ["ended, already in state", { notAfter: at(-1_000) }, { alreadyInState: true }, ["warning expired"]],
      ["ends in 30 days", { notAfter: at(30 * DAY_MS) }, {}, ["warning expires-soon"]],
      ["ends a second after 30 days", { notAfter: at(30 * DAY_MS + 1_000) }, {}, []],
      ["ends soon, no warning wanted", { notAfter: at(1_000) }, { expiryWarningDays: 0 }, []],
      ["valid for 398 days", { notBefore: at(0), notAfter: at(398 * DAY_MS) }, {}, []],
      ["valid for 399 days", { notBefore: at(0), notAfter: at(399 * DAY_MS) }, {}, ["info long-validity"]],
      [
        "ends before it begins",
        { notBefore: at(-DAY_MS), notAfter: at(-2 * DAY_MS) },
        {},
        ["error validity-order", "error expired"],
      ],
      ["server agrees within 5 min", {}, { serverDateMs: NOW_MS - 5 * MINUTE_MS }, []],
      [
        "own clock a day behind",
        { notBefore: at(DAY_MS) },
        { serverDateMs: NOW_MS + DAY_MS },
        ["warning not-before", "warning clock-difference"],
      ],
      ["both clocks say too early", { notBefore: at(DAY_MS) }, { serverDateMs: NOW_MS }, ["error not-before"]],
      [
        "own clock a day ahead",
        { notBefore: at(-DAY_MS / 2) },
        { serverDateMs: NOW_MS - DAY_MS },
        ["warning not-before", "warning clock-difference"],
      ],
      [
        "expired by the server's clock",
        { notAfter: at(DAY_MS / 2) },
        { serverDateMs: NOW_MS + DAY_MS },
        ["error expired", "warning clock-difference"],
      ],
      [
        "expired by the own clock",
        { notAfter: at(-DAY_MS / 2) },
        { serverDateMs: NOW_MS - DAY_MS },
        ["error expired", "warning clock-difference"],
      ],
    ];
  for (const [name, request, options, expected] of cases) {
    it(`finds ${JSON.stringify(expected)} for: ${name}`, async () => {
      assert.deepEqual(namesOf(await dates(request, options)), expected);
    });
  }

  it("says when, how long ago or from now, and what to do", async () => {
    const [expired] = await dates({ notAfter: at(-3 * DAY_MS), notBefore: at(-9 * DAY_MS) });
    assert.equal(expired?.message, "the certificate expired at 2026-05-29T00:00:00.000Z, 3 days ago; give a new one");
    const [soon] = await dates({ notAfter: at(20 * 3_600_000) });
    assert.match(soon?.message ?? "", /in 20 hours; have the next one issued$/);
    const [behind] = (await dates({}, { serverDateMs: NOW_MS + 10 * MINUTE_MS })).slice(-1);
    assert.equal(behind?.message, "this machine's clock is 10 min behind the server's; set the wrong one right");
  });
});

describe("defaultExpiryWarningDays", () => {
  for (const [days, expected] of [
    [1, 1 / 3],
    [60, 20],
    [90, 30],
    [365, 30],
  ] as const) {
    it(`is ${expected} for a certificate of ${days} days`, async () => {
      const notAfter = new Date(VALID.notBefore.getTime() + days * DAY_MS);
      const { certificatePem } = await makeCertificate({ notBefore: VALID.notBefore, notAfter });
      assert.equal(defaultExpiryWarningDays(parseCertificate(certificatePem)), expected);
    });
  }

  it("does not warn in the first two thirds of a certificate of 24 hours, and warns in the last", async () => {
    const { certificatePem } = await makeCertificate({
      notBefore: new Date(NOW_MS),
      notAfter: new Date(NOW_MS + DAY_MS),
    });
    const certificate = parseCertificate(certificatePem);
    const expiryWarningDays = defaultExpiryWarningDays(certificate);
    for (const [hours, expected] of [
      [15, []],
      [17, ["warning expires-soon"]],
    ] as const) {
      const nowMs = NOW_MS + hours * 3_600_000;
      assert.deepEqual(namesOf(checkDates(certificate, { ...OPTIONS, nowMs, expiryWarningDays })), expected);
    }
  });
});
