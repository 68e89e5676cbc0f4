// SPDX-License-Identifier: Apache-2.0
// Ids and states: what is written must be readable for ever, and what anybody else has written must not break anything.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { isCodedError } from "../../../provider/src/core/coded-error";
import { visible } from "../../../provider/src/core/visible";
import { fromId, inputOutputs, isPending, readState, toId } from "../../../provider/src/resources/outputs";

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
    it(`is refused where it is "${id}", safe to print`, () => {
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
    const names = [
      "server",
      "sha256Fingerprint",
      "certificate",
      "taskId",
      "pendingTaskId",
      "pendingFingerprint",
      "timeoutSeconds",
      "onDelete",
    ];
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), fc.jsonValue()), (outputs) => {
        const state = readState(outputs);
        for (const [name, value] of Object.entries(state)) {
          const kind = name === "timeoutSeconds" ? "number" : "string";
          assert.ok(value === undefined || typeof value === kind, name);
        }
      }),
    );
  });

  it("is pending with a task or with a wanted fingerprint whose outcome is open", () => {
    assert.ok(isPending(readState({ pendingTaskId: "t" })) && isPending(readState({ pendingFingerprint: "AA" })));
    assert.ok(!isPending(readState({})) && !isPending(readState({ pendingTaskId: "", pendingFingerprint: null })));
  });

  it("keeps an option only where the program gave it", () => {
    const inputs = { cluster: "c", keyProvider: "k", timeoutSeconds: 300, onDelete: "retain" } as const;
    assert.deepEqual(inputOutputs(inputs, {}, "s"), { cluster: "c", keyProvider: "k", server: "s" });
    assert.deepEqual(inputOutputs(inputs, { timeoutSeconds: 300, onDelete: "retain", adopt: true }, "s"), {
      cluster: "c",
      keyProvider: "k",
      server: "s",
      timeoutSeconds: 300,
      onDelete: "retain",
    });
  });
});
