// SPDX-License-Identifier: Apache-2.0
// JSON as no honest server would send it: members that name what every object inherits, nesting without end, numbers
// and texts beyond all measure, bodies that are none. For the fuzz tests of whatever reads answers.

import assert from "node:assert/strict";
import fc from "fast-check";

/** Names that mean something to JavaScript itself. */
const INHERITED = ["__proto__", "constructor", "prototype", "toString", "valueOf", "hasOwnProperty", "then", "toJSON"];
/** Names that mean something to the readers. */
const KNOWN = [
  ...["error_type", "messages", "data", "is_transient", "primary", "secondary", "type", "value", "localizableMessages"],
  ...["id", "default_message", "localized", "args", "status", "service", "operation", "progress", "completed", "total"],
  ...["result", "error", "start_time", "target", "certificate", "description"],
];
const WORDS = ["SUCCEEDED", "RUNNING", "FAILED", "NOT_FOUND", "ERROR", "UNAUTHENTICATED", "com.vmware.x", "\u001b[2J"];

const name = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...KNOWN) },
  { weight: 2, arbitrary: fc.constantFrom(...INHERITED) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 12 }) },
);
const scalar = fc.oneof(
  fc.constantFrom(null, true, false, 0, -1, 1e308, -0, Number.MAX_SAFE_INTEGER, ""),
  fc.constantFrom(...WORDS, ...INHERITED),
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.constant("x".repeat(20_000)),
  fc.double(),
);
/** A JSON text, built as text: an object literal could not hold a member `__proto__`. */
const { tie: value } = fc.letrec<{ tie: string }>((tie) => ({
  tie: fc.oneof(
    { maxDepth: 5, depthSize: "small" },
    scalar.map((plain) => JSON.stringify(plain)),
    fc.array(tie("tie"), { maxLength: 4 }).map((items) => `[${items.join(",")}]`),
    fc
      .array(fc.tuple(name, tie("tie")), { maxLength: 6 })
      .map((members) => `{${members.map(([key, text]) => `${JSON.stringify(key)}:${text}`).join(",")}}`),
  ),
}));
const pollution = fc.constantFrom(
  '{"__proto__":{"polluted":true}}',
  '{"constructor":{"prototype":{"polluted":true}}}',
  '{"error_type":"ERROR","messages":[{"__proto__":{"polluted":true},"id":"x","default_message":"y"}]}',
  '{"__proto__":{"status":"SUCCEEDED","result":{"certificate":"x"}},"status":"RUNNING"}',
  '{"status":"__proto__"}',
  '{"status":"constructor"}',
  '{"error_type":"constructor","messages":[]}',
  '{"error_type":"__proto__","messages":[]}',
);
const deep = fc
  .tuple(fc.constantFrom("[", '{"value":', '{"error":', '{"data":'), fc.integer({ min: 1, max: 30_000 }))
  .map(([open, depth]) => {
    const fits = Math.min(depth, Math.floor(60_000 / (open.length + 1)));
    return open.repeat(fits) + "1" + (open === "[" ? "]" : "}").repeat(fits);
  });

/** Texts of bodies, whole and broken. */
export const hostileBody: fc.Arbitrary<string> = fc.oneof(
  { weight: 8, arbitrary: value },
  { weight: 2, arbitrary: pollution },
  { weight: 1, arbitrary: deep },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 300 }) },
  { weight: 1, arbitrary: fc.tuple(value, fc.nat(200)).map(([text, at]) => text.slice(0, at)) },
  { weight: 1, arbitrary: fc.constantFrom("", "null", '""', "[]", "{}", "NaN", "1e999", '"\\ud800"', "\ufeff{}") },
);

/** Names as a server may give them, among them what every object inherits. */
export const hostileName: fc.Arbitrary<string> = name;

/** @throws AssertionError where an answer has changed what all objects inherit */
export function assertUnpolluted(): void {
  assert.equal((Object.prototype as Record<string, unknown>)["polluted"], undefined, "Object.prototype was changed");
  assert.deepEqual(Object.keys(Object.prototype), []);
}
