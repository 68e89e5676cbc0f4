// SPDX-License-Identifier: Apache-2.0
// From an answer that is no success to the one error that explains it: all 25 error types, every status, every body.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ERROR_CODES } from "../../../../provider/src/core/coded-error";
import type { ErrorCode } from "../../../../provider/src/core/coded-error";
import { explainAnswer } from "../../../../provider/src/vsphere/errors/explain-answer";
import type { RequestError } from "../../../../provider/src/vsphere/errors/request-error";
import type { HttpResponse } from "../../../../provider/src/vsphere/http/http-client";
import { parseJson } from "../../../../provider/src/vsphere/http/json";
import { vapiError } from "../fake-http";

const wallMs = Date.UTC(2026, 0, 1);
const path = "/api/vcenter/x";

function explain(
  status: number,
  body: unknown,
  more: { headers?: Record<string, string>; notFound?: ErrorCode; privilege?: string; checkArguments?: string } = {},
): RequestError {
  const text = typeof body === "string" ? body : JSON.stringify(body ?? "");
  const { headers = {}, ...asked } = more;
  const response: HttpResponse = { status, headers, text };
  const purpose = { method: "PATCH", path, notFound: "ERR_KEY_PROVIDER_NOT_FOUND" as const, ...asked };
  return explainAnswer(purpose, response, parseJson(text), wallMs);
}

/** Status and code of each of the 25 names of com.vmware.vapi.std.errors.Error.Type. Source: the 8.0.2 description (documented). */
const TYPES: readonly (readonly [errorType: string, status: number, code: ErrorCode])[] = [
  ["ERROR", 500, "ERR_API"],
  ["ALREADY_EXISTS", 400, "ERR_API"],
  ["ALREADY_IN_DESIRED_STATE", 400, "ERR_API"],
  ["CANCELED", 400, "ERR_API"],
  ["CONCURRENT_CHANGE", 409, "ERR_API"],
  ["FEATURE_IN_USE", 400, "ERR_API"],
  ["INTERNAL_SERVER_ERROR", 500, "ERR_API"],
  ["INVALID_ARGUMENT", 400, "ERR_API"],
  ["INVALID_ELEMENT_CONFIGURATION", 400, "ERR_API"],
  ["INVALID_ELEMENT_TYPE", 400, "ERR_API"],
  ["INVALID_REQUEST", 400, "ERR_API"],
  ["NOT_ALLOWED_IN_CURRENT_STATE", 400, "ERR_API"],
  ["NOT_FOUND", 404, "ERR_KEY_PROVIDER_NOT_FOUND"],
  ["OPERATION_NOT_FOUND", 404, "ERR_ENDPOINT_ABSENT"],
  ["RESOURCE_BUSY", 500, "ERR_API"],
  ["RESOURCE_IN_USE", 400, "ERR_API"],
  ["RESOURCE_INACCESSIBLE", 500, "ERR_API"],
  ["SERVICE_UNAVAILABLE", 503, "ERR_API"],
  ["TIMED_OUT", 504, "ERR_API"],
  ["UNABLE_TO_ALLOCATE_RESOURCE", 500, "ERR_API"],
  ["UNAUTHENTICATED", 401, "ERR_AUTHENTICATION"],
  ["UNAUTHORIZED", 403, "ERR_AUTHORIZATION"],
  ["UNEXPECTED_INPUT", 400, "ERR_API"],
  ["UNSUPPORTED", 400, "ERR_API"],
  ["UNVERIFIED_PEER", 400, "ERR_API"],
];

