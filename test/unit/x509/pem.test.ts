// SPDX-License-Identifier: Apache-2.0
// Every text a user can give by mistake: what is accepted, what is refused, and that the refusal says what to do.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { isCodedError } from "../../../provider/src/core/coded-error";
import type { CodedError } from "../../../provider/src/core/coded-error";
import { parseCertificates } from "../../../provider/src/x509/certificate";
import { readContents } from "../../../provider/src/x509/contents";
import { firstCertificateDer, toPem } from "../../../provider/src/x509/pem";
import { decodePemBody } from "../../../provider/src/x509/pem-blocks";
import { parsePrivateKey } from "../../../provider/src/x509/private-key";
import type { PairKind } from "../../../provider/src/x509/pem-refusal";
import { algorithm, armour, der, oid } from "../../fixtures/certificates/odd";

const bytes = Buffer.from(Array.from({ length: 100 }, (_, index) => index * 7));
const certificate = armour("CERTIFICATE", bytes);
const key = armour("PRIVATE KEY", bytes);
const utf16 = Buffer.from(`\ufeff${certificate}`, "utf16le").toString("utf8");

function refusalOf(text: unknown, expected: PairKind = "certificate"): CodedError {
  try {
    if (expected === "certificate") parseCertificates(text as string);
    else parsePrivateKey(text as string);
  } catch (error) {
    assert.ok(isCodedError(error, "ERR_PEM_INVALID"), String(error));
    assert.equal(error.details["expected"], expected);
    assert.ok(error.remedy !== undefined && error.remedy !== "" && !error.remedy.endsWith("."));
    return error;
  }
  return assert.fail("the text was accepted");
}

/** The bytes of the one block of this kind. */
function read(text: string, expected: PairKind): Buffer {
  const { certificates, privateKeys } = readContents(text, expected);
  if (expected === "certificate") {
    assert.equal(certificates.length, 1);
    return certificates[0] ?? assert.fail();
  }
  const [key] = privateKeys;
  assert.ok(privateKeys.length === 1 && key !== undefined && "block" in key);
  return decodePemBody(key.block, expected);
}

describe("a text is accepted:", () => {
  const accepted: readonly (readonly [string, PairKind, string])[] = [
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
    ["text after the block", "certificate", `${certificate}junk\n# more`],
    ["text after a key", "private key", `${key}junk`],
    ["text before a key, as openssl pkcs12 writes it", "private key", `Bag Attributes\n    friendlyName: x\n${key}`],
    ["a byte order mark", "certificate", `\ufeff${certificate}`],
    ["a byte order mark read as Latin-1", "private key", `\u00ef\u00bb\u00bf${key}`],
    ["UTF-16 that was read as UTF-8", "certificate", utf16],
    ["NUL bytes at the end", "private key", `${key}\0\0`],
    ["Ctrl-Z at the end", "certificate", `${certificate}\u001a`],
    ["base64 of a PEM", "private key", Buffer.from(key).toString("base64").replace(/.{76}/g, "$&\r\n")],
    ["a certificate beside a key", "private key", certificate + key],
    ["EC PARAMETERS before a key", "private key", armour("EC PARAMETERS", bytes) + key],
    [
      "EC PARAMETERS and a request beside a certificate",
      "certificate",
      armour("CERTIFICATE REQUEST", bytes) + certificate + armour("EC PARAMETERS", bytes),
    ],
    ["a key with CRLF", "private key", key.replaceAll("\n", "\r\n")],
    ["blank lines before a key", "private key", `\n\n${key}`],
    ["escaped line ends", "certificate", certificate.replaceAll("\n", "\\n")],
    ["escaped CRLF line ends in quotes, as in an .env file", "private key", `KEY="${key.replaceAll("\n", "\\r\\n")}"`],
    ["line ends that were escaped twice", "private key", key.replaceAll("\n", "\\\\n")],
    ["line ends that became blanks", "private key", key.replaceAll("\n", " ")],
    ["no line ends at all", "certificate", certificate.replaceAll("\n", "")],
    ["quotes around it", "certificate", `"${certificate}"`],
  ];
  for (const [name, kind, text] of accepted) {
    it(name, () => {
      assert.deepEqual(read(text, kind), bytes);
    });
  }
});

