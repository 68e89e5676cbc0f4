// SPDX-License-Identifier: Apache-2.0
// Every form in which people have a certificate and its key: what is read from the file, or what the refusal says. The
// command in a refusal is run, and its result must be accepted.

import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { isCodedError } from "../../../provider/src/core/coded-error";
import { parseCertificates } from "../../../provider/src/x509/certificate";
import { chooseCertificate } from "../../../provider/src/x509/choose-certificate";
import { parsePrivateKey } from "../../../provider/src/x509/private-key";
import { FORMS } from "./input-forms";
import type { Form } from "./input-forms";
import { bareBase64, bench, derOf, encrypted, makePair, PASSPHRASE, secretPkcs12 } from "./pair-files";

after(() => {
  bench.remove();
});

/** Runs the action; a refusal's message is compared, its command run, and what that made given to the action again. */
function assertOutcome(form: Form, input: Buffer, expected: true | RegExp, read: (input: Buffer) => void): void {
  try {
    read(input);
  } catch (error) {
    assert.ok(isCodedError(error), String(error));
    assert.ok(expected !== true, `${error.message} (${error.code})`);
    assert.match(error.message, expected);
    const remedy = error.remedy ?? assert.fail("no remedy");
    const command = /`((?:openssl|node) [^`]*)`/.exec(remedy)?.[1];
    if (command === undefined || form.passphrase === "wrong") return;
    bench.write("given", input);
    const passphrase = /openssl pk(?:ey|cs12)/.test(command) ? ` -passin pass:${PASSPHRASE}` : "";
    bench.shell(command.replaceAll("FILE", "given") + passphrase);
    read(bench.read(command.includes("decrypted") ? "given.decrypted" : "given.pem"));
    return;
  }
  assert.equal(expected, true, "it was accepted");
}

for (const keyType of ["rsa-2048", "p256"] as const) {
  describe(`a file with a ${keyType} pair`, () => {
    for (const form of FORMS) {
      it(`${form.name}: certificate ${String(form.certificate)}, key ${String(form.key)}`, async () => {
        const pair = await makePair(keyType);
        const made = form.make(pair);
        const input = Buffer.from(made);
        assertOutcome(form, input, form.certificate, (bytes) => {
          const { certificates } = parseCertificates(bytes, form.passphrase);
          assert.equal(chooseCertificate(certificates).leaf.pem, pair.leaf);
          assert.equal(chooseCertificate(certificates, parsePrivateKey(pair.key)).leaf.pem, pair.leaf);
        });
        assertOutcome(form, input, form.key, (bytes) => {
          assert.equal(parsePrivateKey(bytes, form.passphrase).pem, pair.key);
        });
      });
    }
  });
}

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
});
