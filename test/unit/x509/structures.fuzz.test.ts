// SPDX-License-Identifier: Apache-2.0
// Odd ASN.1, built on purpose rather than by flipping bytes: trees of any shape, lengths that lie, nesting without end,
// certificates and keys with a part exchanged or repeated. A result or a coded error, soon, and nothing of a key in it.

import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import fc from "fast-check";
import { isCodedError } from "../../../provider/src/core/coded-error";
import { parseCertificate, parseServerCertificate } from "../../../provider/src/x509/certificate";
import { parseExtensions } from "../../../provider/src/x509/extensions";
import { parsePrivateKey, privateKeyMatches } from "../../../provider/src/x509/private-key";
import { checkCertificateRules } from "../../../provider/src/x509/rules";
import type { MadeCertificate } from "../../fixtures/certificates/make";
import { makeCertificate } from "../../fixtures/certificates/make";
import { armour, der, extension, makeOddCertificate, oid } from "../../fixtures/certificates/odd";
import {
  content,
  deep,
  exchange,
  flatten,
  longTag,
  lyingLength,
  node,
  oddOid,
  readNodes,
  write,
} from "./odd-structures";
import type { Node } from "./odd-structures";

/** An input that takes longer hangs, milliseconds. */
const LIMIT_MS = 2_000;
const WINDOW = 16;
const LABELS = ["CERTIFICATE", "PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY"] as const;

/** Runs every reader on bytes in armour and as they are; every failure is coded. Returns the texts of the failures. */
function readEverything(bytes: Buffer): string {
  const said: string[] = [];
  const attempt = (reader: () => unknown): void => {
    const startedMs = performance.now();
    try {
      reader();
    } catch (error) {
      assert.ok(isCodedError(error, "ERR_PEM_INVALID", "ERR_CERTIFICATE_PARSE"), String(error));
      assert.equal(error.cause, undefined, "a cause is kept, which may quote the input");
      said.push(JSON.stringify([error.message, error.remedy, error.details]));
    }
    assert.ok(performance.now() - startedMs < LIMIT_MS, "a reader took too long");
  };
  attempt(() => parseExtensions(bytes));
  for (const label of LABELS) {
    const text = armour(label, bytes);
    attempt(() =>
      checkCertificateRules(parseCertificate(text), { nowMs: 0, expiryWarningDays: 30, alreadyInState: false }),
    );
    attempt(() => parseServerCertificate(text));
    attempt(() => parsePrivateKey(text));
  }
  return said.join("\n");
}

