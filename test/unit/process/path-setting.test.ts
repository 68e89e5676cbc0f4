// SPDX-License-Identifier: Apache-2.0
// A key or a password given where a path belongs: refused, never repeated. And paths stay paths.

import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { isCodedError } from "../../../provider/src/core/coded-error";
import { assertPath, contentInPlaceOfPath } from "../../../provider/src/process/path-setting";
import { makeCertificate } from "../../fixtures/certificates/make";
import type { MadeCertificate } from "../../fixtures/certificates/make";

describe("a setting that names a file", () => {
  let ec: MadeCertificate;
  let rsa: MadeCertificate;
  let ed: MadeCertificate;

  before(async () => {
    [ec, rsa, ed] = await Promise.all([
      makeCertificate(),
      makeCertificate({ keyType: "rsa-2048" }),
      makeCertificate({ keyType: "ed25519" }),
    ]);
  });

  const der = (pem: string): Buffer => Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ""), "base64");

  it("is refused without being repeated if it holds a key in any of its forms", () => {
    for (const pem of [ec.privateKeyPem, ec.sec1Pem, rsa.privateKeyPem, rsa.pkcs1Pem, ed.privateKeyPem]) {
      assert.ok(pem !== undefined);
      const bytes = der(pem);
      for (const [form, value] of [
        ["PEM", pem],
        ["PEM in one line", pem.replaceAll("\n", " ")],
        ["PEM with escaped line ends", pem.replaceAll("\n", "\\n")],
        ["PEM without its BEGIN line", pem.replace(/^.*\n/, "")],
        ["base64 of the PEM", Buffer.from(pem).toString("base64")],
        ["base64 of the DER", bytes.toString("base64")],
        ["base64url", bytes.toString("base64url")],
        ["base64 with a line end", `${bytes.toString("base64")}\n`],
        ["wrapped base64", bytes.toString("base64").replace(/.{1,64}/g, "$&\n")],
        ["hex", bytes.toString("hex")],
        ["upper-case hex", bytes.toString("hex").toUpperCase()],
        ["hex with 0x", `0x${bytes.toString("hex")}`],
        ["hex with colons", bytes.toString("hex").replace(/..(?!$)/g, "$&:")],
        ["hex with \\x", bytes.toString("hex").replace(/../g, "\\x$&")],
        ["binary", bytes.toString("utf8")],
        ["a data URI", `data:application/x-pem-file;base64,${bytes.toString("base64")}`],
        ["a data URI, percent-escaped", `data:,${encodeURIComponent(pem)}`],
        ["decimal bytes", JSON.stringify([...bytes])],
        ["signed decimal bytes", [...new Int8Array(bytes)].join(" ")],
        ["bytes with 0x", [...bytes].map((byte) => `0x${byte.toString(16)}`).join(", ")],
        ["a JSON web key", JSON.stringify({ kty: "RSA", d: bytes.toString("base64url") })],
      ] as const) {
        if (form === "PEM without its BEGIN line" && pem === ed.privateKeyPem) continue;
        assert.throws(
          () => {
            assertPath(value, "privateKeyFile", "privateKey", "ERR_INPUT_INVALID");
          },
          (error) => {
            assert.ok(isCodedError(error, "ERR_INPUT_INVALID"), form);
            assert.equal(error.remedy, "give the path in privateKeyFile; for the text use privateKey");
            const said = JSON.stringify([error.message, error.details, error.stack]);
            for (let at = 0; at + 12 <= value.length; at += 12) {
              const piece = value.slice(at, at + 12);
              if (/^[A-Za-z0-9+/=]+$/.test(piece)) assert.ok(!said.includes(piece), `${form}: ${piece}`);
            }
            return true;
          },
          `${form} of ${pem.slice(0, 30)}`,
        );
      }
    }
  });

  it("is taken for a path if it is one, however it looks", () => {
    for (const path of [
      "key.pem",
      "/etc/ssl/private/kms.key",
      "C:\\keys\\kms.key",
      "keys/ΚΛΕΙΔΙ.pem",
      "/run/secrets/key with blanks",
      "./key.pem\n",
      `/${"directory/".repeat(40)}key.pem`,
      `/${"directory/".repeat(40)}key`,
      "deadbeef",
      "a".repeat(64),
      "keys/2026-01-02 10 30 00 1 2 3 4 5/kms.key",
      "[keys]/kms.key",
      "data/kms.key",
      "data:disk/kms.key",
      "{stack}/kms.key",
      "MIIEvQ",
      "/proc/self/fd/3",
      "-",
      "",
    ]) {
      assert.equal(contentInPlaceOfPath(path), undefined, path);
    }
  });
});
