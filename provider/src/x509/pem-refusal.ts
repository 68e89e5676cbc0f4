// SPDX-License-Identifier: Apache-2.0
// Why an input is not the certificate or key that was asked for, and what to give instead. Messages are made of
// constants and of PEM labels from the list below, never of the input, which may be a private key.

import { CodedError } from "../core/coded-error";
import type { DerKind } from "./der-kind";

/** What a pair is made of. */
export type PairKind = "certificate" | "private key";
/** What is read from PEM. */
export type PemKind = PairKind | "signing request";

interface BlockFacts {
  /** What such a block is, with its article. */
  readonly what: string;
  readonly toCertificate: string;
  readonly toPrivateKey: string;
}

const GIVE_CERTIFICATE = "give the certificate itself, from -----BEGIN CERTIFICATE----- to its END line";
const GIVE_KEY = "give the private key that belongs to the certificate, from its BEGIN line to its END line";
const KEY_NOT_HERE =
  "give only certificates here, since they are stored in clear, and the key in `privateKey` or `privateKeyFile`";
/** The remedy for whatever needs a passphrase and has none. */
export const SET_PASSPHRASE = "set one of `passphrase`, `passphraseFile` and `passphraseEnv`";
const FROM_PKCS7 = (options: string): string =>
  `extract the certificates with \`openssl pkcs7${options} -in FILE -print_certs -out FILE.pem\` and give FILE.pem`;
const FROM_JAVA =
  "convert it with `keytool -importkeystore -srckeystore FILE -destkeystore FILE.p12 -deststoretype PKCS12` and give the path of FILE.p12 with its passphrase";

const A_CERTIFICATE: BlockFacts = { what: "a certificate", toCertificate: GIVE_CERTIFICATE, toPrivateKey: GIVE_KEY };
const A_KEY: BlockFacts = { what: "a private key", toCertificate: KEY_NOT_HERE, toPrivateKey: GIVE_KEY };
const A_REQUEST: BlockFacts = {
  what: "a certificate signing request",
  toCertificate: "give the certificate that the CA issued for this request",
  toPrivateKey: GIVE_KEY,
};
const A_PUBLIC_KEY: BlockFacts = {
  what: "a public key",
  toCertificate: "give the certificate that holds this public key",
  toPrivateKey: "give the private half of the pair",
};
const PARAMETERS: BlockFacts = {
  what: "key parameters without a key",
  toCertificate: GIVE_CERTIFICATE,
  toPrivateKey: GIVE_KEY,
};
const PKCS7: BlockFacts = { what: "a PKCS#7 bundle", toCertificate: FROM_PKCS7(""), toPrivateKey: GIVE_KEY };

/** Every label that may appear in a message; anything else could be part of a secret. */
const LABELS: ReadonlyMap<string, BlockFacts> = new Map<string, BlockFacts>([
  ["CERTIFICATE", A_CERTIFICATE],
  ["X509 CERTIFICATE", A_CERTIFICATE],
  [
    "TRUSTED CERTIFICATE",
    {
      what: "OpenSSL's own form with trust settings",
      toCertificate: "convert it with `openssl x509 -in FILE -out FILE.pem` and give FILE.pem",
      toPrivateKey: GIVE_KEY,
    },
  ],
  ["CERTIFICATE REQUEST", A_REQUEST],
  ["NEW CERTIFICATE REQUEST", A_REQUEST],
  ["X509 CRL", { what: "a revocation list", toCertificate: GIVE_CERTIFICATE, toPrivateKey: GIVE_KEY }],
  ["PKCS7", PKCS7],
  ["PKCS #7 SIGNED DATA", PKCS7],
  ["CMS", PKCS7],
  ["PUBLIC KEY", A_PUBLIC_KEY],
  ["RSA PUBLIC KEY", A_PUBLIC_KEY],
  ["EC PARAMETERS", PARAMETERS],
  ["DH PARAMETERS", PARAMETERS],
  ["PRIVATE KEY", A_KEY],
  ["RSA PRIVATE KEY", A_KEY],
  ["EC PRIVATE KEY", A_KEY],
  [
    "ENCRYPTED PRIVATE KEY",
    { what: "an encrypted private key", toCertificate: KEY_NOT_HERE, toPrivateKey: SET_PASSPHRASE },
  ],
  [
    "DSA PRIVATE KEY",
    { what: "a DSA key", toCertificate: KEY_NOT_HERE, toPrivateKey: "use an RSA key of 2048 bits or more" },
  ],
  [
    "OPENSSH PRIVATE KEY",
    {
      what: "a key in OpenSSH's own format",
      toCertificate: KEY_NOT_HERE,
      toPrivateKey: "convert a copy of it with `ssh-keygen -p -m PKCS8 -f FILE` and give the result",
    },
  ],
]);

