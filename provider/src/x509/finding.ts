// SPDX-License-Identifier: Apache-2.0
// What a rule has to say about a certificate, and under what circumstances the rules look.

/** One remark of one rule. @internal */
export interface Finding {
  /** Kebab-case name of the rule, stable. */
  readonly rule: string;
  /** `error` refuses the certificate, `warning` and `info` are only shown. */
  readonly level: "error" | "warning" | "info";
  /** What is wrong with the value seen, and what to do; no secret, no full stop. */
  readonly message: string;
}

/** The circumstances of a check. @internal */
export interface CertificateRuleOptions {
  /** Milliseconds since 1970 by this machine's clock. */
  readonly nowMs: number;
  /** Days before the end of validity from which on a warning is given; 0 means never. */
  readonly expiryWarningDays: number;
  /** Whether the certificate is already the state's: then errors become warnings, or a stack could never be updated. */
  readonly alreadyInState: boolean;
  /** The server's `Date` header, milliseconds since 1970, where one was seen: a witness against this machine's clock. */
  readonly serverDateMs?: number | undefined;
}

/**
 * Turns errors into warnings for a certificate that is already the state's.
 *
 * @param findings - what the rules said
 * @param alreadyInState - as in {@link CertificateRuleOptions}
 * @returns the findings as they are to be reported
 * @internal
 */
export function softenFindings(findings: readonly Finding[], alreadyInState: boolean): Finding[] {
  return findings.map((each) => (alreadyInState && each.level === "error" ? { ...each, level: "warning" } : each));
}
