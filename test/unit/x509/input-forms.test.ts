// SPDX-License-Identifier: Apache-2.0
// Every form in which people have a certificate and its key: what is read from the file, or what the refusal says. The
// command in a refusal is run, and its result must be accepted. What would be sent is given to the readers of other TLS libraries.

import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { isCodedError } from "../../../provider/src/core/coded-error";
import { parseCertificates } from "../../../provider/src/x509/certificate";
import { chooseCertificate } from "../../../provider/src/x509/choose-certificate";
import { parsePrivateKey } from "../../../provider/src/x509/private-key";
import { FORMS } from "./input-forms";
import type { Form } from "./input-forms";
import { bareBase64, bench, derOf, encrypted, makePair, PASSPHRASE, secretPkcs12 } from "./pair-files";
import type { Pair } from "./pair-files";
import { SentPairs } from "./sent-pairs";

/** Runs the action; a refusal's message is compared, its command run, and what that made given to the action again. */
function assertOutcome(form: Form, input: Buffer, expected: true | RegExp, read: (input: Buffer) => void): void {
  try {
    read(input);
  } catch (error) {
    assert.ok(isCodedError(error), String(error));
    assert.ok(expected !== true, `${error.message} (${error.code})`);
    assert.match(error.message, expected);
    const remedy = error.remedy ?? assert.fail("no remedy");
    const command = /`((?:openssl|node|base64) [^`]*)`/.exec(remedy)?.[1];
    if (command === undefined || form.passphrase === "wrong") return;
    bench.write("given", input);
    const passphrase = /openssl pk(?:ey|cs12)/.test(command) ? ` -passin pass:${PASSPHRASE}` : "";
    bench.shell(command.replaceAll("FILE", "given") + passphrase);
    read(bench.read(command.includes("decrypted") ? "given.decrypted" : "given.pem"));
    return;
  }
  assert.equal(expected, true, "it was accepted");
}

const sent = new SentPairs(bench);

for (const keyType of ["rsa-2048", "p256"] as const) {
  describe(`a file with a ${keyType} pair`, () => {
    let pair: Pair;
    before(async () => {
      pair = await makePair(keyType);
    });

    for (const form of FORMS.filter((each) => each.keyType === undefined || each.keyType === keyType)) {
      it(`${form.name}: certificate ${String(form.certificate)}, key ${String(form.key)}`, () => {
        const input = Buffer.from(form.make(pair));
        assertOutcome(form, input, form.certificate, (bytes) => {
          const { certificates } = parseCertificates(bytes, form.passphrase);
          const { leaf } = chooseCertificate(certificates);
          sent.add(form.name, leaf.pem, pair.key);
          assert.equal(leaf.pem, pair.leaf);
          assert.equal(chooseCertificate(certificates, parsePrivateKey(pair.key)).leaf.pem, pair.leaf);
        });
        assertOutcome(form, input, form.key, (bytes) => {
          const { pem } = parsePrivateKey(bytes, form.passphrase);
          sent.add(form.name, pair.leaf, pem);
          assert.equal(pem, pair.key);
        });
      });
    }
  });
}

describe("of all these files", () => {
  sent.declareReaders();
});

describe("a text as input", () => {
  it("takes what a file may be, but for binary", async () => {
    const { leaf, ca, key } = await makePair("p256");
    for (const text of [`\ufeff${ca}${leaf}`, bareBase64(leaf), Buffer.from(leaf).toString("base64")]) {
      assert.equal(chooseCertificate(parseCertificates(text).certificates).leaf.pem, leaf);
    }
    assert.equal(parsePrivateKey(encrypted("").toString(), PASSPHRASE).pem, key);
    assert.equal(parsePrivateKey(secretPkcs12().toString("base64"), PASSPHRASE).pem, key);
    assert.throws(() => parseCertificates(derOf(leaf).toString()), { message: /binary/ });
  });

  it("refuses a private key beside the certificate, because the text is stored in clear", async () => {
    const { leaf, key } = await makePair("p256");
    for (const text of [key + leaf, leaf + key, key, secretPkcs12().toString("base64")]) {
      assert.throws(() => parseCertificates(text, PASSPHRASE), { code: "ERR_PEM_INVALID", message: /private key/ });
    }
    assert.equal(parseCertificates(Buffer.from(key + leaf)).hasPrivateKey, true);
    assert.equal(parseCertificates(Buffer.from(leaf)).hasPrivateKey, false);
  });

  it("opens a PKCS#12 without its passphrase never, though it has been opened with it", async () => {
    const { leaf } = await makePair("p256");
    const command = `pkcs12 -export -nokeys -in leaf.crt -passout pass:${PASSPHRASE} -out out.p12`;
    const text = bench.openssl(command, "out.p12").toString("base64");
    assert.equal(parseCertificates(text, PASSPHRASE).certificates[0]?.pem, leaf);
    assert.throws(() => parseCertificates(text), { message: /needs a passphrase/ });
    assert.throws(() => parseCertificates(text, "wrong"), { message: /passphrase/ });
  });
});
