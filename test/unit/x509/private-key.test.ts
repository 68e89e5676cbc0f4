// SPDX-License-Identifier: Apache-2.0
// Which keys are read, which are refused, and that no refusal repeats a part of the key. Other forms: input-forms.test.ts; a
// damaged key: row 34 of the fault matrix.

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

  for (const [curve, length] of [
    ["06082a8648ce3d030107", 33],
    ["06052b81040023", 67],
  ] as const) {
    // Node 20 and 22 end the process if they are asked for details of such a key.
    it(`refuses an EC key of ${length} bytes, which are too many for its curve`, () => {
      const number = der(4, Buffer.alloc(length, 1));
      const key = der(0x30, Buffer.from("020101", "hex"), number, der(0xa0, Buffer.from(curve, "hex")));
      assert.throws(
        () => parsePrivateKey(armour("EC PRIVATE KEY", key)),
        (error: unknown) => isCodedError(error, "ERR_CERTIFICATE_PARSE") && /is damaged/.test(error.message),
      );
    });
  }

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