describe("the readers take any structure for what it is", () => {
  let pairs: readonly MadeCertificate[];
  let roots: readonly Node[];
  let keys: readonly Node[];

  const rootOf = (bytes: Buffer): Node => {
    const [root, ...more] = readNodes(bytes) ?? [];
    assert.ok(root !== undefined && more.length === 0);
    assert.deepEqual(write(root), bytes, "what is read here is written the same");
    return root;
  };
  const derOf = (pem: string): Buffer => Buffer.from(pem.replace(/-----[A-Z ]+-----/g, ""), "base64");

  before(async () => {
    pairs = [
      await makeCertificate({ keyType: "rsa-2048", dnsNames: ["a.example"] }),
      await makeCertificate({ keyType: "p256" }),
      await makeCertificate({ keyType: "p521" }),
    ];
    roots = pairs.map((pair) => rootOf(pair.der));
    keys = pairs
      .flatMap(({ privateKeyPem, pkcs1Pem, sec1Pem }) => [privateKeyPem, pkcs1Pem, sec1Pem])
      .filter((pem) => pem !== undefined)
      .map((pem) => rootOf(derOf(pem)));
  });

  it("for trees of any shape", () => {
    fc.assert(
      fc.property(node, (root) => void readEverything(write(root))),
      { numRuns: 500 },
    );
  });

  it("for nesting without end, lengths that lie and tags without end", () => {
    fc.assert(
      fc.property(fc.oneof(deep, lyingLength, longTag), (bytes) => void readEverything(bytes)),
      { numRuns: 300 },
    );
  });

  it("for certificates with one part exchanged, repeated or left out", () => {
    fc.assert(
      fc.property(fc.nat(2), fc.nat(), fc.array(fc.oneof(node, fc.nat()), { maxLength: 3 }), (which, at, by) => {
        const root = roots[which] as Node;
        const parts = flatten(root);
        const others = by.map((each) => (typeof each === "number" ? (parts[each % parts.length] as Node) : each));
        readEverything(Buffer.concat(exchange(root, at % parts.length, others).map(write)));
      }),
      { numRuns: 800 },
    );
  });

  it("for keys with one part exchanged, of which no window gets into a message", () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.array(fc.oneof(node, fc.nat()), { maxLength: 3 }), (which, at, by) => {
        const root = keys[which % keys.length] as Node;
        const parts = flatten(root);
        const others = by.map((each) => (typeof each === "number" ? (parts[each % parts.length] as Node) : each));
        const bytes = Buffer.concat(exchange(root, at % parts.length, others).map(write));
        const said = readEverything(bytes);
        for (const form of [bytes.toString("base64"), bytes.toString("hex"), write(root).toString("base64")]) {
          for (let i = 0; i + WINDOW <= form.length; i += 1) {
            assert.ok(!said.includes(form.slice(i, i + WINDOW)), "a window of the key is in a message");
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it("for names, dates, algorithms and extensions that no one would write", () => {
    const odd = fc.record(
      {
        version: fc.integer({ min: 1, max: 9 }),
        algorithm: oddOid.map((each) => der(0x30, each)),
        innerAlgorithm: oddOid.map((each) => der(0x30, each)),
        serial: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
        notBefore: fc.tuple(fc.constantFrom(0x17, 0x18), content).map(([kind, bytes]) => der(kind, bytes)),
        notAfter: fc.tuple(fc.constantFrom(0x17, 0x18), content).map(([kind, bytes]) => der(kind, bytes)),
        commonName: fc.string({ unit: "binary", maxLength: 300 }),
        publicKeyInfo: node.map(write),
        extensions: fc.array(
          fc.oneof(
            fc
              .tuple(
                fc.constantFrom("2.5.29.15", "2.5.29.19", "2.5.29.37", "2.5.29.17"),
                fc.oneof(content, node.map(write)),
              )
              .map(([name, value]) => extension(name, value)),
            oddOid.map((name) => der(0x30, name, der(4, der(5)))),
          ),
          { maxLength: 6 },
        ),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(odd, (request) => void readEverything(makeOddCertificate(request))),
      { numRuns: 500 },
    );
  });

  it("for a number in an object identifier that was made of a UUID", () => {
    // 2.25.329800735698586629295641978511506172918. Source: X.667, section 8.
    const uuid = Buffer.from("06146983f09da7ebcfdee0c7a1a7b2c0948cc8f9d776", "hex");
    const { version } = parseExtensions(makeOddCertificate({ extensions: [der(0x30, uuid, der(4, der(5)))] }));
    assert.equal(version, 3);
  });

  it("for hundreds of names, and thousands of extensions", () => {
    const name = der(0x82, Buffer.from("a.example"));
    const many = extension("2.5.29.17", der(0x30, ...Array.from({ length: 3_000 }, () => name)));
    readEverything(makeOddCertificate({ extensions: [many] }));
    const each = Array.from({ length: 2_500 }, (_none, i) => extension(`1.3.6.1.4.1.${i}`, der(5)));
    readEverything(makeOddCertificate({ extensions: each }));
    readEverything(
      makeOddCertificate({ extensions: Array.from({ length: 1_000 }, () => der(0x30, oid("2.5.29.15"))) }),
    );
  });

  it("for texts of 64 KiB that are made to be slow", () => {
    const size = 65_000;
    const fill = (unit: string): string => unit.repeat(Math.floor(size / unit.length));
    const units = [
      "-",
      "-----BEGIN ",
      "-----BEGIN CERTIFICATE-----\n",
      "-----END CERTIFICATE-----\n",
      "\n",
      " ",
      "\t\n",
    ];
    for (const unit of [...units, "\r", "M", "M ", "=", ":", "a: b\n", "\0", "-----BEGIN A-----\n-----END A-----\n"]) {
      for (const text of [fill(unit), `-----BEGIN CERTIFICATE-----\n${fill(unit)}`, `${fill(unit)}\nM!`]) {
        for (const reader of [parseCertificate, parseServerCertificate, parsePrivateKey]) {
          const startedMs = performance.now();
          assert.throws(
            () => reader(text),
            (error) => isCodedError(error, "ERR_PEM_INVALID", "ERR_CERTIFICATE_PARSE"),
          );
          assert.ok(
            performance.now() - startedMs < LIMIT_MS,
            `${reader.name} took too long for ${JSON.stringify(unit)}`,
          );
        }
      }
    }
  });

  it("for a key beside a certificate of another kind", () => {
    for (const certificate of pairs) {
      for (const key of pairs) {
        const isOwn = privateKeyMatches(
          parseCertificate(certificate.certificatePem),
          parsePrivateKey(key.privateKeyPem),
        );
        assert.equal(isOwn, certificate === key);
      }
    }
  });
});
