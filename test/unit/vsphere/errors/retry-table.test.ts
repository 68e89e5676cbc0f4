// SPDX-License-Identifier: Apache-2.0
// Every row of the table: what may be repeated, and what must be looked at first.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CodedError } from "../../../../provider/src/core/coded-error";
import type { ErrorCode } from "../../../../provider/src/core/coded-error";
import { decodeFault, RequestError } from "../../../../provider/src/vsphere/errors/request-error";
import type { RequestFate } from "../../../../provider/src/vsphere/errors/request-error";
import { judgeRead, judgeWrite, MAX_READ_FAILURES } from "../../../../provider/src/vsphere/errors/retry-table";
import type { WriteVerdict } from "../../../../provider/src/vsphere/errors/retry-table";

interface Failure {
  readonly code?: ErrorCode;
  readonly fate?: RequestFate;
  readonly status?: number;
  readonly errorType?: string;
  readonly isTransient?: boolean;
  readonly retryAfterMs?: number;
}

function failure({
  code = "ERR_API",
  fate = "answered",
  status,
  errorType,
  isTransient,
  retryAfterMs,
}: Failure): RequestError {
  return new RequestError(code, "failed", {
    method: "PATCH",
    path: "/x",
    fate,
    ...(status === undefined ? {} : { httpStatus: status }),
    ...(fate !== "answered"
      ? {}
      : {
          fault: decodeFault({
            ...(errorType === undefined ? {} : { error_type: errorType }),
            messages: [],
            ...(isTransient === undefined ? {} : { data: { is_transient: isTransient } }),
          }),
        }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

const again = (given: Failure, failures = 1): boolean => judgeRead(failure(given), failures) !== undefined;

/** What a failed write and the same failed read mean: error types at the status that vCenter gives them. */
const BY_TYPE: readonly (readonly [errorType: string, status: number, write: WriteVerdict, readAgain: boolean])[] = [
  ["RESOURCE_BUSY", 500, "repeat", true],
  ["CONCURRENT_CHANGE", 409, "repeat", true],
  ["ALREADY_IN_DESIRED_STATE", 400, "already", false],
  ["TIMED_OUT", 500, "verify", true],
  ["SERVICE_UNAVAILABLE", 503, "verify", true],
  ["INTERNAL_SERVER_ERROR", 500, "verify", true],
  ["RESOURCE_INACCESSIBLE", 500, "verify", true],
  ["UNABLE_TO_ALLOCATE_RESOURCE", 500, "verify", true],
  ["ERROR", 500, "verify-only", true],
  ...[
    "ALREADY_EXISTS",
    "CANCELED",
    "FEATURE_IN_USE",
    "INVALID_ARGUMENT",
    "INVALID_ELEMENT_CONFIGURATION",
    "INVALID_ELEMENT_TYPE",
    "INVALID_REQUEST",
    "NOT_ALLOWED_IN_CURRENT_STATE",
    "RESOURCE_IN_USE",
    "UNEXPECTED_INPUT",
    "UNSUPPORTED",
    "UNVERIFIED_PEER",
  ].map((errorType) => [errorType, 400, "fail", false] as const),
  ["UNAUTHENTICATED", 401, "fail", false],
  ["UNAUTHORIZED", 403, "fail", false],
  ["NOT_FOUND", 404, "fail", false],
  ["OPERATION_NOT_FOUND", 404, "fail", false],
];

/** The same where error_type is missing. */
const BY_STATUS: readonly (readonly [status: number, write: WriteVerdict, readAgain: boolean])[] = [
  [400, "fail", false],
  [401, "fail", false],
  [403, "fail", false],
  [404, "fail", false],
  [405, "fail", false],
  [408, "repeat", true],
  [409, "repeat", true],
  [422, "fail", false],
  [423, "repeat", true],
  [425, "repeat", false],
  [429, "repeat", true],
  [500, "verify", true],
  [502, "verify", true],
  [503, "verify", true],
  [504, "verify", true],
];

describe("the retry table", () => {
  for (const [errorType, status, write, readAgain] of BY_TYPE) {
    it(`takes ${errorType} on a write for "${write}", and ${readAgain ? "repeats" : "does not repeat"} a read`, () => {
      assert.equal(judgeWrite(failure({ status, errorType })), write);
      assert.equal(again({ status, errorType }), readAgain);
    });
  }

  it("holds all 25 error types", () => {
    assert.equal(new Set(BY_TYPE.map(([errorType]) => errorType)).size, 25);
  });

  for (const [status, write, readAgain] of BY_STATUS) {
    it(`takes HTTP ${status} without an error_type on a write for "${write}", and ${readAgain ? "repeats" : "does not repeat"} a read`, () => {
      assert.equal(judgeWrite(failure({ status })), write);
      assert.equal(again({ status }), readAgain);
    });
  }

  it("never repeats a refused login, a full vCenter or a stranger, whatever the answer says of itself", () => {
    for (const code of ["ERR_AUTHENTICATION", "ERR_SESSION_LIMIT", "ERR_TLS"] as const) {
      assert.equal(again({ code, status: 503, errorType: "SERVICE_UNAVAILABLE", isTransient: true }), false, code);
    }
  });

  it("decides on an unknown error_type by the status", () => {
    assert.equal(judgeWrite(failure({ status: 503, errorType: "BRAND_NEW" })), "verify");
    assert.equal(judgeWrite(failure({ status: 400, errorType: "BRAND_NEW" })), "fail");
  });

  it("lets RESOURCE_BUSY be repeated at any status", () => {
    for (const status of [400, 409, 423, 500, 503]) {
      assert.equal(judgeWrite(failure({ status, errorType: "RESOURCE_BUSY" })), "repeat");
    }
  });

  it("lets a TransientIndication override every row", () => {
    const judge = (errorType: string, status: number, isTransient: boolean): WriteVerdict =>
      judgeWrite(failure({ status, errorType, isTransient }));
    assert.equal(judge("INVALID_ARGUMENT", 400, true), "repeat");
    assert.equal(judge("ERROR", 500, true), "verify");
    assert.equal(judge("TIMED_OUT", 500, true), "verify");
    assert.equal(judge("RESOURCE_BUSY", 500, false), "fail");
    assert.equal(judge("SERVICE_UNAVAILABLE", 503, false), "verify-only");
    assert.equal(judge("INVALID_ARGUMENT", 400, false), "fail");
    assert.equal(again({ status: 400, errorType: "INVALID_ARGUMENT", isTransient: true }), true);
    assert.equal(again({ status: 500, errorType: "INTERNAL_SERVER_ERROR", isTransient: false }), false);
  });

  it("connects again where nothing was sent, and looks first where something may have been", () => {
    assert.equal(judgeWrite(failure({ code: "ERR_CONNECT", fate: "not-sent" })), "reconnect");
    assert.equal(judgeWrite(failure({ code: "ERR_CONNECT", fate: "maybe-sent" })), "verify");
    assert.equal(judgeWrite(failure({ code: "ERR_REQUEST_TIMEOUT", fate: "maybe-sent" })), "verify");
    assert.equal(judgeWrite(failure({ code: "ERR_REQUEST_TIMEOUT", fate: "not-sent" })), "fail");
    assert.equal(judgeWrite(failure({ code: "ERR_CONFIG_INVALID", fate: "not-sent" })), "fail");
  });

  it("never repeats anything after a failure of trust", () => {
    for (const fate of ["not-sent", "maybe-sent", "answered"] as const) {
      assert.equal(judgeWrite(failure({ code: "ERR_TLS", fate })), "fail");
      assert.equal(again({ code: "ERR_TLS", fate }), false);
    }
  });

  it("repeats nothing that is no failed request", () => {
    assert.equal(judgeWrite(new CodedError("ERR_CONFIG_MISSING", "no user")), "fail");
    assert.equal(judgeWrite(new Error("foreign")), "fail");
    assert.equal(judgeRead(new Error("foreign"), 1), undefined);
  });

  it("gives a read four failures in a row, a garbled answer two, and a throttled one as many as there is time for", () => {
    const unavailable = { status: 503 };
    assert.deepEqual(
      [1, 2, 3, 4].map((n) => again(unavailable, n)),
      [true, true, true, false],
    );
    assert.equal(MAX_READ_FAILURES, 4);
    const garbled = { code: "ERR_RESPONSE_INVALID", status: 200 } as const;
    assert.deepEqual(
      [1, 2].map((n) => again(garbled, n)),
      [true, false],
    );
    assert.equal(again({ status: 429 }, 100), true);
    assert.equal(judgeRead(failure({ status: 429, retryAfterMs: 3_000 }), 100)?.free, true);
  });

  it("passes the server's wish on", () => {
    assert.equal(judgeRead(failure({ status: 503, retryAfterMs: 3_000 }), 1)?.retryAfterMs, 3_000);
  });
});
