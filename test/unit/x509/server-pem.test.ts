// SPDX-License-Identifier: Apache-2.0
// The first certificate or signing request in what a server sent.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { firstCertificateDer, toPem } from "../../../provider/src/x509/pem";
import { parseServerSigningRequest } from "../../../provider/src/x509/signing-request";
import { armour } from "../../fixtures/certificates/odd";

const bytes = Buffer.from(Array.from({ length: 100 }, (_, index) => index * 7));
const certificate = armour("CERTIFICATE", bytes);
const key = armour("PRIVATE KEY", bytes);

describe("firstCertificateDer", () => {
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
      assert.equal(toPem("CERTIFICATE", firstCertificateDer(text)), certificate);
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
      assert.throws(() => firstCertificateDer(text), { code: "ERR_PEM_INVALID" });
    });
  }
});

describe("parseServerSigningRequest", () => {
  const damaged: readonly (readonly [string, string])[] = [
    ["no request", "HTML"],
    ["no base64", "-----BEGIN CERTIFICATE REQUEST-----*-----END CERTIFICATE REQUEST-----"],
    ["another structure", armour("CERTIFICATE REQUEST", bytes)],
    ["a subject and a key that are none", armour("CERTIFICATE REQUEST", Buffer.from("3009300702010030003000", "hex"))],
  ];
  for (const [name, text] of damaged) {
    it(`speaks of the signing request, not of a certificate: ${name}`, () => {
      assert.throws(() => parseServerSigningRequest(text), /^CodedError: the signing request is/);
    });
  }
});
