// SPDX-License-Identifier: Apache-2.0
// Whatever the bytes are: a coded error or a result, and soon.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { isCodedError } from "../../../provider/src/core/coded-error";
import { parseCertificate, parseServerCertificate } from "../../../provider/src/x509/certificate";
import { parseExtensions } from "../../../provider/src/x509/extensions";
import { parsePrivateKey } from "../../../provider/src/x509/private-key";
import { checkCertificateRules } from "../../../provider/src/x509/rules";
import { makeCertificate } from "../../fixtures/certificates/make";
import { armour, der } from "../../fixtures/certificates/odd";

const LIMIT_MS = 500;

/** Runs every reader on a text; returns how many of them refused it. */
function readEverything(text: string): number {
  const readers = [
    () => checkCertificateRules(parseCertificate(text), { nowMs: 0, expiryWarningDays: 30, alreadyInState: false }),
    () => parseServerCertificate(text),
    () => parsePrivateKey(text),
  ];
  let refused = 0;
  const startedMs = performance.now();
  for (const read of readers) {
    try {
      read();
    } catch (error) {
      assert.ok(isCodedError(error, "ERR_PEM_INVALID", "ERR_CERTIFICATE_PARSE"), String(error));
      refused += 1;
    }
  }
  assert.ok(performance.now() - startedMs < LIMIT_MS, "a reader took too long");
  return refused;
}

const edits = fc.array(fc.record({ at: fc.nat(), byte: fc.nat(255) }), { minLength: 1, maxLength: 4 });

describe("the readers throw nothing but coded errors, and soon", () => {
  it("for any text", () => {
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 2_000 }), (text) => readEverything(text) === 3));
  });

  it("for any bytes in armour", () => {
    const label = fc.constantFrom("CERTIFICATE", "PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY");
    fc.assert(
      fc.property(label, fc.uint8Array({ minLength: 1, maxLength: 2_000 }), (name, bytes) => {
        assert.equal(readEverything(armour(name, bytes)), 3);
      }),
    );
  });

  it("for a certificate or key with some of its DER changed", async () => {
    const rsa = await makeCertificate({ keyType: "rsa-2048" });
    const ec = await makeCertificate({ keyType: "p256" });
    const sources = [rsa.certificatePem, ec.certificatePem, rsa.privateKeyPem, ec.privateKeyPem, ec.sec1Pem ?? ""];
    fc.assert(
      fc.property(fc.constantFrom(...sources), edits, (pem, changes) => {
        const label = /BEGIN ([A-Z ]+)/.exec(pem)?.[1] ?? "";
        const bytes = Buffer.from(pem.replace(/-----.*-----/g, ""), "base64");
        for (const { at, byte } of changes) bytes[at % bytes.length] = byte;
        readEverything(armour(label, bytes));
        try {
          parseExtensions(bytes);
        } catch (error) {
          assert.ok(isCodedError(error, "ERR_CERTIFICATE_PARSE"));
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it("for a PEM text with some of its characters changed", async () => {
    const { certificatePem, privateKeyPem } = await makeCertificate({ keyType: "p256" });
    fc.assert(
      fc.property(fc.constantFrom(certificatePem, privateKeyPem), edits, (pem, changes) => {
        const characters = Array.from(pem);
        for (const { at, byte } of changes) characters[at % characters.length] = String.fromCharCode(byte);
        readEverything(characters.join(""));
      }),
      { numRuns: 500 },
    );
  });

  for (const [name, unit] of [
    ["thousands of empty values", "3000"],
    ["indefinite lengths", "3080"],
  ] as const) {
    it(`for ${name}`, () => {
      const bytes = Buffer.from(unit.repeat(20_000), "hex");
      assert.equal(readEverything(armour("CERTIFICATE", unit === "3000" ? der(0x30, bytes) : bytes)), 3);
    });
  }
});
