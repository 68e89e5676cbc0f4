// SPDX-License-Identifier: Apache-2.0
// Inputs as the engine hands them in: every failure at once, unknown values at any depth passed over.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { isCodedError } from "../../../provider/src/core/coded-error";
import { Redactor } from "../../../provider/src/core/redact";
import {
  addSecrets,
  decodeInputs,
  isUnknown,
  optionsChanged,
  replacedInputs,
  requireInputs,
  storedInputs,
  urnOf,
} from "../../../provider/src/resources/decode-inputs";
import { INPUTS } from "../../../provider/src/resources/kms-client-certificate/inputs";

const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const right = { cluster: "domain-c8", keyProvider: "kms-1", certificate: "PEM" };
const reasons = (wire: Record<string, unknown>): string[] =>
  decodeInputs(INPUTS, wire).failures.map(({ reason }) => reason);

describe("the inputs", () => {
  it("get their defaults", () => {
    const { inputs, failures } = decodeInputs(INPUTS, right);
    assert.deepEqual(failures, []);
    assert.deepEqual(inputs, {
      ...right,
      certificateFile: undefined,
      privateKey: undefined,
      privateKeyFile: undefined,
      passphrase: undefined,
      passphraseFile: undefined,
      passphraseEnv: undefined,
      signingRequest: undefined,
      timeoutSeconds: 300,
      expiryWarningDays: undefined,
      detectDrift: "onRefresh",
      adopt: false,
      waitForHealth: false,
      onDelete: undefined,
    });
    assert.deepEqual(requireInputs(INPUTS, right), inputs);
  });

  it("are reported with all their failures at once", () => {
    const failures = reasons({
      cluster: "",
      keyProvider: 5,
      certificateFile: "-----BEGIN CERTIFICATE-----",
      passphrase: 5,
      passphraseEnv: "open sesame",
      timeoutSeconds: 0,
      expiryWarningDays: -1,
      detectDrift: "sometimes",
      adopt: "yes",
      onDelete: "delete",
    });
    const names =
      "cluster keyProvider certificateFile passphrase passphraseEnv timeoutSeconds expiryWarningDays detectDrift adopt onDelete".split(
        " ",
      );
    assert.deepEqual(failures.map((reason) => reason.split(" ")[0]).sort(), names.sort());
  });

  it("are named in property for short options only: the engine prints the value of a named property", () => {
    const bad = {
      cluster: "",
      keyProvider: "",
      certificate: 5,
      privateKey: 5,
      privateKeyFile: 5,
      timeoutSeconds: "5 s",
    };
    const named = decodeInputs(INPUTS, bad).failures.map(({ property, reason }) => [property, reason.split(" ")[0]]);
    assert.deepEqual(Object.fromEntries(named.map(([property, name]) => [name, property])), {
      cluster: "",
      keyProvider: "",
      certificate: "",
      privateKey: "",
      privateKeyFile: "",
      timeoutSeconds: "timeoutSeconds",
    });
  });

  for (const [name, bad] of [
    ["timeoutSeconds", [0, -1, Number.NaN, Infinity, "0", "-5", "5m", "1e3", "", true, {}, 2_147_484]],
    ["expiryWarningDays", [-0.5, Number.NaN, Infinity, "-1", "Infinity", []]],
    ["detectDrift", ["", "ALWAYS", true, 1]],
    ["adopt", ["true", 1, {}]],
    ["onDelete", ["", "destroy", "generateSelfSigned", true]],
    ["cluster", [" ", 5, ".", "..", "a\u0000b", "a\nb", "\u202eb", "x".repeat(513), {}, []]],
    ["keyProvider", ["", ".", "..", "a\u001b[31m", null]],
    ["certificate", ["", "  \n", 5, {}]],
    ["privateKey", ["", 5, ["a"]]],
  ] as const) {
    it(`refuse a wrong ${name} without repeating it`, () => {
      for (const value of bad) {
        const failures = reasons({ ...right, [name]: value });
        assert.equal(failures.length, 1, JSON.stringify(value));
        assert.ok(failures[0]?.startsWith(name));
        assert.doesNotMatch(failures.join(""), /\p{Cc}/u);
      }
    });
  }

  it("take 0.001 s and the longest timer for a time, fractions and 0 for days", () => {
    assert.deepEqual(reasons({ ...right, timeoutSeconds: 0.001, expiryWarningDays: 0 }), []);
    assert.deepEqual(reasons({ ...right, timeoutSeconds: 2_147_483, expiryWarningDays: 0.5 }), []);
  });

  it("take a number as text too, as config.get returns it", () => {
    const text = { ...right, timeoutSeconds: "600", expiryWarningDays: " 0.5 " };
    const { inputs, failures } = decodeInputs(INPUTS, text);
    assert.deepEqual([inputs.timeoutSeconds, inputs.expiryWarningDays, failures], [600, 0.5, []]);
    assert.deepEqual(storedInputs(INPUTS, text), { timeoutSeconds: "600", expiryWarningDays: " 0.5 " });
    assert.equal(optionsChanged(INPUTS, { timeoutSeconds: 600 }, text), false);
  });

  it("take onDelete: retain, and name what took the place of anything else", () => {
    assert.equal(requireInputs(INPUTS, { ...right, onDelete: "retain" }).onDelete, "retain");
    assert.match(
      reasons({ ...right, onDelete: "generateSelfSigned" }).join(),
      /declare a KmsSelfSignedClientCertificate/,
    );
  });

  it("take null for a value that was not given", () => {
    const all = { timeoutSeconds: null, expiryWarningDays: null, detectDrift: null, adopt: null, onDelete: null };
    assert.deepEqual(reasons({ ...right, ...all, privateKey: null, privateKeyFile: null }), []);
  });

  it("that are unknown pass, whichever they are and at whatever depth", () => {
    const { tie } = fc.letrec((recurse) => ({
      tie: fc.oneof(
        { maxDepth: 4 },
        fc.constant(UNKNOWN),
        fc.array(recurse("tie"), { minLength: 1, maxLength: 2 }),
        fc.dictionary(fc.string(), recurse("tie"), { minKeys: 1, maxKeys: 2 }),
      ),
    }));
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(INPUTS)), tie, (name, value) => {
        assert.ok(isUnknown(value));
        const { inputs, failures } = decodeInputs(INPUTS, { ...right, [name]: value });
        assert.deepEqual(failures, []);
        assert.equal(inputs[name as keyof typeof inputs], undefined);
      }),
    );
    assert.ok(!isUnknown(`${UNKNOWN} `) && !isUnknown(undefined) && !isUnknown(null) && !isUnknown({ a: [1, {}] }));
  });

  it("that are unknown, missing or wrong are no inputs to apply", () => {
    for (const wire of [
      { ...right, cluster: UNKNOWN },
      { ...right, keyProvider: undefined },
      { ...right, adopt: "no" },
    ]) {
      assert.throws(
        () => requireInputs(INPUTS, wire),
        (error) => isCodedError(error, "ERR_INPUT_INVALID"),
      );
    }
  });

  it("are kept in the outputs only if they are in the table as stored, and the program gave them", () => {
    const given = { ...right, privateKey: "key", privateKeyFile: "client.key", adopt: true, onDelete: "retain" };
    assert.deepEqual(storedInputs(INPUTS, { ...given, timeoutSeconds: null, __urn: "x" }), {
      privateKeyFile: "client.key",
      adopt: true,
    });
    const texts = { passphrase: "open sesame", privateKey: Buffer.alloc(60, 7).toString("base64") };
    const redactor = new Redactor();
    addSecrets(redactor, INPUTS, decodeInputs(INPUTS, { ...given, ...texts }).inputs);
    for (const text of Object.values(texts)) assert.equal(redactor.redact(`<${text}>`).includes(text.slice(8)), false);
    assert.equal(redactor.redact("client.key"), "client.key");
  });

  for (const [what, olds, news, changed, replaces] of [
    ["nothing", { ...right, timeoutSeconds: 5 }, { ...right, timeoutSeconds: 5 }, false, []],
    ["the timeout", { ...right, timeoutSeconds: 5 }, { ...right, timeoutSeconds: 6 }, true, []],
    ["a timeout that is given for the first time", right, { ...right, timeoutSeconds: 300 }, true, []],
    ["an unknown timeout", { ...right, timeoutSeconds: 5 }, { ...right, timeoutSeconds: UNKNOWN }, true, []],
    ["options that older states lack", right, { ...right, adopt: true, expiryWarningDays: 5 }, false, []],
    ["the key file, which only a refresh needs", right, { ...right, privateKeyFile: "client.key" }, false, []],
    ["the cluster", right, { ...right, cluster: "domain-c9" }, false, ["cluster"]],
    ["an unknown key provider", right, { ...right, keyProvider: UNKNOWN }, false, ["keyProvider"]],
  ] as const) {
    it(`that differ in ${what} ${changed ? "are" : "are no"} changed options, and replace for ${replaces.join() || "nothing"}`, () => {
      assert.equal(optionsChanged(INPUTS, olds, news), changed);
      assert.deepEqual(replacedInputs(INPUTS, olds, news), replaces);
    });
  }

  it("never make the decoder throw", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...Object.keys(INPUTS)), fc.jsonValue()), (wire) => {
        decodeInputs(INPUTS, wire);
      }),
      { numRuns: 300 },
    );
  });

  it("carry a URN that is taken for one only if it is one", () => {
    assert.equal(urnOf({ __urn: "urn:pulumi:s::p::t::n" }), "urn:pulumi:s::p::t::n");
    for (const urn of [undefined, null, 5, "", UNKNOWN, "something"]) assert.equal(urnOf({ __urn: urn }), undefined);
  });
});