describe("a text is refused:", () => {
  const pkcs7 = der(0x30, oid("1.2.840.113549.1.7.2"), der(0xa0, der(0x30)));
  const sealed = der(0x30, algorithm("1.2.840.113549.1.5.13"), der(4, bytes));
  const encryptedPkcs1 = key
    .replaceAll("PRIVATE KEY", "RSA PRIVATE KEY")
    .replace("KEY-----\n", "KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\n");
  const refused: readonly (readonly [string, PairKind, unknown, RegExp, RegExp])[] = [
    ["a number", "certificate", 7, /not a text/, /string/],
    ["undefined", "private key", undefined, /not a text/, /string/],
    ["an empty text", "certificate", "", /is empty/, /PEM/],
    ["white space", "private key", " \r\n\t", /is empty/, /PEM/],
    ["a path", "certificate", "./certs/client.pem", /no BEGIN line/, /or its path as `certificateFile`/],
    ["more than 64 KiB", "certificate", `${"x".repeat(65_536)}\n${certificate}`, /limit of 64 KiB/, /alone/],
    ["more than 64 KiB of UTF-8", "certificate", `${"é".repeat(33_000)}\n${certificate}`, /limit of 64 KiB/, /alone/],
    ["a binary certificate", "certificate", `0\ufffd\u0003${"a".repeat(40)}`, /binary/, /path as `certificateFile`/],
    ["a binary key", "private key", `0\ufffd\0${"a".repeat(40)}`, /binary/, /path as `privateKeyFile`/],
    ["base64 of a text", "certificate", Buffer.from("some text ".repeat(9)).toString("base64"), /no BEGIN/, /the file/],
    ["JSON", "private key", JSON.stringify({ data: { private_key: key } }), /JSON.*Vault/, /data\.private_key' > FILE/],
    ["two keys", "private key", key + key, /2 keys/, /only the key/],
    ["a key in place of a certificate", "certificate", key, /a private key/, /`privateKey`/],
    ["a key after the certificate", "certificate", certificate + key, /also holds a private key/, /`privateKey`/],
    ["a key before the certificate", "certificate", key + certificate, /also holds a private key/, /`privateKey`/],
    ["a certificate in place of a key", "private key", certificate, /is a certificate/, /private key that belongs/],
    ["EC PARAMETERS alone", "private key", armour("EC PARAMETERS", bytes), /parameters without a key/, /private key/],
    [
      "an encrypted PKCS#8 key",
      "private key",
      armour("ENCRYPTED PRIVATE KEY", sealed),
      /encrypted/,
      /`passphraseFile`/,
    ],
    ["an encrypted PKCS#1 key", "private key", encryptedPkcs1, /encrypted/, /`passphraseFile`/],
    ["PKCS#7 as a certificate", "certificate", armour("CERTIFICATE", pkcs7), /PKCS#7.*label/, /openssl pkcs7 -in/],
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
    ["an HTML page", "certificate", "<!DOCTYPE html><title>Login</title>", /HTML page/, /the file itself/],
    [
      "a file without PEM",
      "private key",
      Buffer.from(`tls.key: ${Buffer.from(key).toString("base64")}`),
      /no BEGIN line/,
      /the right file/,
    ],
    ["JSON without PEM", "private key", JSON.stringify({ kty: "RSA", d: "AAAA" }), /JSON/, /PEM text that is in it/],
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

describe("PEM as a property", () => {
  const someBytes = fc.uint8Array({ minLength: 1, maxLength: 3_000 });

  it("comes back from its own canonical form", () => {
    fc.assert(
      fc.property(someBytes, (content) => {
        const pem = toPem("PRIVATE KEY", Buffer.from(content));
        assert.equal(pem, armour("PRIVATE KEY", content));
        assert.deepEqual(read(pem, "private key"), Buffer.from(content));
      }),
    );
  });

  it("gives the same bytes for any line ends, wrapping and white space", () => {
    const wrapping = fc.record({
      content: someBytes,
      columns: fc.integer({ min: 1, max: 5_000 }),
      lineEnd: fc.constantFrom("\n", "\r\n", "\r", "\n\n", " \n", "\n\t"),
      end: fc.constantFrom("", "\n", "\r\n \t\n"),
    });
    fc.assert(
      fc.property(wrapping, ({ content, columns, lineEnd, end }) => {
        const base64 = Buffer.from(content).toString("base64");
        const body: string[] = [];
        for (let at = 0; at < base64.length; at += columns) body.push(base64.slice(at, at + columns));
        const text = (label: string): string =>
          [`-----BEGIN ${label}-----`, ...body, `-----END ${label}-----`].join(lineEnd) + end;
        assert.deepEqual(read(text("PRIVATE KEY"), "private key"), Buffer.from(content));
        assert.deepEqual(firstCertificateDer(text("CERTIFICATE")), Buffer.from(content));
      }),
    );
  });
});
