// SPDX-License-Identifier: Apache-2.0
// Row 34: keys that do not fit, keys that cannot be used, and everything that is pasted in place of PEM.

import assert from "node:assert/strict";
import { createPrivateKey } from "node:crypto";
import { makeCertificate } from "../fixtures/certificates/make";
import type { MadeCertificate } from "../fixtures/certificates/make";
import { assertFailure, assertSuccess } from "../support/in-process";
import { fault } from "./fault";
import { assertTraffic } from "./traffic";

/** What is given in place of a good pair. */
interface Given {
  readonly certificate: string;
  readonly privateKey: string;
}

type Case = readonly [
  what: string,
  give: (pair: MadeCertificate, other: MadeCertificate) => Given | Promise<Given>,
  code: string,
  text: RegExp,
];

const withKey = (pair: MadeCertificate, privateKey: string): Given => ({
  certificate: pair.certificatePem,
  privateKey,
});
const withCertificate = (pair: MadeCertificate, certificate: string): Given => ({
  certificate,
  privateKey: pair.privateKeyPem,
});

function encrypted(pem: string, type: "pkcs8" | "sec1"): string {
  const key = createPrivateKey(pem);
  const lock = { format: "pem", passphrase: "open sesame" } as const;
  if (type === "pkcs8") return key.export({ ...lock, type, cipher: "aes-256-cbc" }).toString();
  return key.export({ ...lock, type, cipher: "aes-256-cbc" }).toString();
}

function base64Of(pem: string): string {
  return pem.replace(/-----[^-]+-----/g, "").replace(/\s+/g, "");
}

const REFUSED: readonly Case[] = [
  [
    "the key of another certificate",
    (pair, other) => withKey(pair, other.privateKeyPem),
    "ERR_CERTIFICATE_INVALID",
    /the private key does not belong to the certificate/i,
  ],
  [
    "the key of another kind",
    async (pair) => withKey(pair, (await makeCertificate({ keyType: "rsa-2048" })).privateKeyPem),
    "ERR_CERTIFICATE_INVALID",
    /the private key does not belong to the certificate/i,
  ],
  [
    "an encrypted PKCS#8 key",
    (pair) => withKey(pair, encrypted(pair.privateKeyPem, "pkcs8")),
    "ERR_PEM_INVALID",
    /private key is encrypted.*`passphraseFile`/,
  ],
  [
    "an encrypted SEC1 key",
    (pair) => withKey(pair, encrypted(pair.privateKeyPem, "sec1")),
    "ERR_PEM_INVALID",
    /private key is encrypted.*`passphraseFile`/,
  ],
  [
    "an Ed25519 key",
    async (pair) => withKey(pair, (await makeCertificate({ keyType: "ed25519" })).privateKeyPem),
    "ERR_CERTIFICATE_PARSE",
    /type that is not supported \(Ed25519\)/,
  ],
  [
    "a key as DER that was read as text",
    (pair) => withKey(pair, Buffer.from(base64Of(pair.privateKeyPem), "base64").toString("utf8")),
    "ERR_PEM_INVALID",
    /is a binary file that was read as text/,
  ],
  [
    "a key in the JSON of Vault",
    (pair) => withKey(pair, JSON.stringify({ data: { private_key: pair.privateKeyPem } })),
    "ERR_PEM_INVALID",
    /is a JSON document.*data\.private_key/,
  ],
  [
    "two keys in one text",
    (pair, other) => withKey(pair, pair.privateKeyPem + other.privateKeyPem),
    "ERR_PEM_INVALID",
    /is 2 keys in one text/,
  ],
  [
    "a key in OpenSSH's own format",
    (pair) => withKey(pair, pair.privateKeyPem.replaceAll("PRIVATE KEY", "OPENSSH PRIVATE KEY")),
    "ERR_PEM_INVALID",
    /OpenSSH's own format.*ssh-keygen/,
  ],
  [
    "a key that is cut off",
    (pair) => withKey(pair, pair.privateKeyPem.slice(0, 120)),
    "ERR_PEM_INVALID",
    /private key/,
  ],
  [
    "a key with a letter too many",
    (pair) => withKey(pair, pair.privateKeyPem.replace("KEY-----\n", "KEY-----\n?")),
    "ERR_PEM_INVALID",
    /private key/,
  ],
  [
    "the path of a key",
    (pair) => withKey(pair, "keys/client.key"),
    "ERR_PEM_INVALID",
    /is not PEM: it has no BEGIN line/,
  ],
  [
    "the certificate as key",
    (pair) => withKey(pair, pair.certificatePem),
    "ERR_PEM_INVALID",
    /is a certificate \(PEM label CERTIFICATE\)/,
  ],
  [
    "the key as certificate",
    (pair) => withCertificate(pair, pair.privateKeyPem),
    "ERR_PEM_INVALID",
    /is a private key.*stored in clear/,
  ],
  [
    "certificate and key in one text",
    (pair) => withCertificate(pair, pair.certificatePem + pair.privateKeyPem),
    "ERR_PEM_INVALID",
    /also holds a private key.*stored in clear/,
  ],
  [
    "several certificates, none of which fits the key",
    async (pair, other) =>
      withCertificate(pair, other.certificatePem + (await makeCertificate({ subject: "CN=third" })).certificatePem),
    "ERR_CERTIFICATE_INVALID",
    /none of the 2 certificates belongs to the private key: CN=kms-client.*CN=third/i,
  ],
  [
    "a certificate with junk after its END line",
    (pair) => withCertificate(pair, `${pair.certificatePem}-----BEGIN JUNK-----\n${base64Of(pair.privateKeyPem)}\n`),
    "ERR_PEM_INVALID",
    /certificate/,
  ],
  [
    "a certificate with bytes after its DER",
    (pair) => withCertificate(pair, pemOf(Buffer.concat([pair.der, Buffer.from("trailing junk")]))),
    "ERR_CERTIFICATE_PARSE",
    /has bytes after its end/,
  ],
  [
    "a certificate as DER that was read as text",
    (pair) => withCertificate(pair, pair.der.toString("utf8")),
    "ERR_PEM_INVALID",
    /is a binary file that was read as text/,
  ],
];