describe("an answer that is no success", () => {
  it("is tried with all 25 error types there are", () => {
    assert.equal(new Set(TYPES.map(([errorType]) => errorType)).size, 25);
  });

  for (const [errorType, status, code] of TYPES) {
    it(`is ${code} where vCenter says ${errorType}, in the /api and in the /rest form`, () => {
      const rest = {
        type: `com.vmware.vapi.std.errors.${errorType.toLowerCase()}`,
        value: { messages: [{ id: "com.vmware.test.message", default_message: "Text.", args: [] }] },
      };
      for (const body of [vapiError(errorType), rest]) {
        const error = explain(status, body);
        assert.equal(error.code, code);
        assert.match(
          error.message,
          new RegExp(`PATCH ${path}, HTTP ${status}, ${errorType}, message id com.vmware.test`),
        );
        assert.deepEqual([error.details["httpStatus"], error.details["errorType"]], [status, errorType]);
        assert.equal(error.request.fate, "answered");
      }
    });
  }

  it("is judged by its error_type before its status", () => {
    assert.equal(explain(500, vapiError("UNAUTHENTICATED")).code, "ERR_AUTHENTICATION");
    assert.equal(explain(400, vapiError("UNAUTHORIZED")).code, "ERR_AUTHORIZATION");
    assert.equal(explain(401, vapiError("INVALID_ARGUMENT")).code, "ERR_API");
  });

  for (const [status, code] of [
    [301, "ERR_RESPONSE_INVALID"],
    [307, "ERR_RESPONSE_INVALID"],
    [400, "ERR_API"],
    [401, "ERR_AUTHENTICATION"],
    [403, "ERR_AUTHORIZATION"],
    [404, "ERR_ENDPOINT_ABSENT"],
    [409, "ERR_API"],
    [429, "ERR_API"],
    [500, "ERR_API"],
    [502, "ERR_API"],
    [503, "ERR_API"],
    [504, "ERR_API"],
    [206, "ERR_RESPONSE_INVALID"],
    [299, "ERR_RESPONSE_INVALID"],
  ] as const) {
    it(`is ${code} with HTTP ${status} and a proxy's page or nothing for a body`, () => {
      for (const body of ["<html>sorry, the key was MIIEvQ</html>", "", "null", "{}", "[1]"]) {
        const error = explain(status, body, { headers: { "content-type": "text/html\u0007" } });
        const isFront = status === 403 && body.startsWith("<html>");
        assert.equal(error.code, isFront ? "ERR_API" : code);
        assert.ok(ERROR_CODES.includes(error.code));
        assert.doesNotMatch(error.message, /MIIEvQ|sorry/);
        assert.match(error.message, /content type text\/html\\u0007/);
      }
    });
  }

  for (const [status, remedy] of [
    [400, /check what is in front of vCenter/],
    [403, /allow this client/],
    [405, /allow GET, POST, PATCH and DELETE/],
    [413, /limit for request bodies/],
    [414, /limit for the length of URLs/],
    [501, /allow GET, POST, PATCH and DELETE/],
    [502, /try again later/],
  ] as const) {
    it(`says that something in front of vCenter answered with a page of HTTP ${status}`, () => {
      for (const page of [
        "<html>MIIEvQ</html>",
        "\n<!DOCTYPE html>\n<title>MIIEvQ</title>",
        "<?xml version='1.0'?><a/>",
      ]) {
        const error = explain(status, page, { headers: { server: "nginx\u0007" }, privilege: "Some.Privilege" });
        assert.equal(error.code, "ERR_API");
        assert.match(error.message, /^something in front of vCenter answered with a page.*server nginx\\u0007/);
        assert.match(error.remedy ?? "", remedy);
        assert.doesNotMatch(`${error.message} ${error.remedy ?? ""}`, /MIIEvQ|role|vCenter's log/);
        assert.equal(error.details["privilege"], undefined);
      }
    });
  }

  it("recognises nginx's demand for a client certificate", () => {
    const page = "<html><head><title>400 No required SSL certificate was sent</title></head></html>";
    const error = explain(400, page);
    assert.match(error.message, /^something in front of vCenter demands a client certificate/);
    assert.match(error.remedy ?? "", /without a certificate/);
  });

  it("keeps vCenter's own words at the same statuses", () => {
    for (const status of [400, 403, 413, 414, 501]) {
      for (const body of [vapiError("UNAUTHORIZED"), vapiError(undefined), "", "upstream says no"]) {
        assert.doesNotMatch(explain(status, body).message, /in front of vCenter/);
      }
    }
  });

  it("names a service that may not be running where vCenter does not find it", () => {
    const absent = (id: string, text: string): RequestError =>
      explain(404, { error_type: "OPERATION_NOT_FOUND", messages: [{ id, default_message: text, args: [] }] });
    for (const error of [
      absent("vapi.method.input.invalid.interface", "Cannot find service 'com.vmware.vcenter.x'."),
      absent("com.vmware.other", "Cannot find service 'com.vmware.vcenter.x'."),
    ]) {
      assert.equal(error.code, "ERR_ENDPOINT_ABSENT");
      assert.match(error.remedy ?? "", /its service runs .*service-control --status.*vSphere 9 no longer/);
    }
    const method = absent("vapi.method.input.invalid.method", "Cannot find method 'x'.");
    assert.doesNotMatch(method.remedy ?? "", /service runs/);
  });

  it("is a definite absence only where vCenter names the object, never for a bare 404 or the router's", () => {
    const router = [
      vapiError("NOT_FOUND", "com.vmware.vapi.rest.httpNotFound"),
      vapiError("NOT_FOUND", "com.vmware.vapi.rest.operationsForUrlNotFound"),
      { name: "x", localizableMessages: [{ id: "com.vmware.vapi.rest.httpNotFound", defaultMessage: "Not found." }] },
      vapiError("NOT_FOUND", "vapi.method.input.invalid.interface"),
      vapiError(undefined, "vapi.method.input.invalid.interface"),
      // Without an error type anything may have written it.
      vapiError(undefined, "com.vmware.cluster.absent"),
      { error_type: null, messages: [{ id: "not.found", default_message: "Not found.", args: [] }] },
      { error_type: "NOT_FOUND", messages: [] },
      { error_type: "INVALID_ARGUMENT", messages: [] },
      {},
      "",
    ];
    for (const body of router) {
      assert.equal(explain(404, body).code, "ERR_ENDPOINT_ABSENT", JSON.stringify(body));
    }
    const named = vapiError("NOT_FOUND", "com.vmware.cluster.absent");
    assert.equal(explain(404, named).code, "ERR_KEY_PROVIDER_NOT_FOUND");
    for (const status of [400, 410, 500]) assert.equal(explain(status, named).code, "ERR_ENDPOINT_ABSENT");
    assert.equal(explain(410, "").code, "ERR_API");
  });

  it("says of a task that vCenter does not know it any more only where vCenter itself says so", () => {
    const code = (body: unknown): string => explain(404, body, { notFound: "ERR_TASK_NOT_FOUND" }).code;
    assert.equal(code(vapiError("NOT_FOUND")), "ERR_TASK_NOT_FOUND");
    assert.equal(code(""), "ERR_ENDPOINT_ABSENT");
    assert.equal(code("<html>Not Found</html>"), "ERR_ENDPOINT_ABSENT");
    assert.equal(code(vapiError("NOT_FOUND", "com.vmware.vapi.rest.httpNotFound")), "ERR_ENDPOINT_ABSENT");
  });

  it("says what to do next for every error_type, at whatever status", () => {
    for (const [type] of TYPES) {
      for (const status of [400, 403, 404, 409, 500, 503]) {
        assert.ok((explain(status, vapiError(type)).remedy ?? "") !== "", `${type} ${status}`);
      }
    }
  });

  it("says what to check of what the request takes from the program, and of nothing else", () => {
    const invalid = vapiError("INVALID_ARGUMENT");
    assert.equal(explain(400, invalid, { checkArguments: "check the hat" }).remedy, "check the hat");
    assert.match(explain(400, invalid).remedy ?? "", /vCenter's log/);
    const atLogin = explain(404, vapiError("NOT_FOUND", "com.vmware.absent"), { notFound: "ERR_ENDPOINT_ABSENT" });
    assert.match(atLogin.remedy ?? "", /^set server to/);
    assert.match(atLogin.message, /^this server has no such operation/);
  });

  it("names the privilege that is missing and the role to give", () => {
    const error = explain(403, vapiError("UNAUTHORIZED"), { privilege: "TrustedAdmin.ManageKMSTrust" });
    assert.match(error.remedy ?? "", /TrustedAdmin.ManageKMSTrust and System.View/);
    assert.equal(error.details["privilege"], "TrustedAdmin.ManageKMSTrust");
  });

  it("shows the whole chain of messages in the user's language, with the arguments that caused it", () => {
    const error = explain(400, {
      error_type: "INVALID_ARGUMENT",
      messages: [
        { id: "a", default_message: "Invalid.", localized: "Ungültig.", args: [] },
        { id: "b", default_message: "Key does not match.", args: [] },
      ],
      data: { primary: "private_key", secondary: [] },
    });
    assert.match(error.message, /"Ungültig, caused by: Key does not match"/);
    assert.match(error.message, /message id a, argument private_key\)$/);
  });

  it("says whom to check if a success is one that vCenter does not have", () => {
    const error = explain(201, "<html>Welcome</html>");
    assert.equal(error.code, "ERR_RESPONSE_INVALID");
    assert.match(error.remedy ?? "", /^check that server is vCenter itself/);
    // What another layer says is kept, with its own remedy if it has one.
    assert.equal(error.extended({ prefix: "Reading failed: " }).remedy, error.remedy);
    assert.equal(error.extended({ remedy: "wait" }).remedy, "wait");
  });

  it("calls the names of files no arguments", () => {
    const data = { primary: "/var/lib/a.pem", secondary: ["/var/lib/b.pem"] };
    const error = explain(400, { ...vapiError("INVALID_ARGUMENT"), data });
    assert.match(error.message, /, file \/var\/lib\/a.pem, \/var\/lib\/b.pem\)$/);
  });

  it("reads Retry-After by the server's own clock where it sends one", () => {
    const headers = { "retry-after": "Fri, 01 May 2026 12:00:30 GMT", date: "Fri, 01 May 2026 12:00:00 GMT" };
    assert.equal(explain(503, "", { headers }).request.retryAfterMs, 30_000);
    assert.equal(explain(503, "", { headers: { "retry-after": "9" } }).request.retryAfterMs, 9_000);
    assert.equal(explain(503, "", { headers: { "retry-after": "never" } }).request.retryAfterMs, undefined);
  });
});
