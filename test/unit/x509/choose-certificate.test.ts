// SPDX-License-Identifier: Apache-2.0
// Which of several certificates is the client's.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isCodedError } from "../../../provider/src/core/coded-error";
import { parseCertificate } from "../../../provider/src/x509/certificate";
import type { CertificateInfo } from "../../../provider/src/x509/certificate";
import { chooseCertificate } from "../../../provider/src/x509/choose-certificate";
import { parsePrivateKey } from "../../../provider/src/x509/private-key";
import { makeCa, makeCertificate } from "../../fixtures/certificates/make";
import { makeOddCertificate } from "../../fixtures/certificates/odd";

async function scene() {
  const authority = await makeCa({ subject: "CN=Root" });
  const one = await makeCertificate({ ca: authority, subject: "CN=one", serialNumber: "01" });
  const two = await makeCertificate({ ca: authority, subject: "CN=two", serialNumber: "02" });
  return {
    root: parseCertificate(authority.certificatePem),
    one: parseCertificate(one.certificatePem),
    two: parseCertificate(two.certificatePem),
    keyOfTwo: parsePrivateKey(two.privateKeyPem),
    authority,
  };
}

function refusal(choose: () => unknown): { message: string; violations: unknown; remedy: string } {
  try {
    choose();
  } catch (error) {
    assert.ok(isCodedError(error, "ERR_CERTIFICATE_INVALID"), String(error));
    return { message: error.message, violations: error.details["violations"], remedy: error.remedy ?? "" };
  }
  return assert.fail("a certificate was chosen");
}

const subjects = (all: readonly CertificateInfo[]): string[] => all.map(({ subject }) => subject);

describe("chooseCertificate", () => {
  it("takes the one that fits the key, whatever their order, and names what is left out", async () => {
    const { root, one, two, keyOfTwo } = await scene();
    for (const all of [
      [one, two, root],
      [root, two, one],
    ]) {
      const { leaf, leftOut } = chooseCertificate(all, keyOfTwo);
      assert.equal(leaf, two);
      assert.deepEqual(
        leftOut,
        all.filter((each) => each !== two),
      );
    }
  });

  it("takes the only one that is no CA if there is no key, and the same one twice as one", async () => {
    const { root, one } = await scene();
    const { leaf, leftOut } = chooseCertificate([root, one, root, one]);
    assert.deepEqual([leaf.subject, subjects(leftOut)], ["CN=one", ["CN=Root"]]);
  });

  it("takes a single one whatever it is: the rules and the comparison with the key say more", async () => {
    const { root, one, keyOfTwo } = await scene();
    assert.equal(chooseCertificate([root]).leaf, root);
    assert.deepEqual(chooseCertificate([one], keyOfTwo), { leaf: one, leftOut: [] });
  });

  it("takes an issuer for a CA though it does not say so", async () => {
    const { authority, one } = await scene();
    // The DER of another certificate, which has no basicConstraints: the issuer is known by its name and key alone.
    const silent = { ...parseCertificate(authority.certificatePem), der: makeOddCertificate() };
    assert.equal(chooseCertificate([silent, one]).leaf, one);
  });

  it("names the candidates if none or several fit", async () => {
    const { root, one, two, keyOfTwo } = await scene();
    const none = refusal(() => chooseCertificate([root, one], keyOfTwo));
    assert.match(
      none.message,
      /^none of the 2 certificates belongs to the private key: CN=Root \(.*\); CN=one \(serial number 01\)$/,
    );
    assert.deepEqual(none.violations, ["key-mismatch"]);
    const several = refusal(() => chooseCertificate([root, one, two]));
    assert.match(
      several.message,
      /^2 certificates could be the client's: CN=one \(serial number 01\); CN=two \(serial number 02\)$/,
    );
    assert.match(several.remedy, /also the private key/);
    const sub = parseCertificate((await makeCa({ subject: "CN=Sub" })).certificatePem);
    const cas = refusal(() => chooseCertificate([root, sub]));
    assert.match(cas.message, /^all 2 certificates are CA certificates/);
  });

  it("refuses two certificates for one key, as after a renewal", async () => {
    const { one, two, keyOfTwo } = await scene();
    const renewed = { ...two, sha256Fingerprint: "other" };
    assert.match(
      refusal(() => chooseCertificate([one, two, renewed], keyOfTwo)).message,
      /^2 certificates belong to the private key/,
    );
  });

  it("names five at most", async () => {
    const { one } = await scene();
    const many = Array.from({ length: 9 }, (_, index) => ({ ...one, sha256Fingerprint: String(index) }));
    assert.match(refusal(() => chooseCertificate(many)).message, /; and 4 more$/);
  });
});
