// SPDX-License-Identifier: Apache-2.0
// Every form in which people have a certificate and its key, with the outcome: the table behind the docs' page on forms.

import type { KeyType } from "../../fixtures/certificates/make";
import { armour } from "../../fixtures/certificates/odd";
import {
  bareBase64,
  bench,
  crlf,
  derOf,
  encrypted,
  kubernetesSecret,
  PASSPHRASE,
  pkcs12,
  pkcs7,
  pkcs8Version2,
  secretPkcs12,
  traditional,
  utf16be,
} from "./pair-files";
import type { Pair } from "./pair-files";

export interface Form {
  readonly name: string;
  readonly make: (pair: Pair) => string | Buffer;
  readonly passphrase?: string;
  /** If only such a key has the form; default both. */
  readonly keyType?: KeyType;
  /** True if the leaf is chosen; what the refusal says otherwise. */
  readonly certificate: true | RegExp;
  readonly key: true | RegExp;
}

const NO_KEY = /is a certificate/;
const NO_CERTIFICATE = /is a private key/;
const ONLY_CERTIFICATE = { certificate: true, key: NO_KEY } as const;
const ONLY_KEY = { certificate: NO_CERTIFICATE, key: true } as const;
const BOTH = { certificate: true, key: true } as const;
const refused = (says: RegExp): Pick<Form, "certificate" | "key"> => ({ certificate: says, key: says });
const SECRET = { passphrase: PASSPHRASE } as const;

