// SPDX-License-Identifier: Apache-2.0
// Every text a user can give by mistake: what is accepted, what is refused, and that the refusal says what to do.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { isCodedError } from "../../../provider/src/core/coded-error";
import type { CodedError } from "../../../provider/src/core/coded-error";
import { parseFirstCertificate, parseSinglePem } from "../../../provider/src/x509/pem";
import type { PemKind } from "../../../provider/src/x509/pem-refusal";
import { armour } from "../../fixtures/certificates/odd";

const bytes = Buffer.from(Array.from({ length: 100 }, (_, index) => index * 7));
const certificate = armour("CERTIFICATE", bytes);
const key = armour("PRIVATE KEY", bytes);

function refusalOf(text: unknown, expected: PemKind = "certificate"): CodedError {
  try {
    parseSinglePem(text as string, expected);
  } catch (error) {
    assert.ok(isCodedError(error, "ERR_PEM_INVALID"), String(error));
    assert.equal(error.details["expected"], expected);
    assert.ok(error.remedy !== undefined && error.remedy !== "" && !error.remedy.endsWith("."));
    return error;
  }
  return assert.fail("the text was accepted");
}

describe("parseSinglePem accepts", () => {
  const accepted: readonly (readonly [string, PemKind, string])[] = [
    ["canonical PEM", "certificate", certificate],
    ["CRLF line ends", "certificate", certificate.replaceAll("\n", "\r\n")],
    ["CR line ends", "certificate", certificate.replaceAll("\n", "\r")],
    ["no final line end", "certificate", certificate.trimEnd()],
    ["white space around every line", "certificate", certificate.replace(/^(.*)$/gm, " \t$1\t ")],
    [
      "text before a certificate, as openssl x509 -text writes it",
      "certificate",
      `Certificate:\n  Data:\n${certificate}`,
    ],
    ["blank lines after the block", "certificate", `${certificate}\n \r\n\t\n`],
    ["the old label X509 CERTIFICATE", "certificate", armour("X509 CERTIFICATE", bytes)],
    ["PKCS#8", "private key", key],
    ["a key with CRLF", "private key", key.replaceAll("\n", "\r\n")],
    ["blank lines before a key", "private key", `\n\n${key}`],
  ];
  for (const [name, kind, text] of accepted) {
    it(name, () => {
      const parsed = parseSinglePem(text, kind);
      assert.deepEqual(parsed.der, bytes);
      assert.equal(parsed.pem, kind === "certificate" ? certificate : key);
      assert.equal(parsed.label, kind === "certificate" ? "CERTIFICATE" : "PRIVATE KEY");
    });
  }

  it("EC PARAMETERS before an EC PRIVATE KEY, and drops them", () => {
    const ecKey = armour("EC PRIVATE KEY", bytes);
    const parsed = parseSinglePem(armour("EC PARAMETERS", Buffer.from([6, 1, 1])) + ecKey, "private key");
    assert.equal(parsed.pem, ecKey);
  });

  it("keeps the label of a PKCS#1 key", () => {
    assert.equal(parseSinglePem(armour("RSA PRIVATE KEY", bytes), "private key").label, "RSA PRIVATE KEY");
  });
});

