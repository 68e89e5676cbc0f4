// SPDX-License-Identifier: Apache-2.0
// Every rule with a certificate that breaks it and, by the good certificate, one that does not.

import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { describe, it } from "node:test";
import { parseCertificate } from "../../../provider/src/x509/certificate";
import { checkCertificateRules } from "../../../provider/src/x509/rules";
import type { CertificateRuleOptions, Finding } from "../../../provider/src/x509/rules";
import { makeCa, makeCertificate } from "../../fixtures/certificates/make";
import type { CertificateRequest } from "../../fixtures/certificates/make";
import { algorithm, armour, der, extension, makeOddCertificate, oid, time } from "../../fixtures/certificates/odd";
import type { OddCertificateRequest } from "../../fixtures/certificates/odd";
import { namesOf, NOW_MS, OPTIONS, VALID } from "./rule-options";

/** Node 26 has it, Node 20 has 3.0. */
const IS_OPENSSL_3_5 = Number.parseFloat(process.versions.openssl) >= 3.5;
async function findingsOf(
  request: CertificateRequest,
  options: Partial<CertificateRuleOptions> = {},
): Promise<Finding[]> {
  const ca = request.ca ?? (await makeCa());
  const { certificatePem } = await makeCertificate({ ca, ...VALID, ...request });
  return checkCertificateRules(parseCertificate(certificatePem), { ...OPTIONS, ...options });
}

function oddFindings(request: OddCertificateRequest): Finding[] {
  const certificate = parseCertificate(armour("CERTIFICATE", makeOddCertificate(request)));
  // All hand-made ones are valid for long, and most have no extendedKeyUsage.
  return checkCertificateRules(certificate, OPTIONS).filter(
    ({ rule, level }) => rule !== "long-validity" && !(rule === "extended-key-usage" && level === "warning"),
  );
}