function pemOf(der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
}

for (const [what, give, code, text] of REFUSED) {
  fault(34, "V", `${what} is refused before any request, and shown nowhere`, async (cell) => {
    const s = await cell.scenario();
    const other = await makeCertificate();
    s.secrets.addKey(other.privateKeyPem, other.certificatePem);
    const inputs = s.inputs(s.wanted, { ...(await give(s.wanted, other)) });
    const failures = await s.providerProcess().check({}, inputs);
    assert.equal(failures.length, 1, JSON.stringify(failures));
    // The engine prints the value of a property that a failure names.
    assert.equal(failures[0]?.property, "");
    assert.match(failures[0].reason, text);
    assert.ok(failures[0].reason.endsWith(`[${code}]`), failures[0].reason);
    assertFailure(await s.providerProcess().create(inputs), code, text);
    assert.equal(s.simulator.journal.count(), 0);
  });
}

fault(34, "V", "a key whose private numbers are damaged is refused by the up, before any request", async (cell) => {
  const s = await cell.scenario();
  const der = createPrivateKey(s.wanted.privateKeyPem).export({ type: "pkcs8", format: "der" });
  // Of P-256: the scalar begins at byte 36; the public point behind it, by which a key is told to match, stays right.
  der[40] = (der[40] ?? 0) ^ 1;
  const privateKey = pemOf(der).replaceAll("CERTIFICATE", "PRIVATE KEY");
  s.secrets.addKey(privateKey, s.wanted.certificatePem);
  const outcome = await s.providerProcess().create(s.inputs(s.wanted, { privateKey }));
  // The OpenSSL of Node 26 does not even read such a key.
  const isRead = Number(process.versions.node.split(".")[0]) < 26;
  assertFailure(outcome, isRead ? "ERR_CERTIFICATE_INVALID" : "ERR_CERTIFICATE_PARSE", "private key is damaged");
  assert.equal(s.simulator.journal.count(), 0);
});

const TAKEN: readonly (readonly [
  what: string,
  give: (pair: MadeCertificate) => Given | Promise<Given>,
  keyType: "p256" | "rsa-3072",
])[] = [
  ["an EC key as SEC1", (pair) => withKey(pair, pair.sec1Pem ?? ""), "p256"],
  ["an EC key as PKCS#8", (pair) => withKey(pair, pair.privateKeyPem), "p256"],
  ["an RSA key as PKCS#1", (pair) => withKey(pair, pair.pkcs1Pem ?? ""), "rsa-3072"],
  ["an RSA key as PKCS#8", (pair) => withKey(pair, pair.privateKeyPem), "rsa-3072"],
  ["a key with CR LF lines", (pair) => withKey(pair, pair.privateKeyPem.replace(/\n/g, "\r\n")), "p256"],
  [
    "a chain with the key's certificate in it",
    async (pair) => withCertificate(pair, pair.certificatePem + (await makeCertificate()).certificatePem),
    "p256",
  ],
  ["a certificate without a final newline", (pair) => withCertificate(pair, pair.certificatePem.trimEnd()), "p256"],
];
for (const [what, give, keyType] of TAKEN) {
  fault(34, "V", `${what} is taken`, async (cell) => {
    const s = await cell.scenario();
    const pair = await makeCertificate({ keyType });
    const inputs = s.inputs(pair, { ...(await give(pair)) });
    const provider = s.providerProcess();
    assert.deepEqual(await provider.check({}, inputs), []);
    assertSuccess(await provider.create(inputs), pair.fingerprint);
    assertTraffic(s, 1, 1);
  });
}
