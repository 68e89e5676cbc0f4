// SPDX-License-Identifier: Apache-2.0
// Secrets on their way out: a key counts as shown when 16 characters of it in a row are, in any of its encodings.

import assert from "node:assert/strict";
import { generateKeyPairSync, randomBytes } from "node:crypto";
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
  "base64 with JSON-escaped slashes": base64.replaceAll("/", "\\/").replaceAll("+", "\\u002b"),
  "hex with 0x": Array.from(der, (byte) => `0x${byte.toString(16).padStart(2, "0")}`).join(", "),
  "hex with \\x": Array.from(der, (byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join(""),
  "percent-escaped bytes": Array.from(der, (byte) => `%${byte.toString(16).padStart(2, "0")}`).join(""),
  "decimal bytes": JSON.stringify([...der]),
  "signed decimal bytes": `[${[...new Int8Array(der)].join(", ")}]`,
};

const ENTITIES: readonly (readonly [RegExp, string])[] = [
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

  it("removes a password in each form in which it travels", () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 8, maxLength: 30 }).filter((text) => text.trim().length >= 8),
        (password) => {
          const redactor = new Redactor();
          redactor.addText(password, "user");
          for (const form of [
            password,
            JSON.stringify({ password }),
            encodeURIComponent(password),
            Buffer.from(password).toString("base64"),
            `Basic ${Buffer.from(`user:${password}`).toString("base64")}`,
          ]) {
            const text = redactor.redact(`(${form})`);
            assert.ok(!text.includes(password) || "[redacted]".includes(password), text);
            assert.ok(!text.includes(Buffer.from(`user:${password}`).toString("base64")));
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it("removes a password that lost its end, or its odd characters, on the way", () => {
    const redactor = new Redactor();
    redactor.addText("Sommer2026!x.");
    redactor.addText("p\u200bass-word");
    assert.equal(redactor.redact("no: Sommer2026!x"), "no: [redacted]");
    assert.equal(redactor.redact("a long text with Sommer20…"), "a long text with [redacted]…");
    assert.equal(redactor.redact("no: p\\u200bass-word"), "no: [redacted]");
  });

  it("removes a part of a long token, too", () => {
    const token = randomBytes(16).toString("hex");
    const redactor = new Redactor();
    redactor.addText(token);
    assert.equal(redactor.redact(`x ${token.slice(3, 25)} y`), "x [redacted] y");
  });

  const words: readonly (readonly [string, string, string])[] = [
    ["the", "the theory", "the theory"],
    ["pass", "password, passed, bypass, pass_phrase", "password, passed, bypass, pass_phrase"],
    ["pass", "bad login root:pass.", "bad login root:[redacted]."],
    ["test", 'wrong "test" at contest', 'wrong "[redacted]" at contest'],
    ["a.+b", "aXXb a.+b", "aXXb [redacted]"],
    ["Gr\u00fcn", "Gr\u00fcne Gr\u00fcn", "Gr\u00fcne [redacted]"],
    ["longenough", "xlongenoughx", "x[redacted]x"],
  ];
  for (const [secret, text, clean] of words) {
    it(`blanks out no other words because a password is ${JSON.stringify(secret)}: ${text}`, () => {
      const redactor = new Redactor();
      redactor.addText(secret);
      assert.equal(redactor.redact(text), clean);
    });
  }

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