export const FORMS: readonly Form[] = [
  { name: "PEM", make: ({ leaf }) => leaf, ...ONLY_CERTIFICATE },
  { name: "PEM with CRLF, as certutil writes it", make: ({ leaf }) => crlf(leaf), ...ONLY_CERTIFICATE },
  { name: "PEM with a UTF-8 byte order mark", make: ({ leaf }) => Buffer.from(`\ufeff${leaf}`), ...ONLY_CERTIFICATE },
  { name: "PEM in UTF-16", make: ({ key }) => Buffer.from(`\ufeff${key}`, "utf16le"), ...ONLY_KEY },
  { name: "PEM in UTF-16 without a mark", make: ({ leaf }) => Buffer.from(leaf, "utf16le"), ...ONLY_CERTIFICATE },
  { name: "PEM in UTF-16, big-endian", make: ({ key }) => utf16be(key), ...ONLY_KEY },
  { name: "PEM with NUL bytes at the end", make: ({ key }) => `${key}\0\0`, ...ONLY_KEY },
  { name: "PEM with Ctrl-Z at the end", make: ({ leaf }) => `${leaf}\u001a`, ...ONLY_CERTIFICATE },
  {
    name: "PEM with a comment in a Windows code page",
    make: ({ key }) => Buffer.concat([Buffer.from("Schl\u00fcssel\n", "latin1"), Buffer.from(key)]),
    ...ONLY_KEY,
  },
  {
    name: "PEM with \\n for line ends, in quotes",
    make: ({ key }) => `KEY="${key.replaceAll("\n", "\\n")}"`,
    ...ONLY_KEY,
  },
  { name: "PEM in one line", make: ({ leaf }) => leaf.replaceAll("\n", " "), ...ONLY_CERTIFICATE },
  { name: "PEM with text and Bag Attributes", make: ({ leaf, key }) => `Bag\n a: b\n${key}Bag: x\n${leaf}#`, ...BOTH },
  { name: "a chain", make: ({ leaf, ca }) => leaf + ca, ...ONLY_CERTIFICATE },
  { name: "a chain that ends with the leaf", make: ({ leaf, ca }) => ca + leaf, ...ONLY_CERTIFICATE },
  { name: "key, leaf and CA in one file", make: ({ leaf, ca, key }) => key + ca + leaf, ...BOTH },
  { name: "PKCS#1 or SEC1", make: ({ pkcs1 }) => pkcs1, ...ONLY_KEY },
  { name: "DER certificate", make: ({ leaf }) => derOf(leaf), ...ONLY_CERTIFICATE },
  { name: "DER key", make: ({ key }) => derOf(key), ...ONLY_KEY },
  { name: "DER key, PKCS#1 or SEC1", make: ({ pkcs1 }) => derOf(pkcs1), ...ONLY_KEY },
  { name: "base64 without BEGIN, with CRLF", make: ({ leaf }) => crlf(bareBase64(leaf)), ...ONLY_CERTIFICATE },
  {
    name: "base64 of a PEM, as Kubernetes has it",
    make: ({ key }) => Buffer.from(key).toString("base64"),
    ...ONLY_KEY,
  },
  { name: "encrypted PKCS#8", make: () => encrypted("-v2 aes-256-cbc"), ...SECRET, ...ONLY_KEY },
  { name: "encrypted PKCS#8 as DER", make: () => encrypted("-outform DER"), ...SECRET, ...ONLY_KEY },
  { name: "encrypted PKCS#8 with scrypt", make: () => encrypted("-scrypt"), ...SECRET, ...ONLY_KEY },
  { name: "Proc-Type ENCRYPTED", make: () => traditional("-aes128"), ...SECRET, ...ONLY_KEY },
  {
    name: "Proc-Type ENCRYPTED in one line",
    make: () => traditional("-aes128").toString().replaceAll("\n", " "),
    ...SECRET,
    ...ONLY_KEY,
  },
  { name: "PKCS#12 of OpenSSL 3", make: () => secretPkcs12(), ...SECRET, ...BOTH },
  { name: "PKCS#12 of OpenSSL 1.1 (RC2)", make: () => secretPkcs12(" -legacy"), ...SECRET, ...BOTH },
  {
    name: "PKCS#12 as Windows writes it (3DES)",
    make: () => secretPkcs12(" -keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -macalg sha1 -name x"),
    ...SECRET,
    ...BOTH,
  },
  { name: "PKCS#12 as Java writes it (10,000 rounds)", make: () => secretPkcs12(" -iter 10000"), ...SECRET, ...BOTH },
  { name: "PKCS#12 with a MAC of SHA-512", make: () => secretPkcs12(" -macalg sha512"), ...SECRET, ...BOTH },
  {
    name: "PKCS#12 without a key",
    make: () => secretPkcs12(" -nokeys"),
    ...SECRET,
    certificate: true,
    key: /without a private key/,
  },
  { name: "PKCS#12 with an empty passphrase", make: () => pkcs12("-passout pass:"), ...BOTH },
  { name: "PKCS#12 with an empty passphrase, one given", make: () => pkcs12("-passout pass:"), ...SECRET, ...BOTH },
  {
    name: "PKCS#12 that is not encrypted",
    make: () => pkcs12("-passout pass: -keypbe NONE -certpbe NONE -nomac"),
    ...BOTH,
  },
  {
    name: "PKCS#12 under BEGIN CERTIFICATE, as certutil -encode writes it",
    make: () => `-----BEGIN CERTIFICATE-----\r\n${secretPkcs12().toString("base64")}\r\n-----END CERTIFICATE-----\r\n`,
    ...SECRET,
    ...BOTH,
  },
  { name: "base64 of a PKCS#12", make: () => secretPkcs12().toString("base64"), ...SECRET, ...BOTH },
  { name: "PKCS#12 without its passphrase", make: () => secretPkcs12(), ...refused(/needs a passphrase/) },
  {
    name: "PKCS#12 with a wrong passphrase",
    make: () => secretPkcs12(),
    passphrase: "wrong",
    ...refused(/does not open/),
  },
  {
    name: "an encrypted key without a passphrase",
    make: () => encrypted(""),
    certificate: NO_CERTIFICATE,
    key: /is encrypted/,
  },
  {
    name: "an encrypted key with a wrong passphrase",
    make: () => encrypted(""),
    passphrase: "wrong",
    certificate: NO_CERTIFICATE,
    key: /cannot be decrypted/,
  },
  {
    name: "a key encrypted with RC2",
    make: () => encrypted("-v1 PBE-SHA1-RC2-40 -provider legacy -provider default"),
    ...SECRET,
    certificate: NO_CERTIFICATE,
    key: /OpenSSL 3 no longer offers/,
  },
  {
    name: "Proc-Type with DES",
    make: () => traditional("-des"),
    ...SECRET,
    certificate: NO_CERTIFICATE,
    key: /OpenSSL 3 no longer offers/,
  },
  { name: "PKCS#7 as DER", make: () => pkcs7("-outform DER"), ...refused(/PKCS#7/) },
  { name: "PKCS#7 as PEM", make: () => pkcs7(""), ...refused(/PKCS#7/) },
  {
    name: "PKCS#7 under OpenSSL's other label",
    make: () => pkcs7("").toString().replaceAll("PKCS7", "PKCS #7 SIGNED DATA"),
    ...refused(/PKCS#7/),
  },
  { name: "base64 of a PKCS#7", make: () => `${pkcs7("-outform DER").toString("base64")}\n`, ...refused(/PKCS#7/) },
  {
    name: "PKCS#7 under BEGIN CERTIFICATE",
    make: () => pkcs7("").toString().replaceAll("PKCS7", "CERTIFICATE"),
    ...refused(/PKCS#7/),
  },
  {
    name: "JSON of Vault",
    make: ({ leaf, ca, key }) =>
      JSON.stringify({ data: { ca_chain: [ca], certificate: leaf, issuing_ca: ca, private_key: key } }),
    ...refused(/Vault/),
  },
  { name: "JSON of a Kubernetes Secret", make: kubernetesSecret, ...refused(/JSON/) },
  {
    name: "JSON with the texts in a list, as a cloud prints it",
    make: ({ leaf, ca, key }) => JSON.stringify([{ Chain: ca, Certificate: leaf, PrivateKey: key }]),
    ...refused(/JSON/),
  },
  {
    // Its first bytes; a real one is in java-key-store.test.ts.
    name: "a Java key store",
    make: () => Buffer.from("feedfeed000000020000000100000001", "hex"),
    ...refused(/Java key store/),
  },
  {
    name: "a certificate with NUL bytes after it, as DER",
    make: ({ leaf }) => Buffer.concat([derOf(leaf), Buffer.alloc(3)]),
    ...ONLY_CERTIFICATE,
  },
  {
    name: "a certificate with NUL bytes after its DER, in PEM",
    make: ({ leaf }) => armour("CERTIFICATE", Buffer.concat([derOf(leaf), Buffer.alloc(3)])),
    ...ONLY_CERTIFICATE,
  },
  {
    name: "an EC PARAMETERS block before the key",
    make: ({ key }) => `-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n${key}`,
    ...ONLY_KEY,
  },
  {
    name: "PKCS#8 under BEGIN RSA PRIVATE KEY",
    make: ({ key }) => key.replaceAll("PRIVATE KEY", "RSA PRIVATE KEY"),
    ...ONLY_KEY,
  },
  {
    name: "PKCS#1 or SEC1 under BEGIN PRIVATE KEY",
    make: ({ pkcs1 }) => pkcs1.replaceAll(/(RSA|EC) PRIVATE KEY/g, "PRIVATE KEY"),
    ...ONLY_KEY,
  },
  { name: "PKCS#8 version 2, with its public key", make: ({ key }) => pkcs8Version2(key), ...ONLY_KEY },
  {
    name: "an EC key that spells out its curve, PKCS#8",
    make: () => bench.openssl("pkey -in leaf.key -ec_param_enc explicit -out out.key", "out.key"),
    keyType: "p256",
    ...ONLY_KEY,
  },
  {
    name: "an EC key that spells out its curve, SEC1",
    make: () => bench.openssl("ec -in leaf.key -param_enc explicit -out out.key", "out.key"),
    keyType: "p256",
    ...ONLY_KEY,
  },
  {
    name: "a request as PEM",
    make: () => bench.openssl("req -new -key leaf.key -subj /CN=x -out out.csr", "out.csr"),
    ...refused(/signing request/),
  },
  {
    name: "a request as DER",
    make: () => bench.openssl("req -new -key leaf.key -subj /CN=x -outform DER -out out.csr", "out.csr"),
    ...refused(/signing request/),
  },
  {
    name: "bytes of no known form",
    make: () => Buffer.alloc(100, 0xfe),
    certificate: /no known form/,
    key: /no known/,
  },
];
