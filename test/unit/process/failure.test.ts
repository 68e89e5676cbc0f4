// SPDX-License-Identifier: Apache-2.0
// The one text a person reads when something went wrong, the engine's address, and notices that come once.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CodedError, RUNNING_COMMAND } from "../../../provider/src/core/coded-error";
import { Redactor } from "../../../provider/src/core/redact";
import { describeFailure, ResourceError } from "../../../provider/src/process/failure";
import { NotFinishedError } from "../../../provider/src/process/not-finished";
import { Notices } from "../../../provider/src/process/notices";
import { engineAddress, makeDisplay } from "../../../provider/src/process/display";

const asItIs = (text: string): string => text;
const target = { cluster: "domain-c8", keyProvider: "kms-1" };

describe("the text of a failure", () => {
  it("says what was tried on what, what came back, what to do next, and the code", () => {
    const error = new CodedError("ERR_API", "vCenter refused it (HTTP 500)", {
      remedy: `run \`${RUNNING_COMMAND}\` again`,
    });
    const { code, message } = describeFailure(
      { what: "Replacing the client certificate", command: "pulumi up", target, server: "vc:8443" },
      error,
      asItIs,
    );
    assert.equal(code, "ERR_API");
    assert.equal(
      message,
      'Replacing the client certificate of key provider "kms-1" in cluster "domain-c8" on vc:8443 failed: vCenter refused it (HTTP 500). Run `pulumi up` again. [ERR_API]',
    );
  });

  it("leaves out what is not known", () => {
    const { message } = describeFailure(
      { what: "Reading", command: "pulumi refresh", target, server: undefined },
      new CodedError("ERR_TLS", "no!"),
      asItIs,
    );
    assert.equal(message, 'Reading of key provider "kms-1" in cluster "domain-c8" failed: No! [ERR_TLS]');
  });

  it("shows nothing of a foreign error but its kind, since nobody knows what it quotes", () => {
    for (const foreign of [
      new TypeError("secret stuff"),
      "secret stuff",
      { message: "secret stuff" },
      undefined,
      null,
    ]) {
      const { code, message } = describeFailure(
        { what: "Reading", command: "pulumi refresh", target, server: undefined },
        foreign,
        asItIs,
      );
      assert.equal(code, "ERR_INTERNAL");
      assert.doesNotMatch(message, /secret stuff|undefined failed/);
    }
  });

  it("holds no secret, whatever part it stands in", () => {
    const redactor = new Redactor();
    redactor.addText("hunter2-secret");
    const error = new CodedError("ERR_API", "said hunter2-secret", { remedy: "use hunter2-secret" });
    const attempted = {
      what: "Reading",
      command: "pulumi up",
      target: { cluster: "hunter2-secret", keyProvider: "k" },
      server: "hunter2-secret",
    };
    assert.doesNotMatch(describeFailure(attempted, error, (text) => redactor.redact(text)).message, /hunter2/);
  });

  it("comes without a stack and with a string for a code", () => {
    const error = new NotFinishedError("ERR_TASK_TIMEOUT", "text", { id: "a/b", properties: { a: 1 } });
    assert.ok(error instanceof ResourceError);
    assert.deepEqual([error.stack, error.code, error.id, error.reasons], ["", "ERR_TASK_TIMEOUT", "a/b", ["text"]]);
  });
});

describe("the engine's address", () => {
  it("is the last argument of a provider process, whatever stands before it", () => {
    assert.equal(engineAddress(["node", "x/cmd/dynamic-provider", "127.0.0.1:41234"]), "127.0.0.1:41234");
    assert.equal(engineAddress(["node", "x", "--tracing", "http://t", "127.0.0.1:1"]), "127.0.0.1:1");
    assert.equal(engineAddress(["node", "x", "localhost:80"]), "localhost:80");
    assert.equal(engineAddress(["node", "x", "[::1]:80"]), "[::1]:80");
  });

  it("is undefined if no engine has started the process", () => {
    for (const argv of [
      [],
      ["node"],
      ["node", "x"],
      ["node", "127.0.0.1:80"],
      ["node", "x", "--test"],
      ["node", "x", "evil.example:80"],
    ]) {
      assert.equal(engineAddress(argv), undefined, argv.join(" "));
    }
  });
});

describe("the display without an engine", () => {
  it("writes warnings to stderr and is silent about progress", () => {
    const written: string[] = [];
    const display = makeDisplay(undefined, (text) => written.push(text));
    display.line("warning", "careful", undefined);
    display.status("RUNNING 50%", "urn:pulumi:x");
    assert.deepEqual(written, ["warning: careful\n"]);
  });
});

describe("notices", () => {
  function recorder(): { notices: Notices; lines: string[] } {
    const lines: string[] = [];
    const notices = new Notices({
      line: (severity, text, urn) => lines.push(`${severity} ${urn ?? "-"} ${text}`),
      status: () => undefined,
    });
    return { notices, lines };
  }

  it("come once per resource and text, and name the target", () => {
    const { notices, lines } = recorder();
    for (const urn of ["urn:pulumi:a", "urn:pulumi:a", "urn:pulumi:b"])
      notices.print("warning", "it expires", { urn, target });
    notices.print("warning", "something else", { urn: "urn:pulumi:a", target });
    notices.print("warning", "it expires", { urn: "urn:pulumi:a", target });
    const about = 'key provider "kms-1" in cluster "domain-c8": ';
    assert.deepEqual(lines, [
      `warning urn:pulumi:a ${about}it expires`,
      `warning urn:pulumi:b ${about}it expires`,
      `warning urn:pulumi:a ${about}something else`,
    ]);
  });

  it("hold no secret", () => {
    const { notices, lines } = recorder();
    const redactor = new Redactor();
    redactor.addText("hunter2-secret");
    notices.print("info", "said hunter2-secret", { urn: undefined, redactor });
    assert.deepEqual(lines, ["info - said [redacted]"]);
  });
});
