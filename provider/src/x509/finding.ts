// SPDX-License-Identifier: Apache-2.0
// What a rule says about a certificate, and what it must know for that.

/** One result of one rule. */
export interface Finding {
  /** Kebab-case name of the rule, stable. */
  readonly rule: string;
  /** `error` refuses the certificate, `warning` and `info` are only shown. */
  readonly level: "error" | "warning" | "info";
  /** What is wrong with the value seen, and what to do; no secret, no full stop. */
  readonly message: string;
}

/** What the rules must know besides the certificate. */
export interface CertificateRuleOptions {
  /** Milliseconds since 1970 by this machine's clock. */
  readonly nowMs: number;
  /** Days before the end of validity from which on a warning is given, fractions allowed; 0 means never. */
  readonly expiryWarningDays: number;
  /** Whether the certificate is already the state's: then errors become warnings, or a stack could never be updated. */
  readonly alreadyInState: boolean;
  /** Whether the hosts made the key: then nobody can do anything about its size. */
  readonly isHostsKey?: boolean;
  /** The server's `Date` header, milliseconds since 1970, if one was seen: a second witness beside this machine's clock. */
  readonly serverDateMs?: number | undefined;
}

/** Turns errors into warnings for a certificate that is already the state's. */
export function softenFindings(findings: readonly Finding[], alreadyInState: boolean): Finding[] {
  return findings.map((each) => (alreadyInState && each.level === "error" ? { ...each, level: "warning" } : each));
}