describe("parseSinglePem refuses", () => {
  const encryptedPkcs1 = key
    .replaceAll("PRIVATE KEY", "RSA PRIVATE KEY")
    .replace("KEY-----\n", "KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\n");
  const utf16 = Buffer.from(`\ufeff${certificate}`, "utf16le").toString("utf8");
  const refused: readonly (readonly [string, PemKind, unknown, RegExp, RegExp])[] = [
    ["a number", "certificate", 7, /not a text/, /string/],
    ["undefined", "private key", undefined, /not a text/, /string/],
    ["an empty text", "certificate", "", /is empty/, /PEM/],
    ["white space", "private key", " \r\n\t", /is empty/, /PEM/],
    ["a path", "certificate", "./certs/client.pem", /no BEGIN line/, /not its path/],
    ["more than 64 KiB", "certificate", `${"x".repeat(65_536)}\n${certificate}`, /64 KiB/, /one PEM block/],
    ["more than 64 KiB of UTF-8", "certificate", `${"é".repeat(33_000)}\n${certificate}`, /64 KiB/, /one PEM block/],
    ["a byte order mark", "certificate", `\ufeff${certificate}`, /byte order mark/, /without BOM/],
    ["a byte order mark read as Latin-1", "private key", `\u00ef\u00bb\u00bf${key}`, /byte order mark/, /without BOM/],
    ["UTF-16", "certificate", utf16, /UTF-16/, /UTF-8/],
    ["NUL bytes", "certificate", `\0${certificate}`, /NUL/, /plain text/],
    ["a DER certificate", "certificate", `0\ufffd\u0003${"a".repeat(40)}`, /DER/, /openssl x509 -inform DER/],
    ["a DER key", "private key", `0\ufffd\0${"a".repeat(40)}`, /DER/, /openssl pkey -inform DER/],
    [
      "a certificate as bare base64",
      "certificate",
      `MIIB${"A".repeat(96)}`,
      /without BEGIN/,
      /base64 -d FILE \| openssl x509/,
    ],
    [
      "a key as bare base64",
      "private key",
      `MIIB${"A\n".repeat(96)}`,
      /without BEGIN/,
      /base64 -d FILE \| openssl pkey/,
    ],
    ["two certificates", "certificate", certificate + certificate, /chain of 2 certificates/, /only the leaf/],
    ["two keys", "private key", key + key, /2 keys/, /only the key/],
    ["text after the block", "certificate", `${certificate}junk`, /after the END/, /remove/],
    ["text after a key", "private key", `${key}junk`, /after the END/, /remove/],
    ["text before a key", "private key", `Bag Attributes\n${key}`, /text before/, /openssl pkey/],
    ["a key in place of a certificate", "certificate", key, /a private key/, /`privateKey`/],
    ["a key after the certificate", "certificate", certificate + key, /also holds a private key/, /`privateKey`/],
    ["a key before the certificate", "certificate", key + certificate, /also holds a private key/, /`privateKey`/],
    ["a certificate in place of a key", "private key", certificate, /is a certificate/, /private key that belongs/],
    ["a certificate beside a key", "private key", certificate + key, /other PEM blocks/, /one block/],
    ["EC PARAMETERS alone", "private key", armour("EC PARAMETERS", bytes), /parameters without a key/, /private key/],
    [
      "EC PARAMETERS before a PKCS#8 key",
      "private key",
      armour("EC PARAMETERS", bytes) + key,
      /other PEM/,
      /one block/,
    ],
    [
      "an encrypted PKCS#8 key",
      "private key",
      armour("ENCRYPTED PRIVATE KEY", bytes),
      /encrypted/,
      /openssl pkey -in .* -out/,
    ],
    ["an encrypted PKCS#1 key", "private key", encryptedPkcs1, /encrypted/, /openssl pkey -in .* -out/],
    ["RFC 1421 headers", "certificate", certificate.replace("ATE-----\n", "ATE-----\nX: y\n\n"), /RFC 1421/, /colon/],
    ["PKCS#7", "certificate", armour("PKCS7", bytes), /PKCS#7/, /openssl pkcs7/],
    ["a request", "certificate", armour("CERTIFICATE REQUEST", bytes), /signing request/, /the CA issued/],
    [
      "a request of the old kind",
      "certificate",
      armour("NEW CERTIFICATE REQUEST", bytes),
      /signing request/,
      /the CA issued/,
    ],
    ["a trusted certificate", "certificate", armour("TRUSTED CERTIFICATE", bytes), /OpenSSL's own/, /openssl x509/],
    ["a revocation list", "certificate", armour("X509 CRL", bytes), /revocation list/, /the certificate itself/],
    ["a public key", "certificate", armour("PUBLIC KEY", bytes), /a public key/, /certificate/],
    ["a public key in place of a key", "private key", armour("PUBLIC KEY", bytes), /a public key/, /private half/],
    ["an OpenSSH key", "private key", armour("OPENSSH PRIVATE KEY", bytes), /OpenSSH/, /ssh-keygen/],
    ["a DSA key", "private key", armour("DSA PRIVATE KEY", bytes), /DSA/, /RSA/],
    ["an unknown label", "certificate", armour("SECRET WORD", bytes), /unknown kind/, /certificate itself/],
    ["escaped line ends", "certificate", certificate.replaceAll("\n", "\\n"), /\\ and n/, /readFileSync/],
    ["lost line ends", "private key", key.replaceAll("\n", " "), /lost its line ends/, /readFileSync/],
    [
      "a BEGIN line with too few dashes",
      "certificate",
      certificate.replace("CERTIFICATE-----\n", "CERTIFICATE---\n"),
      /damaged BEGIN/,
      /as it was written/,
    ],
    ["no END line", "certificate", certificate.replace(/-----END.*\n/, ""), /cut off/, /whole block/],
    ["another END line", "certificate", certificate.replace("END CERT", "END X509 CERT"), /END line/, /whole block/],
    [
      "a second BEGIN inside",
      "certificate",
      certificate.replace(/-----END.*\n/, "") + certificate,
      /inside another/,
      /whole block/,
    ],
    ["an END line first", "certificate", `-----END CERTIFICATE-----\n${certificate}`, /END line/, /whole block/],
    [
      "an empty block",
      "certificate",
      "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
      /empty PEM block/,
      /whole file/,
    ],
    ["a character that is not base64", "certificate", certificate.replace("AAcO", "*AcO"), /not base64/, /copy/],
    ["base64 of a wrong length", "certificate", certificate.replace("AAcO", "AcO"), /not base64/, /copy/],
    [
      "padding in the middle",
      "certificate",
      armour("CERTIFICATE", Buffer.alloc(7)).replace("A==", "A==AAAA"),
      /not base64/,
      /copy/,
    ],
    [
      "stray bits after the last byte",
      "certificate",
      armour("CERTIFICATE", Buffer.alloc(7)).replace("A==", "B=="),
      /not base64/,
      /copy/,
    ],
  ];
  for (const [name, kind, text, message, remedy] of refused) {
    it(name, () => {
      const error = refusalOf(text, kind);
      assert.match(error.message, message);
      assert.match(error.remedy ?? "", remedy);
    });
  }

  it("names a known label in the details, and no other text of the input anywhere", () => {
    assert.equal(refusalOf(armour("PKCS7", bytes)).details["block"], "PKCS7");
    const unknown = refusalOf(armour("SECRET WORD", bytes));
    assert.equal(unknown.details["block"], undefined);
    assert.doesNotMatch(`${unknown.message}${unknown.remedy ?? ""}${unknown.stack ?? ""}`, /SECRET/);
  });
});

describe("parseFirstCertificate", () => {
  const other = armour("CERTIFICATE", Buffer.from("another"));
  const accepted: readonly (readonly [string, string])[] = [
    ["canonical PEM", certificate],
    ["CRLF", certificate.replaceAll("\n", "\r\n")],
    ["a chain, of which the leaf comes first", certificate + other],
    ["text on both sides", `subject=CN=x\n${certificate}trailer`],
    ["no final line end", certificate.trimEnd()],
    ["line ends turned into spaces", certificate.replaceAll("\n", " ")],
    ["a byte order mark", `\ufeff${certificate}`],
  ];
  for (const [name, text] of accepted) {
    it(`reads ${name}`, () => {
      assert.equal(parseFirstCertificate(text).pem, certificate);
    });
  }
  for (const text of [
    "",
    "HTML",
    key,
    certificate.slice(0, 60),
    "-----BEGIN CERTIFICATE-----*-----END CERTIFICATE-----",
  ]) {
    it(`throws ERR_PEM_INVALID for ${JSON.stringify(text.slice(0, 30))}`, () => {
      assert.throws(() => parseFirstCertificate(text), { code: "ERR_PEM_INVALID" });
    });
  }
});

describe("PEM as a property", () => {
  const someBytes = fc.uint8Array({ minLength: 1, maxLength: 3_000 });

  it("comes back from its own canonical form", () => {
    fc.assert(
      fc.property(someBytes, (der) => {
        const parsed = parseSinglePem(armour("CERTIFICATE", der), "certificate");
        assert.deepEqual(parsed.der, Buffer.from(der));
        assert.equal(parsed.pem, armour("CERTIFICATE", der));
        assert.deepEqual(parseSinglePem(parsed.pem, "certificate"), parsed);
      }),
    );
  });

  it("gives the same bytes for any line ends, wrapping and white space", () => {
    const wrapping = fc.record({
      der: someBytes,
      columns: fc.integer({ min: 1, max: 5_000 }),
      lineEnd: fc.constantFrom("\n", "\r\n", "\r", "\n\n", " \n", "\n\t"),
      end: fc.constantFrom("", "\n", "\r\n \t\n"),
    });
    fc.assert(
      fc.property(wrapping, ({ der, columns, lineEnd, end }) => {
        const base64 = Buffer.from(der).toString("base64");
        const body: string[] = [];
        for (let at = 0; at < base64.length; at += columns) body.push(base64.slice(at, at + columns));
        const text = ["-----BEGIN CERTIFICATE-----", ...body, "-----END CERTIFICATE-----"].join(lineEnd) + end;
        assert.equal(parseSinglePem(text, "certificate").pem, armour("CERTIFICATE", der));
        assert.equal(parseFirstCertificate(text).pem, armour("CERTIFICATE", der));
      }),
    );
  });
});
