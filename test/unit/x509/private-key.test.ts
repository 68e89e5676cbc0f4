// SPDX-License-Identifier: Apache-2.0
// Which keys are read, which are refused, and that no refusal repeats a part of the key.

import assert from "node:assert/strict";
import { createPrivateKey, createPublicKey, generateKeyPairSync } from "node:crypto";
import { describe, it } from "node:test";
import { isCodedError } from "../../../provider/src/core/coded-error";
import { parseCertificate } from "../../../provider/src/x509/certificate";
import { parsePrivateKey, privateKeyMatches, privateKeyWorks } from "../../../provider/src/x509/private-key";
import { makeCa, makeCertificate } from "../../fixtures/certificates/make";
import type { KeyType } from "../../fixtures/certificates/make";
import { armour, der } from "../../fixtures/certificates/odd";
import { assertQuotesNothing, textOf, windowsOf } from "./key-windows";

describe("parsePrivateKey", () => {
  const keyTypes: readonly KeyType[] = ["rsa-2048", "rsa-3072", "p256", "p384", "p521"];
  for (const keyType of keyTypes) {
    it(`reads ${keyType} in every encoding, and it matches and works`, async () => {
      const made = await makeCertificate({ ca: await makeCa(), keyType });
      const certificate = parseCertificate(made.certificatePem);
      const encodings = [made.privateKeyPem, made.pkcs1Pem, made.sec1Pem].filter((pem) => pem !== undefined);
      assert.equal(encodings.length, 2);
      for (const text of encodings) {
        const key = parsePrivateKey(text.replaceAll("\n", "\r\n"));
        assert.ok(privateKeyMatches(certificate, key));
        assert.ok(privateKeyWorks(certificate, key));
        // Whatever was given, PKCS#8 as Node writes it is sent.
        assert.equal(key.pem, made.privateKeyPem);
        assert.ok(createPublicKey(key.keyObject).equals(createPublicKey(createPrivateKey(text))));
      }
    });
  }

  it("tells another key of the same kind, and one of another kind, apart", async () => {
    const certificate = parseCertificate((await makeCertificate({ keyType: "rsa-2048" })).certificatePem);
    for (const request of [{ keyType: "rsa-2048", freshKey: true }, { keyType: "p256" }] as const) {
      const other = parsePrivateKey((await makeCertificate(request)).privateKeyPem);
      assert.equal(privateKeyMatches(certificate, other), false);
      assert.equal(privateKeyWorks(certificate, other), false);
    }
  });

  it("reads an EC key whose public point was left out", async () => {
    const made = await makeCertificate({ keyType: "p256" });
    const { d, ...publicPart } = createPrivateKey(made.privateKeyPem).export({ format: "jwk" });
    assert.ok(d !== undefined && publicPart.crv === "P-256");
    const inner = Buffer.concat([Buffer.from("30250201010420", "hex"), Buffer.from(d, "base64url")]);
    const head = Buffer.from("3041020100301306072a8648ce3d020106082a8648ce3d0301070427", "hex");
    const key = parsePrivateKey(armour("PRIVATE KEY", Buffer.concat([head, inner])));
    assert.ok(privateKeyMatches(parseCertificate(made.certificatePem), key));
  });

  it("does not work where the public numbers are right and the private ones damaged", async () => {
    const made = await makeCertificate({ keyType: "p256" });
    const bytes = createPrivateKey(made.privateKeyPem).export({ type: "pkcs8", format: "der" });
    // The scalar is 32 bytes from offset 36; its public point follows, untouched.
    bytes[40] = (bytes[40] ?? 0) ^ 1;
    const damaged = armour("PRIVATE KEY", bytes);
    if (Number.parseFloat(process.versions.openssl) >= 3.5) {
      // It compares both itself.
      assert.throws(() => parsePrivateKey(damaged), { code: "ERR_CERTIFICATE_PARSE" });
      return;
    }
    const key = parsePrivateKey(damaged);
    const certificate = parseCertificate(made.certificatePem);
    assert.ok(privateKeyMatches(certificate, key));
    assert.equal(privateKeyWorks(certificate, key), false);
  });

  const pkcs8 = { type: "pkcs8", format: "pem" } as const;
  const unsupported: readonly (readonly [string, () => string, RegExp])[] = [
    ["Ed25519", () => generateKeyPairSync("ed25519").privateKey.export(pkcs8).toString(), /Ed25519/],
    ["X25519", () => generateKeyPairSync("x25519").privateKey.export(pkcs8).toString(), /X25519/],
    [
      "RSA-PSS",
      () => generateKeyPairSync("rsa-pss", { modulusLength: 1024 }).privateKey.export(pkcs8).toString(),
      /RSASSA-PSS/,
    ],
    [
      "DSA",
      () => generateKeyPairSync("dsa", { modulusLength: 1024, divisorLength: 160 }).privateKey.export(pkcs8).toString(),
      /DSA/,
    ],
    [
      "secp256k1 in PKCS#8",
      () => generateKeyPairSync("ec", { namedCurve: "secp256k1" }).privateKey.export(pkcs8).toString(),
      /another curve/,
    ],
    [
      "secp256k1 in SEC1",
      () =>
        generateKeyPairSync("ec", { namedCurve: "secp256k1" })
          .privateKey.export({ type: "sec1", format: "pem" })
          .toString(),
      /another curve/,
    ],
    [
      "secp256k1 spelled out",
      () =>
        generateKeyPairSync("ec", { namedCurve: "secp256k1", paramEncoding: "explicit" })
          .privateKey.export(pkcs8)
          .toString(),
      /another curve/,
    ],
  ];
  for (const [name, make, message] of unsupported) {
    it(`refuses ${name}, saying what to use`, () => {
      const text = make();
      assert.throws(
        () => parsePrivateKey(text),
        (error: unknown) => {
          assert.ok(isCodedError(error, "ERR_CERTIFICATE_PARSE"));
          assert.match(error.message, message);
          assert.match(error.remedy ?? "", /RSA key of 2048/);
          assertQuotesNothing(error, windowsOf(text));
          return true;
        },
      );
    });
  }

  it("names the curve of a key that spells it out, which Java and Go cannot read", () => {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256", paramEncoding: "explicit" });
    const named = createPrivateKey({ key: privateKey.export({ format: "jwk" }), format: "jwk" })
      .export(pkcs8)
      .toString();
    for (const type of ["pkcs8", "sec1"] as const) {
      const text = privateKey.export({ type, format: "pem" }).toString();
      assert.ok(text.length > 400, "the key names its curve already");
      assert.equal(parsePrivateKey(text).pem, named);
    }
  });

  it("reads PKCS#8 version 2, with its public key, and sends version 1", () => {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const version1 = privateKey.export({ type: "pkcs8", format: "der" });
    const point = version1.subarray(-65);
    // SEQUENCE { version 1 instead of 0, what was there, [1] public key } (RFC 5958).
    const body = [der(2, Buffer.from([1])), version1.subarray(6), der(0x81, Buffer.from([0]), point)];
    const version2 = der(0x30, ...body);
    assert.equal(parsePrivateKey(armour("PRIVATE KEY", version2)).pem, privateKey.export(pkcs8).toString());
  });

  const mislabelled = [
    ["PKCS#8", "RSA PRIVATE KEY", "rsa", "pkcs8"],
    ["PKCS#8", "EC PRIVATE KEY", "ec", "pkcs8"],
    ["PKCS#1", "PRIVATE KEY", "rsa", "pkcs1"],
    ["SEC1", "PRIVATE KEY", "ec", "sec1"],
  ] as const;
  for (const [form, label, kind, type] of mislabelled) {
    it(`reads ${form} under BEGIN ${label}`, () => {
      const { privateKey } =
        kind === "rsa"
          ? generateKeyPairSync("rsa", { modulusLength: 2048 })
          : generateKeyPairSync("ec", { namedCurve: "P-384" });
      const bytes = privateKey.export({ type: type as "pkcs8", format: "der" });
      assert.equal(parsePrivateKey(armour(label, bytes)).pem, privateKey.export(pkcs8).toString());
    });
  }

  it("never sends bytes after the DER", async () => {
    const made = await makeCertificate({ keyType: "p256" });
    const bytes = createPrivateKey(made.privateKeyPem).export({ type: "pkcs8", format: "der" });
    const key = parsePrivateKey(armour("PRIVATE KEY", Buffer.concat([bytes, Buffer.from("x")])));
    assert.equal(key.pem, made.privateKeyPem);
  });

  it("decrypts a key, whether its label says so or not, and tells a missing passphrase from a wrong one", () => {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const cipher = { cipher: "aes-256-cbc", passphrase: "pass" };
    const encrypted = privateKey.export({ ...pkcs8, ...cipher }).toString();
    const headers = privateKey.export({ type: "pkcs1", format: "pem", ...cipher }).toString();
    for (const text of [encrypted, encrypted.replaceAll("ENCRYPTED ", ""), headers]) {
      assert.equal(parsePrivateKey(text, "pass").pem, privateKey.export(pkcs8).toString());
      for (const [passphrase, told] of [
        [undefined, "missing"],
        ["wrong", "wrong"],
        ["", "wrong"],
        ["long".repeat(1_000), "wrong"],
      ] as const) {
        assert.throws(
          () => parsePrivateKey(text, passphrase),
          (error: unknown) => {
            assert.ok(isCodedError(error, "ERR_PEM_INVALID"), textOf(error));
            assert.equal(error.details["passphrase"], told);
            assertQuotesNothing(error, windowsOf(text));
            return true;
          },
        );
      }
    }
  });
});
