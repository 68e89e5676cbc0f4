// SPDX-License-Identifier: Apache-2.0
// Every row of the tables: what a failed write means, and which read may be repeated.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CodedError } from "../../../../provider/src/core/coded-error";
import type { ErrorCode } from "../../../../provider/src/core/coded-error";
import { ERROR_TYPES } from "../../../../provider/src/vsphere/errors/error-types";
import type { WriteFate } from "../../../../provider/src/vsphere/errors/error-types";
import { decodeFault, RequestError } from "../../../../provider/src/vsphere/errors/request-error";
import type { RequestFate } from "../../../../provider/src/vsphere/errors/request-error";
import { isOutage, judgeRead, judgeWrite } from "../../../../provider/src/vsphere/errors/retry-table";

interface Failure {
  readonly code?: ErrorCode;
  readonly fate?: RequestFate;
  readonly status?: number;
  readonly errorType?: string;
  readonly isTransient?: boolean;
  readonly retryAfterMs?: number;
  readonly repeatsUsedUp?: boolean;
  /** The body is no vAPI error. */
  readonly page?: boolean;
}

function failure(given: Failure): RequestError {
  const { code = "ERR_API", fate = "answered", status, errorType, isTransient, page = false, ...rest } = given;
  const body = { error_type: errorType, messages: [], data: { is_transient: isTransient } };
  return new RequestError(code, "failed", {
    method: "PATCH",
    path: "/x",
    fate,
    ...(status === undefined ? {} : { httpStatus: status }),
    ...(fate === "answered" ? { fault: decodeFault(page ? undefined : body) } : {}),
    ...rest,
  });
}

/** "outage": for as long as there is time. "passes": a few times. "stays": never. */
type ReadFate = "outage" | "passes" | "stays";

function readFate(given: Failure): ReadFate {
  if (judgeRead(failure(given), 1) === undefined) return "stays";
  return judgeRead(failure(given), 100) === undefined ? "passes" : "outage";
}

/** All types, with the statuses of vCenter's descriptions; those without one are tried with 400. */
const BY_TYPE: readonly (readonly [type: string, statuses: readonly number[], write: WriteFate, read: ReadFate])[] = [
  ["ALREADY_EXISTS", [400], "refused", "stays"],
  ["ALREADY_IN_DESIRED_STATE", [400], "already", "stays"],
  ["CANCELED", [400], "ambiguous", "stays"],
  ["CONCURRENT_CHANGE", [409], "refused-for-now", "passes"],
  ["ERROR", [500], "ambiguous", "passes"],
  ["FEATURE_IN_USE", [400], "refused", "stays"],
  ["INTERNAL_SERVER_ERROR", [500], "ambiguous", "passes"],
  ["INVALID_ARGUMENT", [400], "refused", "stays"],
  ["INVALID_ELEMENT_CONFIGURATION", [400], "refused", "stays"],
  ["INVALID_ELEMENT_TYPE", [400], "refused", "stays"],
  ["INVALID_REQUEST", [], "refused", "stays"],
  ["NOT_ALLOWED_IN_CURRENT_STATE", [400], "refused", "stays"],
  ["NOT_FOUND", [404], "refused", "stays"],
  ["OPERATION_NOT_FOUND", [], "refused", "stays"],
  ["RESOURCE_BUSY", [500], "refused-for-now", "passes"],
  ["RESOURCE_INACCESSIBLE", [500], "ambiguous", "passes"],
  ["RESOURCE_IN_USE", [400], "refused", "stays"],
  ["SERVICE_UNAVAILABLE", [503], "ambiguous", "outage"],
  ["TIMED_OUT", [500], "ambiguous", "passes"],
  ["UNABLE_TO_ALLOCATE_RESOURCE", [500], "ambiguous", "passes"],
  ["UNAUTHENTICATED", [401], "refused", "stays"],
  ["UNAUTHORIZED", [403], "refused", "stays"],
  ["UNEXPECTED_INPUT", [], "refused", "stays"],
  ["UNSUPPORTED", [400], "refused", "stays"],
  ["UNVERIFIED_PEER", [400], "refused", "stays"],
];

/** Answers without an error type: in a vAPI body, and as a page of something in front of vCenter. */
const BY_STATUS: readonly (readonly [status: number, write: WriteFate, read: ReadFate, page: ReadFate])[] = [
  [301, "refused", "stays", "stays"],
  [400, "refused", "stays", "stays"],
  [401, "refused", "stays", "stays"],
  [403, "refused", "stays", "stays"],
  [404, "refused", "stays", "outage"],
  [408, "ambiguous", "outage", "outage"],
  [409, "refused-for-now", "passes", "passes"],
  [423, "refused-for-now", "passes", "passes"],
  [425, "refused-for-now", "stays", "stays"],
  [429, "refused-for-now", "outage", "outage"],
  [500, "ambiguous", "passes", "outage"],
  [501, "ambiguous", "passes", "passes"],
  [502, "ambiguous", "outage", "outage"],
  [503, "ambiguous", "outage", "outage"],
  [504, "ambiguous", "outage", "outage"],
  [507, "ambiguous", "passes", "outage"],
  [521, "ambiguous", "passes", "outage"],
];

describe("the table of error types", () => {
  it("holds exactly the 25 types", () => {
    assert.equal(BY_TYPE.length, 25);
    assert.deepEqual(
      [...ERROR_TYPES].map(([type, { statuses }]) => [type, statuses]),
      BY_TYPE.map(([type, statuses]) => [type, statuses]),
    );
  });

  for (const [errorType, statuses, write, read] of BY_TYPE) {
    it(`takes a write that failed with ${errorType} for ${write}; a read ${read}`, () => {
      const status = statuses[0] ?? 400;
      assert.deepEqual(
        [judgeWrite(failure({ status, errorType })).fate, readFate({ status, errorType })],
        [write, read],
      );
    });
  }
});

