// SPDX-License-Identifier: Apache-2.0
// The Retry-After header. Source: RFC 9110, section 10.2.3 (delay-seconds or HTTP-date).

const SECONDS = /^\d{1,10}$/;
/** IMF-fixdate, and the obsolete forms of RFC 850 and of asctime, which a recipient must accept (RFC 9110, 5.6.7). */
const HTTP_DATES = [
  /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/,
  /^[A-Z][a-z]{5,8}, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/,
  /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/,
];

/**
 * Milliseconds to wait; undefined if the header is absent, invalid, negative or in the past. `nowMs` is by the server's
 * `Date` if there is one.
 *
 * @internal
 */
export function parseRetryAfter(value: string | undefined, nowMs: number): number | undefined {
  const text = value?.trim();
  if (text === undefined) return undefined;
  if (SECONDS.test(text)) return Number(text) * 1000;
  if (!HTTP_DATES.some((form) => form.test(text))) return undefined;
  // asctime names no zone, and means UTC.
  const waitMs = Date.parse(text.endsWith("GMT") ? text : `${text} GMT`) - nowMs;
  return waitMs > 0 ? waitMs : undefined;
}
