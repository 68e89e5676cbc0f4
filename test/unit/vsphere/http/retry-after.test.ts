// SPDX-License-Identifier: Apache-2.0
// The forms of Retry-After (RFC 9110, section 10.2.3), the right ones and the wrong ones.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { parseRetryAfter } from "../../../../provider/src/vsphere/http/retry-after";

const nowMs = Date.UTC(2026, 4, 1, 12, 0, 0);

describe("Retry-After", () => {
  for (const [value, waitMs] of [
    [undefined, undefined],
    ["0", 0],
    ["7", 7_000],
    [" 120 ", 120_000],
    ["86400", 86_400_000],
    ["-5", undefined],
    ["1.5", undefined],
    ["", undefined],
    ["soon", undefined],
    ["1e3", undefined],
    ["0x10", undefined],
    ["99999999999999999999", undefined],
    ["Fri, 01 May 2026 12:00:30 GMT", 30_000],
    ["Fri, 01 May 2026 11:59:30 GMT", undefined],
    ["Fri, 01 May 2026 12:00:00 GMT", undefined],
    ["Fri, 99 May 2026 12:00:30 GMT", undefined],
    ["2026-05-01T12:00:30Z", undefined],
    ["Fri, 01 May 2026 12:00:30 +0200", undefined],
    ["Friday, 01-May-26 12:00:30 GMT", 30_000],
    ["Fri May  1 12:00:30 2026", 30_000],
    ["Fri May 01 12:00:30 2026", 30_000],
    ["2026", 2_026_000],
  ] as const) {
    it(`reads ${value === undefined ? "none" : `"${value}"`} as ${waitMs === undefined ? "nothing" : `${waitMs} ms`}`, () => {
      assert.equal(parseRetryAfter(value, nowMs), waitMs);
    });
  }

  it("never yields a negative, fractional or infinite pause, whatever stands there", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.integer().map(String),
          fc.date({ noInvalidDate: true }).map((d) => d.toUTCString()),
        ),
        (value) => {
          const waitMs = parseRetryAfter(value, nowMs);
          assert.ok(waitMs === undefined || (Number.isInteger(waitMs) && waitMs >= 0), String(waitMs));
        },
      ),
      { numRuns: 500 },
    );
  });
});
