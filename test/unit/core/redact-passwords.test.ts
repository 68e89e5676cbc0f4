// SPDX-License-Identifier: Apache-2.0
// Passwords and tokens on their way out, in each form in which they travel; other words stay.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, it } from "node:test";
import fc from "fast-check";
import { Redactor } from "../../../provider/src/core/redact";

describe("the redactor of passwords and tokens", () => {
  it("removes a password in each form in which it travels", () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 8, maxLength: 30 }).filter((text) => text.trim().length >= 8),
        (password) => {
          const redactor = new Redactor();
          redactor.addText(password, "user");
          for (const form of [
            password,
            JSON.stringify({ password }),
            encodeURIComponent(password),
            Buffer.from(password).toString("base64"),
            `Basic ${Buffer.from(`user:${password}`).toString("base64")}`,
          ]) {
            const text = redactor.redact(`(${form})`);
            assert.ok(!text.includes(password) || "[redacted]".includes(password), text);
            assert.ok(!text.includes(Buffer.from(`user:${password}`).toString("base64")));
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it("removes a password that lost its end, or its odd characters, on the way", () => {
    const redactor = new Redactor();
    redactor.addText("Sommer2026!x.");
    redactor.addText("p\u200bass-word");
    assert.equal(redactor.redact("no: Sommer2026!x"), "no: [redacted]");
    assert.equal(redactor.redact("a long text with Sommer20…"), "a long text with [redacted]…");
    assert.equal(redactor.redact("no: p\\u200bass-word"), "no: [redacted]");
  });

  it("removes a part of a long token, too", () => {
    const token = randomBytes(16).toString("hex");
    const redactor = new Redactor();
    redactor.addText(token);
    assert.equal(redactor.redact(`x ${token.slice(3, 25)} y`), "x [redacted] y");
  });

  it("removes what becomes known after its first text, whole or in part, as a token of the next login", () => {
    const redactor = new Redactor();
    redactor.addText("correct horse battery");
    for (const token of ["0f3c", "4a7d1ed414474e4033ac29ccb8653d9b"]) {
      assert.equal(redactor.redact(`session ${token}`), `session ${token}`);
      redactor.addText(token);
      redactor.addText(token);
      assert.equal(redactor.redact(`session ${token}`), "session [redacted]");
    }
    assert.equal(redactor.redact("part d414474e4033ac29cc of it"), "part [redacted] of it");
    assert.equal(redactor.redact("correct horse battery"), "[redacted]");
  });

  const words: readonly (readonly [string, string, string])[] = [
    ["the", "the theory", "the theory"],
    ["pass", "password, passed, bypass, pass_phrase", "password, passed, bypass, pass_phrase"],
    ["pass", "bad login root:pass.", "bad login root:[redacted]."],
    ["test", 'wrong "test" at contest', 'wrong "[redacted]" at contest'],
    ["a.+b", "aXXb a.+b", "aXXb [redacted]"],
    ["Gr\u00fcn", "Gr\u00fcne Gr\u00fcn", "Gr\u00fcne [redacted]"],
    ["longenough", "xlongenoughx", "x[redacted]x"],
  ];
  for (const [secret, text, clean] of words) {
    it(`blanks out no other words because a password is ${JSON.stringify(secret)}: ${text}`, () => {
      const redactor = new Redactor();
      redactor.addText(secret);
      assert.equal(redactor.redact(text), clean);
    });
  }
});