const PKCS7_AS_BASE64: BlockFacts = {
  ...PKCS7,
  toCertificate:
    "extract the certificates with `base64 -d FILE | openssl pkcs7 -inform DER -print_certs -out FILE.pem` and give FILE.pem",
};

/** What bytes of each kind are; a PKCS#12 is opened instead. */
const KINDS: Readonly<Partial<Record<DerKind, BlockFacts>>> = {
  certificate: A_CERTIFICATE,
  "certificate request": A_REQUEST,
  "java key store": { what: "a Java key store (JKS)", toCertificate: FROM_JAVA, toPrivateKey: FROM_JAVA },
  pkcs7: { ...PKCS7, toCertificate: FROM_PKCS7(" -inform DER") },
  "private key": A_KEY,
  "encrypted key": { what: "an encrypted private key", toCertificate: KEY_NOT_HERE, toPrivateKey: SET_PASSPHRASE },
  "public key": A_PUBLIC_KEY,
};

/** An `ERR_PEM_INVALID`; `problem` is a predicate that follows "the certificate" or "the private key". */
export function pemRefusal(expected: PemKind, problem: string, remedy: string, block?: string): CodedError {
  const known = block !== undefined && LABELS.has(block) ? { block } : {};
  return new CodedError("ERR_PEM_INVALID", `the ${expected} ${problem}`, { details: { expected, ...known }, remedy });
}

/** The error for a block of another kind than the one asked for. */
export function wrongBlockRefusal(expected: PairKind, label: string): CodedError {
  const facts = LABELS.get(label);
  const instead = expected === "certificate" ? GIVE_CERTIFICATE : GIVE_KEY;
  if (!facts) return pemRefusal(expected, "is a PEM block of an unknown kind", instead);
  return pemRefusal(expected, `is ${facts.what} (PEM label ${label})`, remedyOf(facts, expected), label);
}

/** The error for bytes of another kind than the one asked for; `label` if they came from a PEM block. */
export function wrongKindRefusal(expected: PairKind, kind: DerKind, label?: string, isBase64 = false): CodedError {
  const facts = kind === "pkcs7" && isBase64 ? PKCS7_AS_BASE64 : KINDS[kind];
  if (!facts) {
    return pemRefusal(expected, "is binary, and of no known form", "give a PEM, DER or PKCS#12 file", label);
  }
  // OpenSSL reads PKCS#7 under BEGIN CERTIFICATE, too.
  const remedy = remedyOf(label !== undefined && kind === "pkcs7" ? PKCS7 : facts, expected);
  const form = label === undefined ? "" : `, though its PEM label is ${LABELS.has(label) ? label : "another"}`;
  return pemRefusal(expected, `is ${facts.what}${form}`, remedy, label);
}

/** The error for a text with a private key that would be stored in clear. */
export function keyInCertificateRefusal(hasCertificate: boolean): CodedError {
  return pemRefusal("certificate", hasCertificate ? "also holds a private key" : "is a private key", KEY_NOT_HERE);
}

/** The error for a key that cannot be decrypted. */
export function encryptedKeyRefusal(passphrase: "missing" | "wrong"): CodedError {
  const [problem, remedy] =
    passphrase === "missing"
      ? ["is encrypted", SET_PASSPHRASE]
      : ["cannot be decrypted with the given passphrase", "check the passphrase"];
  return new CodedError("ERR_PEM_INVALID", `the private key ${problem}`, {
    details: { expected: "private key", passphrase },
    remedy,
  });
}

/** Whether a label names a private key of any kind, readable or not. */
export function isPrivateKeyLabel(label: string): boolean {
  return label.endsWith("PRIVATE KEY");
}

function remedyOf(facts: BlockFacts, expected: PairKind): string {
  return expected === "certificate" ? facts.toCertificate : facts.toPrivateKey;
}
