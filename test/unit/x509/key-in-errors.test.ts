// SPDX-License-Identifier: Apache-2.0
// No refusal repeats a part of a key, whatever the key went through.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { isCodedError } from "../../../provider/src/core/coded-error";
import { parseCertificate } from "../../../provider/src/x509/certificate";
import { parsePrivateKey } from "../../../provider/src/x509/private-key";
import { makeCertificate } from "../../fixtures/certificates/make";
import { armour } from "../../fixtures/certificates/odd";
import { assertQuotesNothing, textOf, windowsOf } from "./key-windows";

describe("no error repeats 16 characters of a key", () => {
  it("whatever happened to its text or bytes", async () => {
    const rsa = await makeCertificate({ keyType: "rsa-2048" });
    const ec = await makeCertificate({ keyType: "p256" });
    const texts = [rsa.privateKeyPem, rsa.pkcs1Pem, ec.privateKeyPem, ec.sec1Pem].filter((pem) => pem !== undefined);
    const secrets = new Map(texts.map((text) => [text, windowsOf(text)]));
    let refusals = 0;
    const damage = fc.record({
      text: fc.constantFrom(...texts),
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      length: fc.nat(200),
      insert: fc.oneof(fc.string(), fc.constantFrom("\n", ":", "-----BEGIN ", "-----END X-----", "\0", "\\n", "=")),
    });
    fc.assert(
      fc.property(damage, fc.constantFrom("private key", "certificate"), ({ text, at, length, insert }, kind) => {
        const start = Math.floor(at * text.length);
        const damaged = text.slice(0, start) + insert + text.slice(start + length);
        try {
          if (kind === "certificate") parseCertificate(damaged);
          else parsePrivateKey(damaged);
        } catch (error) {
          refusals += 1;
          assert.ok(isCodedError(error), textOf(error));
          assertQuotesNothing(error, secrets.get(text) ?? new Set());
        }
      }),
      { numRuns: 400 },
    );
    assert.ok(refusals > 200);
  });

  it("if the ASN.1 is whole and only OpenSSL refuses its content", async () => {
    const rsa = await makeCertificate({ keyType: "rsa-2048" });
    const ec = await makeCertificate({ keyType: "p256" });
    for (const pem of [rsa.privateKeyPem, rsa.pkcs1Pem, ec.privateKeyPem, ec.sec1Pem]) {
      assert.ok(pem !== undefined);
      const label = /BEGIN ([A-Z ]+)/.exec(pem)?.[1] ?? "";
      const bytes = Buffer.from(pem.replaceAll(/-----[^-]*-----/g, ""), "base64");
      const windows = windowsOf(pem);
      let refusals = 0;
      // Every INTEGER and OCTET STRING in turn gets the tag of an IA5String, which any ASN.1 reader accepts.
      for (const [at, tag] of bytes.entries()) {
        if ((tag !== 2 && tag !== 4) || at > 400) continue;
        const damaged = Buffer.from(bytes);
        damaged[at] = 22;
        try {
          parsePrivateKey(armour(label, damaged));
        } catch (error) {
          refusals += 1;
          assert.ok(isCodedError(error, "ERR_CERTIFICATE_PARSE"));
          assertQuotesNothing(error, windows);
        }
      }
      assert.ok(refusals > 0);
    }
  });
});