describe("checkCertificateRules", () => {
  it("says nothing about a good certificate", async () => {
    for (const keyType of ["rsa-3072", "p256", "p384", "p521"] as const) {
      assert.deepEqual(await findingsOf({ keyType }), []);
    }
    assert.deepEqual(oddFindings({}), []);
  });

  const made: readonly (readonly [string, CertificateRequest, string, RegExp])[] = [
    ["RSA 1024", { keyType: "rsa-1024" }, "error rsa-bits", /has 1024 bits.*2048 to 16384/],
    ["RSA 2048", { keyType: "rsa-2048" }, "warning rsa-bits", /has 2048 bits.*use 3072/],
    ["RSA with the exponent 3", { keyType: "rsa-3072", rsaExponent: 3 }, "warning rsa-exponent", /is 3;.*65537/],
    ["Ed25519", { keyType: "ed25519" }, "error key-type", /\(ed25519\).*use RSA/],
    ["no extendedKeyUsage", { eku: [] }, "warning extended-key-usage", /no extendedKeyUsage.*PyKMIP/],
    ["any purpose", { eku: ["any"] }, "warning extended-key-usage", /anyExtendedKeyUsage.*OpenSSL/],
    ["keyAgreement only", { keyUsage: ["keyAgreement"] }, "warning key-usage", /some key servers/],
    ["serverAuth only", { eku: ["serverAuth"] }, "error extended-key-usage", /serverAuth only.*private CA/],
    ["a foreign purpose", { eku: ["1.2.3.4"] }, "error extended-key-usage", /lacks clientAuth .*\(1\.2\.3\.4\)/],
    [
      "keyUsage without digitalSignature",
      { keyUsage: ["keyEncipherment"] },
      "error key-usage",
      /lacks digitalSignature/,
    ],
    ["CA:true", { isCa: true }, "warning ca-certificate", /CA:true/],
    ["a signature with SHA-1", { signatureHash: "SHA-1" }, "error signature-hash", /SHA-1 \(ecdsa-with-SHA1\)/],
  ];
  for (const [name, request, expected, message] of made) {
    it(`finds "${expected}" for ${name}`, async () => {
      const findings = await findingsOf(request);
      assert.deepEqual(namesOf(findings), [expected]);
      assert.match(findings[0]?.message ?? "", message);
    });
  }

  it("says nothing about the size of a key that the hosts have made, unless vSphere refuses it", async () => {
    for (const [keyType, expected] of [
      ["rsa-2048", []],
      ["rsa-1024", ["error rsa-bits"]],
    ] as const) {
      assert.deepEqual(namesOf(await findingsOf({ keyType }, { isHostsKey: true })), expected);
    }
  });

  it("accepts clientAuth beside other purposes, and no keyUsage at all", async () => {
    for (const eku of [
      ["clientAuth", "serverAuth"],
      ["any", "clientAuth"],
    ]) {
      assert.deepEqual(await findingsOf({ eku }), []);
    }
    assert.deepEqual(await findingsOf({ keyUsage: [] }), []);
    assert.deepEqual(await findingsOf({ keyUsage: ["digitalSignature", "keyEncipherment"] }), []);
  });

  it("tells a self-signed certificate, with or without keyCertSign", async () => {
    for (const keyUsage of [["digitalSignature"], ["digitalSignature", "keyCertSign"]] as const) {
      const { certificatePem } = await makeCertificate({ ...VALID, keyUsage });
      const certificate = parseCertificate(certificatePem);
      assert.deepEqual(namesOf(checkCertificateRules(certificate, OPTIONS)), ["info self-signed"]);
      assert.deepEqual(checkCertificateRules(certificate, { ...OPTIONS, alreadyInState: true }), []);
    }
  });

  it("does not take equal names for self-signed", async () => {
    const ca = await makeCa({ subject: "CN=same" });
    assert.deepEqual(await findingsOf({ ca, subject: "CN=same" }), []);
  });

  const sha1 = der(0xa0, algorithm("1.3.14.3.2.26"));
  const sha256 = der(0xa0, algorithm("2.16.840.1.101.3.4.2.1"));
  const pss = "1.2.840.113549.1.1.10";
  const critical = (dotted: string): Buffer => der(0x30, oid(dotted), der(1, Buffer.from([0xff])), der(4, der(5)));
  const twice = extension("2.5.29.15", der(3, Buffer.from([7, 0x80])));
  const written: readonly (readonly [string, OddCertificateRequest, readonly string[]])[] = [
    ["version 1", { version: 1 }, ["error version"]],
    ["version 2", { version: 2 }, ["error version"]],
    ["MD5", { algorithm: algorithm("1.2.840.113549.1.1.4") }, ["error signature-hash"]],
    ["MD2", { algorithm: algorithm("1.2.840.113549.1.1.2") }, ["error signature-hash"]],
    ["SHA-1 with RSA", { algorithm: algorithm("1.2.840.113549.1.1.5") }, ["error signature-hash"]],
    ["PSS with SHA-256", { algorithm: algorithm(pss, der(0x30, sha256)) }, ["warning signature-pss"]],
    [
      "PSS with SHA-1",
      { algorithm: algorithm(pss, der(0x30, sha1)) },
      ["error signature-hash", "warning signature-pss"],
    ],
    [
      "PSS with its default, SHA-1",
      { algorithm: algorithm(pss, der(0x30)) },
      ["error signature-hash", "warning signature-pss"],
    ],
    ["an unknown signature algorithm", { algorithm: algorithm("1.2.3.4") }, []],
    ["two signature algorithms", { innerAlgorithm: algorithm("1.2.840.113549.1.1.4") }, ["error structure"]],
    ["an extension twice", { extensions: [twice, twice] }, ["error structure"]],
    ["CA:false", { extensions: [extension("2.5.29.19", der(0x30, der(1, Buffer.from([0]))))] }, []],
    ["an unreadable basicConstraints", { extensions: [extension("2.5.29.19", Buffer.from([9]))] }, ["error structure"]],
    ["an empty keyUsage", { extensions: [extension("2.5.29.15", der(3, Buffer.from([0])))] }, ["error key-usage"]],
    ["a date with a fraction", { notAfter: time("20400101000000.5Z") }, ["error date-form"]],
    ["a date with a time zone", { notAfter: time("20400101000000+0200") }, ["error date-form"]],
    ["a critical extension that nobody knows", { extensions: [critical("1.2.3.4")] }, ["warning critical-extension"]],
    ["a critical name constraint", { extensions: [critical("2.5.29.30")] }, []],
    ["an unknown extension that is not critical", { extensions: [extension("1.2.3.4", der(5))] }, []],
    ["an unreadable keyUsage", { extensions: [extension("2.5.29.15", Buffer.from([9]))] }, ["error structure"]],
    [
      "an unreadable extendedKeyUsage",
      { extensions: [extension("2.5.29.37", Buffer.from([9]))] },
      ["error extended-key-usage"],
    ],
    ["an empty extendedKeyUsage", { extensions: [extension("2.5.29.37", der(0x30))] }, ["error extended-key-usage"]],
    ["secp256k1", { publicKey: generateKeyPairSync("ec", { namedCurve: "secp256k1" }).publicKey }, ["error ec-curve"]],
    [
      "an explicit curve",
      { publicKey: generateKeyPairSync("ec", { namedCurve: "P-256", paramEncoding: "explicit" }).publicKey },
      ["error ec-explicit-curve"],
    ],
    [
      "an RSA-PSS key",
      { publicKey: generateKeyPairSync("rsa-pss", { modulusLength: 2048 }).publicKey },
      ["error key-type"],
    ],
    [
      "a DSA key",
      { publicKey: generateKeyPairSync("dsa", { modulusLength: 1024, divisorLength: 160 }).publicKey },
      ["error key-type"],
    ],
    ["RSA above 16384", { publicKeyInfo: rsaKeyInfo(16_392, Buffer.from([1, 0, 1])) }, ["error rsa-bits"]],
    ["an even RSA exponent", { publicKeyInfo: rsaKeyInfo(3_072, Buffer.from([1, 0, 2])) }, ["warning rsa-exponent"]],
    ["a vast even RSA exponent", { publicKeyInfo: rsaKeyInfo(3_072, Buffer.alloc(100, 2)) }, ["warning rsa-exponent"]],
  ];
  for (const [name, request, expected] of written) {
    it(`finds ${JSON.stringify(expected)} for ${name}`, () => {
      assert.deepEqual(namesOf(oddFindings(request)), expected);
    });
  }

  it("finds error date-form for a date without seconds, which OpenSSL 3.5 no longer reads", () => {
    const find = (): string[] => namesOf(oddFindings({ notBefore: time("2001010000Z") }));
    if (IS_OPENSSL_3_5) assert.throws(find, { code: "ERR_CERTIFICATE_PARSE" });
    else assert.deepEqual(find(), ["error date-form"]);
  });

  it("only warns about a certificate that is already the state's", async () => {
    const bad: CertificateRequest = {
      keyType: "rsa-1024",
      eku: ["serverAuth"],
      keyUsage: ["keyEncipherment"],
      signatureHash: "SHA-1",
      notAfter: new Date(NOW_MS - 1_000),
    };
    const strict = await findingsOf(bad);
    assert.deepEqual(namesOf(strict), [
      "error expired",
      "error rsa-bits",
      "error signature-hash",
      "error key-usage",
      "error extended-key-usage",
    ]);
    const soft = await findingsOf(bad, { alreadyInState: true });
    assert.deepEqual(
      soft,
      strict.map((each) => ({ ...each, level: "warning" })),
    );
  });
});

function rsaKeyInfo(bits: number, exponent: Buffer): Buffer {
  const modulus = Buffer.concat([Buffer.from([0]), Buffer.alloc(bits / 8, 0xff)]);
  const key = der(0x30, der(2, modulus), der(2, exponent));
  return der(0x30, der(0x30, oid("1.2.840.113549.1.1.1"), der(5)), der(3, Buffer.concat([Buffer.from([0]), key])));
}
