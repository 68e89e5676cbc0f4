// SPDX-License-Identifier: Apache-2.0
// The facts of a certificate, against what the fixture was made with and an independent fingerprint.

import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { describe, it } from "node:test";
import { parseCertificate, parseServerCertificate } from "../../../provider/src/x509/certificate";
import { parseCertificateTime } from "../../../provider/src/x509/certificate-time";
import { makeCa, makeCertificate } from "../../fixtures/certificates/make";
import { armour, makeOddCertificate, time } from "../../fixtures/certificates/odd";

function odd(request: Parameters<typeof makeOddCertificate>[0]): string {
  return armour("CERTIFICATE", makeOddCertificate(request));
}

describe("parseCertificate", () => {
  it("tells the facts of an RSA certificate", async () => {
    const made = await makeCertificate({
      ca: await makeCa({ subject: "CN=Root, O=Trust" }),
      keyType: "rsa-2048",
      subject: "CN=kms-client, O=Example, C=DE",
      serialNumber: "0a1b2c",
      notBefore: new Date("2026-01-02T03:04:05Z"),
      notAfter: new Date("2027-01-02T03:04:05Z"),
    });
    const info = parseCertificate(`text before\n${made.certificatePem.replaceAll("\n", "\r\n")}`);
    assert.equal(info.pem, made.certificatePem);
    assert.deepEqual(info.der, made.der);
    assert.equal(info.sha256Fingerprint, made.fingerprint);
    assert.equal(info.subject, "CN=kms-client, O=Example, C=DE");
    assert.equal(info.issuer, "CN=Root, O=Trust");
    assert.equal(info.serialNumber, "0A1B2C");
    assert.equal(info.notBefore, "2026-01-02T03:04:05.000Z");
    assert.equal(info.notAfter, "2027-01-02T03:04:05.000Z");
    assert.equal(info.notBeforeMs, Date.UTC(2026, 0, 2, 3, 4, 5));
    assert.equal(info.notAfterMs, Date.UTC(2027, 0, 2, 3, 4, 5));
    assert.deepEqual([info.keyType, info.rsaBits, info.rsaExponent, info.curve], ["rsa", 2048, 65537n, undefined]);
    assert.deepEqual(info.extendedKeyUsage, ["1.3.6.1.5.5.7.3.2"]);
  });

  for (const [keyType, curve] of [
    ["p256", "prime256v1"],
    ["p384", "secp384r1"],
    ["p521", "secp521r1"],
  ] as const) {
    it(`tells the curve of ${keyType}`, async () => {
      const info = parseCertificate((await makeCertificate({ keyType })).certificatePem);
      assert.deepEqual([info.keyType, info.curve, info.rsaBits], ["ec", curve, undefined]);
    });
  }

  it("reads an unsupported key type, so that a refresh can show it", async () => {
    assert.equal(parseCertificate((await makeCertificate({ keyType: "ed25519" })).certificatePem).keyType, "ed25519");
  });

  it("reads a key of an unknown algorithm", () => {
    const publicKeyInfo = Buffer.from("300b3006 06042a030405 0301 00".replaceAll(" ", ""), "hex");
    const info = parseCertificate(odd({ publicKeyInfo }));
    assert.deepEqual([info.keyType, info.publicKey], ["unknown", undefined]);
  });

  it("makes control characters and bidirectional marks of a name visible", () => {
    const { subject } = parseCertificate(odd({ commonName: "a\nO=b\u001b[31m\u202e, é" }));
    assert.equal(subject, "CN=a\\0AO=b\\1B[31m\\u202e\\, é");
  });

  it("bounds the length of a name", () => {
    assert.equal(parseCertificate(odd({ commonName: "x".repeat(20_000) })).subject.length, 1_001);
  });

  it("reads a negative and a very long serial number", () => {
    assert.equal(parseCertificate(odd({ serial: Buffer.from([0xfb]) })).serialNumber, "-05");
    assert.equal(parseCertificate(odd({ serial: Buffer.alloc(300, 0x11) })).serialNumber, "11".repeat(300));
  });

  it("reads the last date there is", () => {
    assert.equal(parseCertificate(odd({ notAfter: time("99991231235959Z") })).notAfter, "9999-12-31T23:59:59.000Z");
  });

  for (const bad of ["991331000000Z", "hello", ""]) {
    it(`throws ERR_CERTIFICATE_PARSE for the date ${JSON.stringify(bad)}`, () => {
      assert.throws(() => parseCertificate(odd({ notAfter: time(bad) })), { code: "ERR_CERTIFICATE_PARSE" });
    });
  }

  it("turns a date with a time zone into UTC", () => {
    assert.equal(parseCertificate(odd({ notAfter: time("20300101000000+0200") })).notAfter, "2029-12-31T22:00:00.000Z");
  });

  it("does not take PEM text inside the DER for the certificate", async () => {
    const inner = (await makeCertificate()).certificatePem;
    const outer = odd({ commonName: `\n${inner}` });
    // The trap: node:crypto itself falls for it.
    const trapped = new X509Certificate(Buffer.from(outer.replace(/-----.*-----/g, ""), "base64"));
    assert.equal(trapped.subject, "CN=kms-client");
    assert.throws(() => parseCertificate(outer), { code: "ERR_CERTIFICATE_PARSE" });
  });

  it("throws ERR_CERTIFICATE_PARSE without a cause for what is no certificate", () => {
    const error = captured(() => parseCertificate(armour("CERTIFICATE", Buffer.from("30023000", "hex"))));
    assert.equal((error as { code?: string }).code, "ERR_CERTIFICATE_PARSE");
    assert.equal(error.cause, undefined);
  });

  it("parses the same text once, and does not grow without bound", async () => {
    const { certificatePem } = await makeCertificate();
    const first = parseCertificate(certificatePem);
    assert.equal(parseCertificate(certificatePem), first);
    for (let index = 0; index < 256; index += 1) parseCertificate(`${index}\n${certificatePem}`);
    assert.notEqual(parseCertificate(certificatePem), first);
  });
});

describe("parseServerCertificate", () => {
  it("gives the same facts for a chain with CRLF and text as for the leaf alone", async () => {
    const ca = await makeCa();
    const { certificatePem, fingerprint } = await makeCertificate({ ca });
    const sent = `subject=x\r\n${certificatePem.replaceAll("\n", "\r\n")}${ca.certificatePem.trimEnd()}`;
    const info = parseServerCertificate(sent);
    assert.equal(info.sha256Fingerprint, fingerprint);
    assert.equal(info.pem, certificatePem);
  });

  it("drops bytes after the DER", async () => {
    const { der, fingerprint } = await makeCertificate();
    const sent = armour("CERTIFICATE", Buffer.concat([der, Buffer.from([0, 0])]));
    assert.equal(parseServerCertificate(sent).sha256Fingerprint, fingerprint);
  });
});

describe("parseCertificateTime", () => {
  const years: readonly (readonly [string, string])[] = [
    ["Jan  1 00:00:00 0049 GMT", "0049-01-01T00:00:00.000Z"],
    ["Feb 29 23:59:59 2028 GMT", "2028-02-29T23:59:59.000Z"],
    ["Dec 31 23:59:59 1950 GMT", "1950-12-31T23:59:59.000Z"],
  ];
  for (const [printed, iso] of years) {
    it(`reads ${printed}`, () => {
      assert.equal(new Date(parseCertificateTime(printed)).toISOString(), iso);
    });
  }
});

function captured(action: () => unknown): Error {
  try {
    action();
  } catch (error) {
    assert.ok(error instanceof Error);
    return error;
  }
  return assert.fail("nothing was thrown");
}
