// SPDX-License-Identifier: Apache-2.0
// A file may ask for any number of rounds of key derivation, which nothing can interrupt: too many are refused at once.

import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { parseCertificates } from "../../../provider/src/x509/certificate";
import { parsePrivateKey } from "../../../provider/src/x509/private-key";
import { bench, encrypted, makePair, PASSPHRASE, secretPkcs12 } from "./pair-files";

after(() => {
  bench.remove();
});

const REFUSED = { code: "ERR_PEM_INVALID", message: /rounds of key derivation/ };
const isQuick = (work: () => void): void => {
  const startedMs = performance.now();
  work();
  assert.ok(performance.now() - startedMs < 5_000);
};

/** OpenSSL would work for minutes to write such a file. */
const withRounds = (file: Buffer, from: string, to: string): Buffer =>
  Buffer.from(file.toString("hex").replaceAll(from, to), "hex");

describe("a file that asks for very many rounds", () => {
  it("is refused if it is a PKCS#12, of either kind of encryption", async () => {
    await makePair("p256");
    for (const options of ["", " -nomac", " -nomac -certpbe NONE"]) {
      const file = withRounds(secretPkcs12(` -iter 600000${options}`), "02030927c0", "02037fffff");
      isQuick(() => {
        assert.throws(() => parseCertificates(file, PASSPHRASE), REFUSED, options);
        assert.throws(() => parsePrivateKey(file, PASSPHRASE), REFUSED, options);
      });
    }
    const legacy = withRounds(
      secretPkcs12(" -iter 600000 -nomac -keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES"),
      "02030927c0",
      "02037fffff",
    );
    isQuick(() => {
      assert.throws(() => parsePrivateKey(legacy, PASSPHRASE), REFUSED);
    });
  });

  it("is refused if it is an encrypted key", async () => {
    await makePair("p256");
    const file = withRounds(encrypted("-iter 8388608 -outform DER"), "020400800000", "02047fffffff");
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
