// SPDX-License-Identifier: Apache-2.0
// Secrets on their way out: a key counts as shown when 16 characters of it in a row are, in any of its encodings.

import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { describe, it } from "node:test";
import fc from "fast-check";
import { Redactor } from "../../../provider/src/core/redact";

/** Written out, so that a wider window in the code is seen. */
const SECRET_WINDOW = 16;

const { privateKey } = generateKeyPairSync("ec", {
  namedCurve: "P-256",
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});
const base64 = privateKey.replace(/-----[A-Z ]+-----|\s/g, "");
const der = Buffer.from(base64, "base64");

/** The forms in which a key may come back: as it was sent, unwrapped, as hex, JSON-escaped, with CRLF. */
const forms: Readonly<Record<string, string>> = {
  pem: privateKey,
  crlf: privateKey.replaceAll("\n", "\r\n"),
  base64,
  hex: der.toString("hex"),
  HEX: der.toString("hex").toUpperCase(),
  json: JSON.stringify(privateKey),
  lines: privateKey.split("\n").slice(1, -2).join(" "),
  "base64 of something larger, by one byte": Buffer.concat([Buffer.from("x"), der]).toString("base64"),
  "base64 of something larger, by two bytes": Buffer.concat([Buffer.from("xy"), der]).toString("base64"),
  "base64 of the PEM": Buffer.from(privateKey).toString("base64"),
  "hex of the PEM": Buffer.from(privateKey).toString("hex"),
  "hex with colons": der.toString("hex").replace(/..(?!$)/g, "$&:"),
  "base64 in short lines": base64.replace(/.{10}/g, "$&\n"),
  "base64 in short escaped lines": base64.replace(/.{10}/g, "$&\\u000a"),
  base64url: der.toString("base64url"),
  "percent-escaped base64": encodeURIComponent(privateKey),
  "HTML-escaped base64": privateKey.replaceAll("+", "&#43;").replaceAll("/", "&#x2F;").replaceAll("=", "&equals;"),
  "base64 that was percent-escaped twice": encodeURIComponent(encodeURIComponent(privateKey)),
  "base64 with JSON-escaped slashes": base64.replaceAll("/", "\\/").replaceAll("+", "\\u002b"),
  "hex with 0x": Array.from(der, (byte) => `0x${byte.toString(16).padStart(2, "0")}`).join(", "),
  "hex with \\x": Array.from(der, (byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join(""),
  "percent-escaped bytes": Array.from(der, (byte) => `%${byte.toString(16).padStart(2, "0")}`).join(""),
  "decimal bytes": JSON.stringify([...der]),
  "signed decimal bytes": `[${[...new Int8Array(der)].join(", ")}]`,
};

const ENTITIES: readonly (readonly [RegExp, string])[] = [
  [/%25(?=[0-9A-F]{2})/g, "%"],
  [/%2B|&#43;|\\u002b/g, "+"],
  [/%2F|&#x2F;|\\\//g, "/"],
  [/%3D|&equals;/g, "="],
  [/%0A|\\+(?:[rn]|u000[ad])|[\s:]/g, ""],
  [/-/g, "+"],
  [/_/g, "/"],
];

/** The text as base64, as hex, and as hex of its decimal bytes: whatever a reader could make of it. */
function readings(text: string): string[] {
  const decimals = text.match(/-?\d+/g) ?? [];
  return [
    ENTITIES.reduce((folded, [pattern, character]) => folded.replace(pattern, character), text),
    text.replace(/0x|\\x|%|[\s,:]/g, ""),
    Buffer.from(decimals.map(Number)).toString("hex"),
  ];
}

const shownForms = [der, Buffer.from(privateKey.trim())].flatMap((bytes) => [
  ...[0, 1, 2].map((skip) => bytes.subarray(skip).toString("base64")),
  bytes.toString("hex"),
  bytes.toString("hex").toUpperCase(),
]);

/** The 16-character windows of a text that are also windows of the key. */
function windowsShown(text: string): string[] {
  const shown: string[] = [];
  const read = readings(text);
  for (const secret of shownForms) {
    for (let i = 0; i + SECRET_WINDOW <= secret.length; i += 1) {
      const window = secret.slice(i, i + SECRET_WINDOW);
      if (read.some((reading) => reading.includes(window))) shown.push(window);
    }
  }
  return shown;
}

function redactorOfKey(): Redactor {
  const redactor = new Redactor();
  redactor.addPem(privateKey);
  return redactor;
}

describe("the redactor", () => {
  for (const [name, form] of Object.entries(forms)) {
    it(`leaves no 16 characters in a row of a key that comes back as ${name}, wherever it is cut`, () => {
      const redactor = redactorOfKey();
      fc.assert(
        fc.property(
          fc.string({ maxLength: 40 }),
          fc.nat(form.length),
          fc.nat(form.length),
          fc.string({ maxLength: 40 }),
          (before, from, length, after) => {
            const text = redactor.redact(before + form.slice(from, from + length) + after);
            assert.deepEqual(windowsShown(text), []);
          },
        ),
        { numRuns: 150 },
      );
    });
  }

  for (const stray of ["%", "\\x"]) {
    it(`takes a stray ${stray} before a key for no part of it`, () => {
      const digits = /[0-9a-f]{2}/i.exec(base64)?.index ?? -1;
      const text = `${stray}${base64.slice(digits, digits + 10)}\\u000a${base64.slice(digits + 10, digits + 16)}`;
      assert.deepEqual(windowsShown(redactorOfKey().redact(text)), []);
    });
  }

  const fixedBytes = Buffer.from("t3ekrNw5+x7Lh2ZpVdY0u8Sb", "base64");
  const beside: Readonly<Record<string, string>> = {
    "an escape of its first character": `\\${fixedBytes.toString("base64").slice(0, 16)}`,
    "an escape of its first two": `\\u00${fixedBytes.toString("base64").slice(1, 17)}`,
    "a fraction of its first byte": `0.${fixedBytes.subarray(0, 8).join(", ")}`,
    "a fraction of its last byte": `${fixedBytes.subarray(0, 8).join(", ")}.5`,
  };
  for (const [what, text] of Object.entries(beside)) {
    it(`finds a key if the text beside it makes ${what}`, () => {
      const redactor = new Redactor();
      redactor.addPem(`-----BEGIN PRIVATE KEY-----\n${fixedBytes.toString("base64")}\n-----END PRIVATE KEY-----\n`);
      assert.match(redactor.redact(text), /\[redacted\]/);
    });
  }

  it("leaves nothing of a key that is pieced together with other text between the pieces", () => {
    const redactor = redactorOfKey();
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(base64.length), fc.nat(60), fc.string({ maxLength: 5 })), { maxLength: 8 }),
        (pieces) => {
          const text = pieces.map(([from, length, between]) => base64.slice(from, from + length) + between).join("");
          assert.deepEqual(windowsShown(redactor.redact(text)), []);
        },
      ),
      { numRuns: 200 },
    );
  });

  it("leaves innocent text as it is", () => {
    const redactor = redactorOfKey();
    redactor.addText("s3cret-password", "admin");
    fc.assert(
      fc.property(fc.lorem({ maxCount: 30 }), (text) => {
        assert.equal(redactor.redact(text), text);
      }),
    );
  });

  it("keeps the text around a secret", () => {
    const redactor = redactorOfKey();
    assert.equal(redactor.redact(`bad key ${base64}, sorry`), "bad key [redacted], sorry");
  });

  it("removes any private key in PEM, even one that nobody has told it of, even one that is cut", () => {
    const redactor = new Redactor();
    assert.equal(redactor.redact(`x ${privateKey.trim()} y`), "x [redacted] y");
    assert.equal(redactor.redact(`x ${privateKey.slice(0, 90)}`), "x [redacted]");
    const certificate = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----";
    assert.equal(redactor.redact(certificate), certificate);
  });

  const begin = "-----BEGIN PRIVATE KEY-----";
  const end = "-----END PRIVATE KEY-----";
  const mentions = [
    `privateKey has no ${begin} line. Give the whole text of the file`,
    `give everything from ${begin} to ${end}, with both lines`,
    begin,
    `a text with ${begin} twice, ${begin} and no end`,
  ];
  for (const text of mentions) {
    it(`leaves a bare mention as it is: ${text}`, () => {
      assert.equal(redactorOfKey().redact(text), text);
    });
  }

  it("removes the key behind a mention, and keeps the text behind the key", () => {
    const redactor = new Redactor();
    assert.equal(
      redactor.redact(`no ${begin}? ${privateKey.trim()} Please retry`),
      `no ${begin}? [redacted] Please retry`,
    );
    assert.equal(redactor.redact(`${privateKey.slice(0, 93)}\nPlease retry`), "[redacted]Please retry");
    const headers = "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\n";
    assert.equal(redactor.redact(`x ${begin}\n${headers}${base64.slice(0, 64)}`), "x [redacted]");
  });

  it("takes no long time for any text", () => {
    const redactor = redactorOfKey();
    redactor.addText("pass");
    const hostile = [
      begin,
      `${begin} `,
      "A".repeat(20),
      `${begin}${"A".repeat(20)} `,
      "1, ",
      `${begin}Proc-Type: a\n`,
      "%",
      "&",
    ];
    for (const piece of hostile) {
      const startedMs = performance.now();
      redactor.redact(begin + piece.repeat(Math.ceil(60_000 / piece.length)));
      assert.ok(performance.now() - startedMs < 500, piece);
    }
  });
});
