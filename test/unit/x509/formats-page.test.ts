// SPDX-License-Identifier: Apache-2.0
// docs/formats.md says of every form what is made of it. It is written from the table of forms and the real outcomes:
// `UPDATE_DOCS=1 node --import tsx --test test/unit/x509/formats-page.test.ts` writes it anew.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { it } from "node:test";
import { isCodedError } from "../../../provider/src/core/coded-error";
import { parseCertificates } from "../../../provider/src/x509/certificate";
import { chooseCertificate } from "../../../provider/src/x509/choose-certificate";
import { parsePrivateKey } from "../../../provider/src/x509/private-key";
import { CERTIFICATE_CASES, IS_OPENSSL_35, outcomeOf } from "./certificate-cases";
import { FORMS } from "./input-forms";
import { makePair } from "./pair-files";

const PAGE = join(__dirname, "../../../docs/formats.md");
const HEAD = `# Forms of certificates and keys

What may be in \`certificateFile\` and \`privateKeyFile\`, and what happens to it. Texts (\`certificate\`, \`privateKey\`) may have the same
forms, unless they are binary. Whatever comes in, the certificate is sent as PEM and the key as unencrypted PKCS#8 with a named curve.
Encrypted forms need one of \`passphrase\`, \`passphraseFile\` and \`passphraseEnv\`. Files are 64 KiB at most.

If a file holds both, give its path twice: as \`certificateFile\` and as \`privateKeyFile\`. Of several certificates the one is sent that fits
the key or the \`signingRequest\`; without them the only one that is no CA. The rest is not sent, and an info line says so.
Of several keys in a PKCS#12 the one is sent that belongs to the certificate.

What is sent of every form is read by OpenSSL, by Python with its TLS and its \`cryptography\`, by Go and by Java: tests check that, and
run the commands below.

FILE in a command stands for your file. "–" means that the file that was tried holds only the other one of the two: a certificate where a
key is meant, and the other way round, is refused, and the text says what it is. How the text is encoded (UTF-16, marks, line ends) makes no
difference between a certificate and a key.

| form | as certificate | as private key |
| --- | --- | --- |
`;
const CASES = `
## Certificates that not everything takes

A certificate that can be read is checked before it is sent. What is refused here, but for its size, is only a warning if the certificate is the state's
already: else a stack with it could not be changed any more.

| certificate with | what is made of it |
| --- | --- |
`;

/** What a file that holds only the other one is refused with. */
const OTHER_ONE = /^the (certificate is a private key|private key is a certificate)\b(?! signing)/;

function outcome(read: () => unknown): string {
  try {
    read();
    return "taken";
  } catch (error) {
    assert.ok(isCodedError(error), String(error));
    if (OTHER_ONE.test(error.message)) return "–";
    return `refused: ${error.message}. Remedy: ${error.remedy ?? assert.fail("no remedy")}`.replaceAll("|", "\\|");
  }
}

/** The page has the words for an OpenSSL that reads them. */
const UNREADABLE = CERTIFICATE_CASES.filter(({ isUnreadableFor35 }) => IS_OPENSSL_35 && isUnreadableFor35).map(
  ({ name }) => name,
);

function rowOf(name: string, certificate: string): string {
  const { outcome, text } = outcomeOf(certificate);
  return `| ${name} | ${text === "" ? outcome : `${outcome}: ${text.replaceAll("|", "\\|")}`} |`;
}

it("docs/formats.md says what is made of every form", async () => {
  const pair = await makePair("p256");
  const rows = FORMS.map((form) => {
    const input = Buffer.from(form.make(pair));
    const certificate = outcome(() => chooseCertificate(parseCertificates(input, form.passphrase).certificates));
    return `| ${form.name} | ${certificate} | ${outcome(() => parsePrivateKey(input, form.passphrase))} |`;
  });
  const cases = await Promise.all(
    CERTIFICATE_CASES.filter(({ name }) => !UNREADABLE.includes(name)).map(async ({ name, make }) =>
      rowOf(name, (await make()).certificate),
    ),
  );
  const page = `${HEAD}${rows.join("\n")}\n${CASES}${cases.join("\n")}\n`;
  if (process.env["UPDATE_DOCS"] === "1") writeFileSync(PAGE, page);
  // Prettier pads the columns.
  const plain = (text: string): string => text.replaceAll(/ +/g, " ").replaceAll(/-{3,}/g, "---");
  const isHeld = (line: string): boolean => !UNREADABLE.some((name) => line.startsWith(`| ${name} |`));
  assert.equal(plain(readFileSync(PAGE, "utf8")).split("\n").filter(isHeld).join("\n"), plain(page));
});
