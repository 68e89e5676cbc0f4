// SPDX-License-Identifier: Apache-2.0
// OpenSSL's text of a certificate's date as a number. Node 20 has no `validFromDate`, and Date.parse takes the year
// 0049 for 2049.

import { CodedError } from "../core/coded-error";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const PRINTED = /^([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d{2}):(\d{2}):(\d{2})(?:\.\d+)? (\d{1,4}) GMT$/;

/** Milliseconds since 1970 of e.g. `Jan  1 00:00:00 2026 GMT`; `ERR_CERTIFICATE_PARSE` for anything else. */
export function parseCertificateTime(printed: string): number {
  const match = PRINTED.exec(printed);
  const month = MONTHS.indexOf(match?.[1] ?? "");
  if (!match || month < 0) {
    throw new CodedError("ERR_CERTIFICATE_PARSE", "the certificate has a validity date that is not a date", {
      remedy: "have it issued again",
    });
  }
  const [day, hours, minutes, seconds, year] = match.slice(2).map(Number) as [number, number, number, number, number];
  // Date.UTC reads the years 0 to 99 as 1900 to 1999; setUTCFullYear does not.
  return new Date(Date.UTC(2000, 0, 1, hours, minutes, seconds)).setUTCFullYear(year, month, day);
}
