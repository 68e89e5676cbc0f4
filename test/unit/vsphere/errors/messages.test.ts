// SPDX-License-Identifier: Apache-2.0
// vSphere's messages and error bodies in every form that reaches a client, and what is made of them.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { decodeFault, describeFault, saysEndpointAbsent } from "../../../../provider/src/vsphere/errors/request-error";
import { parseJson } from "../../../../provider/src/vsphere/http/json";
import { decodeMessages, formatMessages } from "../../../../provider/src/vsphere/errors/messages";

const message = (id: string, text: string): object => ({ id, default_message: text, args: [] });

describe("messages", () => {
  it("prefers the localized text, then the default message, then the id", () => {
    const [localized, plain, bare] = decodeMessages([
      { id: "a", default_message: "No.", localized: "Nein.", args: [] },
      { id: "b", default_message: "No.", localized: "", args: [] },
      { id: "c", args: [] },
    ]);
    assert.deepEqual([localized?.text, plain?.text, bare?.text], ["Nein.", "No.", "c"]);
  });

  it("reads a single message that is not in a list, and the router's defaultMessage", () => {
    assert.deepEqual(decodeMessages(message("a", "One.")), [{ id: "a", text: "One." }]);
    assert.deepEqual(decodeMessages([{ id: "r", defaultMessage: "Not found." }]), [{ id: "r", text: "Not found." }]);
  });

  it("drops what is no message and keeps a hundred at most", () => {
    assert.deepEqual(decodeMessages([1, null, "text", [], {}, { text: "no" }]), []);
    assert.equal(decodeMessages(Array.from({ length: 150 }, () => message("a", "b"))).length, 100);
  });

  it("writes a chain of causes as one sentence without doubled full stops", () => {
    const messages = decodeMessages([message("a", "A failed."), message("b", "B is busy.  "), message("c", "...")]);
    assert.equal(formatMessages(messages), "A failed, caused by: B is busy");
    assert.equal(formatMessages([]), "");
  });

  it("makes control characters of text and id visible", () => {
    const [decoded] = decodeMessages([message("id\u0000", "\u001b[2Jgone\nnext line")]);
    assert.equal(decoded?.id, "id\\u0000");
    assert.equal(decoded.text, "\\u001b[2Jgone\\u000anext line");
  });
});

describe("error bodies", () => {
  it("are read in the /api form", () => {
    const fault = decodeFault({ error_type: "INVALID_ARGUMENT", messages: [message("m", "Bad.")] });
    assert.equal(fault.errorType, "INVALID_ARGUMENT");
    assert.deepEqual(fault.messages, [{ id: "m", text: "Bad." }]);
    assert.ok(fault.understood);
  });

  it("are read in the old /rest form, with and without an error_type inside", () => {
    const type = "com.vmware.vapi.std.errors.resource_busy";
    assert.equal(decodeFault({ type, value: { messages: [message("m", "Busy.")] } }).errorType, "RESOURCE_BUSY");
    const both = { type, value: { error_type: "TIMED_OUT", messages: [] } };
    assert.equal(decodeFault(both).errorType, "TIMED_OUT");
    assert.deepEqual(decodeFault({ type, value: { messages: [message("m", "Busy.")] } }).messages[0]?.text, "Busy.");
  });

  it("are read in both forms of the router, which say that the operation is absent", () => {
    const old = {
      name: "com.vmware.vapi.rest.httpNotFound",
      localizableMessages: [{ defaultMessage: "Not found.", id: "com.vmware.vapi.rest.httpNotFound" }],
      majorErrorCode: 404,
    };
    const newer = { error_type: "NOT_FOUND", messages: [message("com.vmware.vapi.rest.httpNotFound", "Not found.")] };
    const method = {
      error_type: "NOT_FOUND",
      messages: [message("com.vmware.vapi.rest.operationsForUrlNotFound", "x")],
    };
    for (const body of [old, newer, method]) assert.ok(saysEndpointAbsent(decodeFault(body)), JSON.stringify(body));
    assert.ok(saysEndpointAbsent(decodeFault({ error_type: "OPERATION_NOT_FOUND", messages: [] })));
    const gone = { error_type: "NOT_FOUND", messages: [message("com.vmware.vcenter.kms.provider.notFound", "No.")] };
    assert.ok(!saysEndpointAbsent(decodeFault(gone)));
  });

  it("name the arguments of ArgumentLocations, and the verdict of TransientIndication", () => {
    const located = decodeFault({
      error_type: "INVALID_ARGUMENT",
      messages: [],
      data: { primary: "certificate", secondary: ["private_key", 5, ""] },
    });
    assert.deepEqual(located.argumentNames, ["certificate", "private_key"]);
    assert.match(describeFault(located, ["HTTP 400"]), /argument certificate, private_key/);
    for (const verdict of [true, false]) {
      const data = { is_transient: verdict };
      assert.equal(decodeFault({ error_type: "ERROR", messages: [], data }).isTransient, verdict);
      assert.equal(decodeFault({ type: "x", value: { messages: [], data } }).isTransient, verdict);
    }
    assert.equal(
      decodeFault({ error_type: "ERROR", messages: [], data: { is_transient: "yes" } }).isTransient,
      undefined,
    );
  });

  it("survive a task's error that is a plain string", () => {
    const fault = decodeFault("It \u0007 failed");
    assert.deepEqual([fault.messages[0]?.text, fault.understood], ["It \\u0007 failed", true]);
  });

  it("say that there is nothing to understand in a proxy's page or in silence", () => {
    for (const body of [undefined, null, "", 5, [], {}, { a: 1 }, true])
      assert.equal(decodeFault(body).understood, false);
    assert.match(describeFault(decodeFault(undefined), ["HTTP 502"]), /gave no reason \(HTTP 502\)/);
  });
});

describe("JSON from a server", () => {
  it("yields nothing where it is broken, and quotes nothing", () => {
    for (const text of ["", "{", '{"private_key": secret}', "<html>", "undefined"])
      assert.equal(parseJson(text), undefined);
  });
});
