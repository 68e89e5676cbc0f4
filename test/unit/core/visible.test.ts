// SPDX-License-Identifier: Apache-2.0
// Foreign text on its way to a terminal.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { visible } from "../../../provider/src/core/visible";

/** What must never reach a terminal: controls, format characters, separators of lines, lone surrogates. */
const DANGEROUS = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/u;

describe("visible", () => {
  it("leaves no control character, no bidirectional mark and no lone surrogate in any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
        assert.doesNotMatch(visible(text), DANGEROUS);
      }),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 50 }), (codes) => {
        assert.doesNotMatch(visible(String.fromCharCode(...codes)), DANGEROUS);
      }),
      { numRuns: 500 },
    );
  });

  it("shows what it replaces", () => {
    assert.equal(visible("\u001b[31mred\u0007\r\n"), "\\u001b[31mred\\u0007\\u000d\\u000a");
    assert.equal(visible("abc\u202egpj.exe"), "abc\\u202egpj.exe");
  });

  it("leaves ordinary text of any language alone", () => {
    for (const text of ["Zertifikat für ESX", "証明書", "🔑 key", 'a "quoted" \\ text'])
      assert.equal(visible(text), text);
  });

  it("bounds the length of what it keeps, and says so, without half a character at the cut", () => {
    assert.equal(visible("a".repeat(600)), `${"a".repeat(500)}…`);
    assert.equal(visible("abcdef", 3), "abc…");
    assert.doesNotMatch(visible(`ab${"🔑".repeat(10)}`, 3), DANGEROUS);
  });
});