describe("an answer without an error type", () => {
  for (const [status, write, read, page] of BY_STATUS) {
    it(`of HTTP ${status} is judged by its status, and a page of a front as an outage if it may be one`, () => {
      assert.deepEqual([judgeWrite(failure({ status })).fate, readFate({ status })], [write, read]);
      assert.deepEqual(
        [judgeWrite(failure({ status, page: true })).fate, readFate({ status, page: true })],
        // What a front that shows a 404 page did with the request, nobody knows.
        [status === 404 ? "ambiguous" : write, page],
      );
      assert.equal(judgeWrite(failure({ status, errorType: "BRAND_NEW" })).fate, write);
    });
  }
});

describe("a request without an answer", () => {
  for (const [code, fate, write, read] of [
    ["ERR_CONNECT", "not-sent", "refused-for-now", "outage"],
    ["ERR_CONNECT", "maybe-sent", "ambiguous", "outage"],
    ["ERR_REQUEST_TIMEOUT", "maybe-sent", "ambiguous", "passes"],
    ["ERR_REQUEST_TIMEOUT", "not-sent", "refused", "stays"],
    ["ERR_CONFIG_INVALID", "not-sent", "refused", "stays"],
    ["ERR_TLS", "not-sent", "refused", "stays"],
    ["ERR_TLS", "maybe-sent", "refused", "stays"],
  ] as const) {
    it(`of ${code}, ${fate}, is ${write} for a write; a read ${read}`, () => {
      assert.deepEqual([judgeWrite(failure({ code, fate })).fate, readFate({ code, fate })], [write, read]);
    });
  }

  it("is not tried again by a caller if it has had its repeats", () => {
    const used = { code: "ERR_CONNECT", fate: "not-sent", repeatsUsedUp: true } as const;
    assert.deepEqual(
      [judgeWrite(failure(used)).fate, readFate(used), isOutage(failure(used))],
      ["refused", "stays", false],
    );
  });

  it("is no failed request if it is another error: nothing was sent, and nothing is repeated", () => {
    for (const error of [new CodedError("ERR_CONFIG_MISSING", "no user"), new Error("foreign"), "text"]) {
      assert.deepEqual([judgeWrite(error).fate, judgeRead(error, 1), isOutage(error)], ["refused", undefined, false]);
    }
  });
});

describe("what overrides the tables", () => {
  it("is a TransientIndication", () => {
    const judge = (errorType: string, status: number, isTransient: boolean): [WriteFate, boolean, ReadFate] => {
      const { fate, mayRepeat } = judgeWrite(failure({ status, errorType, isTransient }));
      return [fate, mayRepeat, readFate({ status, errorType, isTransient })];
    };
    assert.deepEqual(judge("INVALID_ARGUMENT", 400, true), ["refused-for-now", true, "passes"]);
    assert.deepEqual(judge("INVALID_ARGUMENT", 400, false), ["refused", false, "stays"]);
    assert.deepEqual(judge("RESOURCE_BUSY", 500, false), ["refused", false, "stays"]);
    assert.deepEqual(judge("TIMED_OUT", 500, true), ["ambiguous", true, "passes"]);
    assert.deepEqual(judge("SERVICE_UNAVAILABLE", 503, false), ["ambiguous", false, "stays"]);
    assert.deepEqual(judge("ERROR", 500, true), ["ambiguous", true, "passes"]);
  });

  it("is 429, whatever type comes with it", () => {
    const throttled = { status: 429, errorType: "INVALID_ARGUMENT", retryAfterMs: 3_000 };
    assert.equal(judgeWrite(failure(throttled)).fate, "refused-for-now");
    assert.deepEqual(judgeRead(failure(throttled), 100), { retryAfterMs: 3_000, free: true });
  });

  it("is a refused login, a full vCenter or a stranger: a read is never repeated, whatever the answer says of itself", () => {
    for (const code of ["ERR_AUTHENTICATION", "ERR_SESSION_LIMIT", "ERR_TLS"] as const) {
      assert.equal(readFate({ code, status: 503, errorType: "SERVICE_UNAVAILABLE", isTransient: true }), "stays", code);
    }
    assert.equal(judgeWrite(failure({ code: "ERR_TLS", status: 503 })).fate, "refused");
  });

  it("is vCenter's word ERROR: an ambiguous write is not sent once more", () => {
    assert.equal(judgeWrite(failure({ status: 500, errorType: "ERROR" })).mayRepeat, false);
    assert.equal(judgeWrite(failure({ status: 500, errorType: "TIMED_OUT" })).mayRepeat, true);
  });
});

describe("how often a read is repeated", () => {
  const allowed = (given: Failure): number =>
    [1, 2, 3, 4, 5].filter((failures) => judgeRead(failure(given), failures) !== undefined).length;

  it("is three times if it may pass, once if the answer was garbled, always in an outage", () => {
    assert.equal(allowed({ status: 500, errorType: "TIMED_OUT" }), 3);
    assert.equal(allowed({ code: "ERR_RESPONSE_INVALID", status: 200 }), 1);
    assert.equal(allowed({ status: 503, page: true }), 5);
  });

  it("costs budget unless nobody is overloaded by it, and follows the server's wish", () => {
    assert.deepEqual(judgeRead(failure({ status: 500, errorType: "TIMED_OUT", retryAfterMs: 3_000 }), 1), {
      retryAfterMs: 3_000,
    });
    assert.deepEqual(judgeRead(failure({ status: 503, page: true, retryAfterMs: 3_000 }), 1), {
      retryAfterMs: 3_000,
      free: true,
    });
  });
});
