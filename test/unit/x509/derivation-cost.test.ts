// SPDX-License-Identifier: Apache-2.0
// A file may ask for any number of rounds of key derivation, which nothing can interrupt: too many are refused at once.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseCertificates } from "../../../provider/src/x509/certificate";
import { parsePrivateKey } from "../../../provider/src/x509/private-key";
import { der, oid } from "../../fixtures/certificates/odd";
import { encrypted, makePair, PASSPHRASE, secretPkcs12 } from "./pair-files";

const REFUSED = { code: "ERR_PEM_INVALID", message: /rounds of key derivation/ };
const isQuick = (work: () => void): void => {
  const startedMs = performance.now();
  work();
  assert.ok(performance.now() - startedMs < 5_000);
};

/** 70,000 rounds become 8,388,607, in as many bytes: OpenSSL would work for minutes to write such a file. */
const secretWithManyRounds = (options: string): Buffer =>
  Buffer.from(secretPkcs12(` -iter 70000${options}`).toString("hex").replaceAll("0203011170", "02037fffff"), "hex");

describe("a file that asks for very many rounds", () => {
  it("is refused if it is a PKCS#12, of either kind of encryption", async () => {
    await makePair("p256");
    for (const options of [
      "",
      " -nomac",
      " -nomac -certpbe NONE",
      " -nomac -keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES",
    ]) {
      const file = secretWithManyRounds(options);
      isQuick(() => {
        assert.throws(() => parseCertificates(file, PASSPHRASE), REFUSED, options);
        assert.throws(() => parsePrivateKey(file, PASSPHRASE), REFUSED, options);
      });
    }
  });

  it("is refused if it is an encrypted key", () => {
    const rounds = der(2, Buffer.from((30_000_000).toString(16).padStart(8, "0"), "hex"));
    const pbkdf2 = der(0x30, oid("1.2.840.113549.1.5.12"), der(0x30, der(4, Buffer.alloc(8)), rounds));
    const aes = der(0x30, oid("2.16.840.1.101.3.4.1.42"), der(4, Buffer.alloc(16)));
    const pbes2 = der(0x30, oid("1.2.840.113549.1.5.13"), der(0x30, pbkdf2, aes));
    const file = der(0x30, pbes2, der(4, Buffer.alloc(160)));
    isQuick(() => {
      assert.throws(() => parsePrivateKey(file, PASSPHRASE), REFUSED);
    });
  });

  it("is taken with as many as careful people ask for", async () => {
    const { key } = await makePair("p256");
    assert.equal(parsePrivateKey(secretPkcs12(" -iter 600000"), PASSPHRASE).pem, key);
    assert.equal(parsePrivateKey(encrypted("-iter 600000"), PASSPHRASE).pem, key);
  });
});
