// SPDX-License-Identifier: Apache-2.0
// Ids and states: what is written must be readable for ever, and what somebody else wrote must not break anything.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { isCodedError } from "../../../provider/src/core/coded-error";
import { visible } from "../../../provider/src/core/visible";
import { certificateOutputs } from "../../../provider/src/resources/certificate-outputs";
import { fromId, toId } from "../../../provider/src/resources/key-provider-id";
import { awaitsHealth, pendingOutputs, pendingWriteOf, withoutPending } from "../../../provider/src/resources/pending";
import { readState } from "../../../provider/src/resources/saved-state";
import type { CertificateInfo } from "../../../provider/src/x509/certificate";

describe("the id", () => {
  it("reads back to the same cluster and key provider, whatever characters they hold", () => {
    const name = fc
      .string({ minLength: 1, unit: "grapheme" })
      .filter((text) => text !== "." && text !== ".." && text === visible(text));
    fc.assert(
      fc.property(name, name, (cluster, keyProvider) => {
        const id = toId({ cluster, keyProvider });
        assert.deepEqual(fromId(id), { cluster, keyProvider });
        assert.equal(id.split("/").length, 2);
      }),
    );
    const long = { cluster: "c".repeat(512), keyProvider: "k".repeat(512) };
    assert.deepEqual(fromId(toId(long)), long);
    assert.equal(toId({ cluster: "domain-c8", keyProvider: "kms 1/a" }), "domain-c8/kms%201%2Fa");
  });

  for (const id of ["", "/", "a", "a/", "/b", "a/b/c", "a/%", "%zz/b", "../b", "a/%2e%2e", "a%00/b", "a/b%1b[31m"]) {
    it(`is refused if it is "${id}", safe to print`, () => {
      assert.throws(
        () => fromId(id),
        (error) =>
          isCodedError(error, "ERR_INPUT_INVALID") &&
          /<cluster>\/<keyProvider>/.test(error.message) &&
          !/\p{Cc}/u.test(error.message),
      );
    });
  }
});

describe("the state", () => {
  it("of any release, even a broken one, is read without a failure", () => {
    const names = ["server", "sha256Fingerprint", "taskId", "pendingTaskId", "pendingFingerprint", "timeoutSeconds"];
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), fc.jsonValue()), (outputs) => {
        const { timeoutSeconds, pending, server, taskId } = readState(outputs);
        assert.ok(timeoutSeconds === undefined || timeoutSeconds > 0);
        for (const text of [server, taskId, pending?.taskId, pending?.fingerprint]) {
          assert.ok(text === undefined || (typeof text === "string" && text !== ""));
        }
      }),
    );
    assert.equal(readState({ timeoutSeconds: "600" }).timeoutSeconds, 600);
  });

  for (const [outputs, pending] of [
    [
      { pendingTaskId: "t", pendingFingerprint: "AA" },
      { taskId: "t", fingerprint: "AA", replaces: undefined },
    ],
    [{ pendingTaskId: "t" }, { taskId: "t", fingerprint: undefined, replaces: undefined }],
    [{ pendingFingerprint: "AA" }, { taskId: undefined, fingerprint: "AA", replaces: undefined }],
    [{ pendingReplaces: "AA" }, { taskId: undefined, fingerprint: undefined, replaces: "AA" }],
    [{}, undefined],
    [{ pendingTaskId: "", pendingFingerprint: null }, undefined],
  ] as const) {
    it(`with ${JSON.stringify(outputs)} is ${pending === undefined ? "settled" : "pending"}`, () => {
      const open = pending && { ...pending, health: false };
      assert.deepEqual(readState(outputs).pending, open);
      assert.deepEqual(withoutPending({ server: "s", ...outputs }), { server: "s" });
      // What was saved of an open end is read back as the same open end.
      if (open !== undefined) assert.deepEqual(pendingOutputs({ taskId: open.taskId }, open), outputs);
    });
  }

  it("with pendingHealth is pending, though no write is under way", () => {
    const { pending } = readState({ pendingHealth: true });
    assert.deepEqual(pending, { taskId: undefined, fingerprint: undefined, replaces: undefined, health: true });
    assert.equal(pendingWriteOf(pending), undefined);
    assert.equal(readState({ pendingHealth: "yes" }).pending, undefined);
  });

  const HELD = { sha256Fingerprint: "AA" };
  for (const [saved, awaits] of [
    [{ pendingHealth: true, sha256Fingerprint: "AA" }, true],
    [{ pendingHealth: true, sha256Fingerprint: "BB" }, false],
    [{ pendingFingerprint: "AA", waitForHealth: true }, true],
    [{ pendingFingerprint: "BB", waitForHealth: true }, false],
    [{ pendingFingerprint: "AA", waitForHealth: false }, false],
    [{ waitForHealth: true, sha256Fingerprint: "AA" }, false],
  ] as const) {
    it(`${awaits ? "has" : "does not have"} the health asked for with ${JSON.stringify(saved)}`, () => {
      assert.equal(awaitsHealth(saved, HELD), awaits);
    });
  }

  it("is not pending after an end that is settled", () => {
    assert.deepEqual(pendingOutputs({ settled: true, taskId: "t" }, { fingerprint: "AA" }), {});
    // What the hosts were to make themselves is not there: nothing else in the state would say so.
    assert.deepEqual(pendingOutputs({ settled: true, taskId: "t" }, { replaces: "AA" }), {
      pendingReplaces: "anything",
    });
  });

  it("keeps the text of the certificate as the program wrote it, as long as it is the same certificate", () => {
    const dates = { notBefore: "2026-01-01T00:00:00Z", notAfter: "2027-01-01T00:00:00Z" };
    const facts = { sha256Fingerprint: "AA", subject: "CN=a", issuer: "CN=b", serialNumber: "01", ...dates };
    const live = { ...facts, pem: "as the server has it" } as CertificateInfo;
    assert.deepEqual(certificateOutputs(live), { certificate: "as the server has it", ...facts });
    assert.deepEqual(certificateOutputs(live, "as written"), { certificate: "as written", ...facts });
  });
});
