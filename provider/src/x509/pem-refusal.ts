// SPDX-License-Identifier: Apache-2.0
// Why a text is not the one PEM block that was asked for, and what to give instead. Messages are made of constants and
// of PEM labels from the list below: never of the input, which may be a private key.

import { CodedError } from "../core/coded-error";

/** What a text is expected to hold. @internal */
export type PemKind = "certificate" | "private key";

interface LabelFacts {
  /** What such a block is, with its article. */
  readonly what: string;
  /** How to get from it to a certificate. */
  readonly toCertificate: string;
  /** How to get from it to a private key. */
  readonly toPrivateKey: string;
}

const GIVE_CERTIFICATE = "give the certificate itself, from -----BEGIN CERTIFICATE----- to its END line";
const GIVE_KEY = "give the private key that belongs to the certificate, from its BEGIN line to its END line";
const KEY_NOT_HERE =
  "put the certificate alone into `certificate`, which is stored in clear, and the key into `privateKey` or `privateKeyFile`";
const DECRYPT = "decrypt it with `openssl pkey -in FILE -out FILE.decrypted` and give the result";

const A_CERTIFICATE: LabelFacts = { what: "a certificate", toCertificate: GIVE_CERTIFICATE, toPrivateKey: GIVE_KEY };
const A_KEY: LabelFacts = { what: "a private key", toCertificate: KEY_NOT_HERE, toPrivateKey: GIVE_KEY };
const A_REQUEST: LabelFacts = {
  what: "a certificate signing request",
  toCertificate: "give the certificate that the CA issued for this request",
  toPrivateKey: GIVE_KEY,
};
const A_PUBLIC_KEY: LabelFacts = {
  what: "a public key",
  toCertificate: "give the certificate that holds this public key",
  toPrivateKey: "give the private half of the pair",
};
const PARAMETERS: LabelFacts = {
  what: "key parameters without a key",
  toCertificate: GIVE_CERTIFICATE,
  toPrivateKey: GIVE_KEY,
};
const PKCS7: LabelFacts = {
  what: "a PKCS#7 bundle",
  toCertificate: "extract it with `openssl pkcs7 -in FILE -print_certs` and give only the leaf certificate",
  toPrivateKey: GIVE_KEY,
};

/** Every label whose name may appear in a message; anything else could be part of a secret. */
const LABELS: ReadonlyMap<string, LabelFacts> = new Map<string, LabelFacts>([
  ["CERTIFICATE", A_CERTIFICATE],
  ["X509 CERTIFICATE", A_CERTIFICATE],
  [
    "TRUSTED CERTIFICATE",
    {
      what: "OpenSSL's own form with trust settings",
      toCertificate: "convert it with `openssl x509 -in FILE -out FILE.pem` and give the result",
      toPrivateKey: GIVE_KEY,
    },
  ],
  ["CERTIFICATE REQUEST", A_REQUEST],
  ["NEW CERTIFICATE REQUEST", A_REQUEST],
  ["X509 CRL", { what: "a revocation list", toCertificate: GIVE_CERTIFICATE, toPrivateKey: GIVE_KEY }],
  ["PKCS7", PKCS7],
  ["CMS", PKCS7],
  ["PUBLIC KEY", A_PUBLIC_KEY],
  ["RSA PUBLIC KEY", A_PUBLIC_KEY],
  ["EC PARAMETERS", PARAMETERS],
  ["DH PARAMETERS", PARAMETERS],
  ["PRIVATE KEY", A_KEY],
  ["RSA PRIVATE KEY", A_KEY],
  ["EC PRIVATE KEY", A_KEY],
  ["ENCRYPTED PRIVATE KEY", { what: "an encrypted private key", toCertificate: KEY_NOT_HERE, toPrivateKey: DECRYPT }],
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

/**
 * Makes the error for a text that is not the one block that was asked for.
 *
 * @param expected - what was asked for
 * @param problem - what is wrong, a predicate that follows "the certificate" or "the private key"
 * @param remedy - what to do, without a full stop
 * @param block - the label seen, only if it is a known one
 * @returns an `ERR_PEM_INVALID`
 * @internal
 */
export function pemRefusal(expected: PemKind, problem: string, remedy: string, block?: string): CodedError {
  const known = block !== undefined && LABELS.has(block) ? { block } : {};
  return new CodedError("ERR_PEM_INVALID", `the ${expected} ${problem}`, { details: { expected, ...known }, remedy });
}

/**
 * Makes the error for a block of another kind than the one asked for.
 *
 * @param expected - what was asked for
 * @param label - the label seen; quoted only if it is a known one
 * @returns an `ERR_PEM_INVALID` that says what was given and what to give instead
 * @internal
 */
export function wrongBlockRefusal(expected: PemKind, label: string): CodedError {
  const facts = LABELS.get(label);
  const instead = expected === "certificate" ? GIVE_CERTIFICATE : GIVE_KEY;
  if (!facts) return pemRefusal(expected, "is a PEM block of an unknown kind", instead);
  const remedy = expected === "certificate" ? facts.toCertificate : facts.toPrivateKey;
  return pemRefusal(expected, `is ${facts.what} (PEM label ${label})`, remedy, label);
}

/**
 * Makes the error for a key that needs a pass phrase.
 *
 * @param expected - what was asked for
 * @returns an `ERR_PEM_INVALID` that says how to decrypt
 * @internal
 */
export function encryptedKeyRefusal(expected: PemKind): CodedError {
  const remedy = expected === "certificate" ? KEY_NOT_HERE : DECRYPT;
  return pemRefusal(expected, "is an encrypted private key", remedy);
}

/**
 * Tells whether a label names a private key of any kind, readable here or not.
 *
 * @param label - the text between BEGIN and the dashes
 * @returns true for every label that ends in PRIVATE KEY
 * @internal
 */
export function isPrivateKeyLabel(label: string): boolean {
  return label.endsWith("PRIVATE KEY");
}
