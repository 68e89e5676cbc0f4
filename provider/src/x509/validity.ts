// SPDX-License-Identifier: Apache-2.0
// The rules about dates. They are checked twice: with all the others, and alone right before a PATCH, because hours can
// pass between a preview and its `up`.

import type { CertificateInfo } from "./certificate-info";
import type { CertificateRuleOptions, Finding } from "./finding";
import { softenFindings } from "./finding";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Clocks may differ by this much before it matters. */
const SKEW_MS = 5 * MINUTE_MS;
/** Some key servers issue for 24 hours: a fixed number of days would warn all the time. */
const MAX_DEFAULT_WARNING_DAYS = 30;
/** Source: CA/B Forum baseline requirements, section 6.3.2; it does not bind private client certificates. */
const LONG_VALIDITY_DAYS = 398;

/** Days before the end from which on a warning is given: a third of the certificate's lifetime, 30 at most. */
export function defaultExpiryWarningDays({
  notBeforeMs,
  notAfterMs,
}: Pick<CertificateInfo, "notBeforeMs" | "notAfterMs">): number {
  return Math.min(MAX_DEFAULT_WARNING_DAYS, Math.max(0, notAfterMs - notBeforeMs) / 3 / DAY_MS);
}

/**
 * Checks the dates of a certificate. It has expired if either clock says so, because an expired certificate is never
 * sent. It is not yet valid if both clocks say so.
 */
export function checkDates(certificate: CertificateInfo, options: CertificateRuleOptions): Finding[] {
  const findings = [
    ...checkOrder(certificate),
    ...checkNotBefore(certificate, options),
    ...checkNotAfter(certificate, options),
    ...checkClocks(options),
    ...checkLength(certificate),
  ];
  return softenFindings(findings, options.alreadyInState);
}

function checkOrder({ notBefore, notBeforeMs, notAfter, notAfterMs }: CertificateInfo): Finding[] {
  if (notBeforeMs <= notAfterMs) return [];
  const message = `the certificate ends (${notAfter}) before it begins (${notBefore}); have it issued again`;
  return [{ rule: "validity-order", level: "error", message }];
}

function checkNotBefore(certificate: CertificateInfo, options: CertificateRuleOptions): Finding[] {
  const { notBefore, notBeforeMs } = certificate;
  const { nowMs, serverDateMs = nowMs } = options;
  const rule = "not-before";
  const early = (clockMs: number): boolean => notBeforeMs > clockMs + SKEW_MS;
  if (!early(nowMs) && !early(serverDateMs)) return [];
  const fact = `the certificate is not valid before ${notBefore}`;
  if (early(nowMs) && early(serverDateMs)) {
    const message = `${fact}, ${spanOf(notBeforeMs - nowMs)} from now; wait until then, or have it issued again`;
    return [{ rule, level: "error", message }];
  }
  const which = early(nowMs)
    ? "by this machine's clock, but by the server's"
    : "by the server's clock, but by this machine's";
  return [{ rule, level: "warning", message: `${fact}: too early ${which} it is valid; set the wrong clock right` }];
}

function checkNotAfter(certificate: CertificateInfo, options: CertificateRuleOptions): Finding[] {
  const { notAfter, notAfterMs } = certificate;
  const { nowMs, serverDateMs = nowMs, expiryWarningDays } = options;
  const leftMs = notAfterMs - Math.max(nowMs, serverDateMs);
  if (leftMs < 0) {
    const message = `the certificate expired at ${notAfter}, ${spanOf(-leftMs)} ago; give a new one`;
    return [{ rule: "expired", level: "error", message }];
  }
  if (expiryWarningDays <= 0 || leftMs > expiryWarningDays * DAY_MS) return [];
  const message = `the certificate expires at ${notAfter}, in ${spanOf(leftMs)}; have the next one issued`;
  return [{ rule: "expires-soon", level: "warning", message }];
}

function checkClocks({ nowMs, serverDateMs = nowMs }: CertificateRuleOptions): Finding[] {
  const aheadMs = nowMs - serverDateMs;
  if (Math.abs(aheadMs) <= SKEW_MS) return [];
  const direction = aheadMs > 0 ? "ahead of" : "behind";
  const message = `this machine's clock is ${spanOf(Math.abs(aheadMs))} ${direction} the server's; set the wrong one right`;
  return [{ rule: "clock-difference", level: "warning", message }];
}

function checkLength({ notBeforeMs, notAfterMs }: CertificateInfo): Finding[] {
  const days = Math.floor((notAfterMs - notBeforeMs) / DAY_MS);
  if (days <= LONG_VALIDITY_DAYS) return [];
  const message = `the certificate is valid for ${days} days, longer than the ${LONG_VALIDITY_DAYS} that public CAs may issue for; a shorter time limits the harm of a stolen key`;
  return [{ rule: "long-validity", level: "info", message }];
}

/** E.g. `30 days`, `47 hours`, `59 min`, `10 s`. */
export function spanOf(ms: number): string {
  if (ms >= 2 * DAY_MS) return `${Math.floor(ms / DAY_MS)} days`;
  if (ms >= 120 * MINUTE_MS) return `${Math.floor(ms / (60 * MINUTE_MS))} hours`;
  return ms >= MINUTE_MS ? `${Math.floor(ms / MINUTE_MS)} min` : `${Math.floor(ms / 1_000)} s`;
}
