// SPDX-License-Identifier: Apache-2.0
// The moment and the options with which rules are tried, and how their findings are compared.

import type { CertificateRuleOptions, Finding } from "../../../provider/src/x509/rules";

export const NOW_MS = Date.UTC(2026, 5, 1);
export const MINUTE_MS = 60_000;
export const DAY_MS = 86_400_000;
export const OPTIONS: CertificateRuleOptions = { nowMs: NOW_MS, expiryWarningDays: 30, alreadyInState: false };
export const VALID = { notBefore: new Date(NOW_MS - DAY_MS), notAfter: new Date(NOW_MS + 90 * DAY_MS) };

export function namesOf(findings: readonly Finding[]): string[] {
  return findings.map(({ level, rule }) => `${level} ${rule}`);
}
