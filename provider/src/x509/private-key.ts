// SPDX-License-Identifier: Apache-2.0
// Reads a private key, and tells whether it belongs to a certificate. Nothing of the key, and no text of OpenSSL about
// it, gets into an error: every message is a constant, and no cause is kept. Keys are never memoised.

import type { KeyObject } from "node:crypto";
import { createPrivateKey, sign, verify } from "node:crypto";
import { CodedError } from "../core/coded-error";
import type { CertificateInfo } from "./certificate-info";
import type { StoredKey } from "./contents";
import { readContents } from "./contents";
import { toPkcs8Version1 } from "./der";
import { kindOfDer } from "./der-kind";
import { assertAffordable } from "./derivation-cost";
import { SUPPORTED_CURVES } from "./key-algorithms";
import type { PemBlock } from "./pem-blocks";
import { decodePemBody, hasEncryptionHeader } from "./pem-blocks";
import { encryptedKeyRefusal, pemRefusal, wrongBlockRefusal } from "./pem-refusal";

/** A private key that can be sent. */
export interface PrivateKeyInfo {
  /** PKCS#8 as Node writes it, unencrypted, EC keys with a named curve. A secret. */
  readonly pem: string;
  /** The same key for node:crypto. A secret. */
  readonly keyObject: KeyObject;
}

const READABLE_LABELS = ["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY"];
const OTHER_CURVE = "EC, on another curve than P-256, P-384 and P-521";
/** Names of Node's key types. */
const UNSUPPORTED_NAMES: Readonly<Record<string, string>> = {
  "rsa-pss": "RSASSA-PSS",
  dsa: "DSA",
  ed25519: "Ed25519",
  ed448: "Ed448",
  x25519: "X25519",
  x448: "X448",
};

/**
 * Reads the one private key in a text or a file (bytes): PKCS#8, PKCS#1 or SEC1, as PEM or DER, or PKCS#12. Throws
 * `ERR_PEM_INVALID` if there is not exactly one (`details.severalKeys` if `certificates` may help: of the several
 * keys of a PKCS#12 the one is taken that belongs to one of them), or its passphrase is missing or wrong
 * (`details.passphrase`), and `ERR_CERTIFICATE_PARSE` if it cannot be read or its type is not supported.
 */
export function parsePrivateKey(
  input: string | Buffer,
  passphrase?: string,
  certificates?: readonly CertificateInfo[],
): PrivateKeyInfo {
  const { privateKeys } = readContents(input, "private key", passphrase);
  const [stored, ...others] = privateKeys;
  if (stored === undefined) {
    throw pemRefusal("private key", "is a PKCS#12 file without a private key", "export it again with its private key");
  }
  if (others.length === 0) return supportedKey(stored, passphrase);
  if (privateKeys.some((each) => "block" in each)) {
    const problem = `is ${privateKeys.length} keys in one ${typeof input === "string" ? "text" : "file"}`;
    throw pemRefusal("private key", problem, "give only the key of the certificate");
  }
  return keyOfPkcs12(privateKeys, certificates);
}

/** As Java's key stores hold them: an entry for each pair. If no key fits, the check of the pair says so. */
function keyOfPkcs12(
  stored: readonly StoredKey[],
  certificates: readonly CertificateInfo[] | undefined,
): PrivateKeyInfo {
  const keys = stored.map((each) => attempt(() => supportedKey(each, undefined))).filter((key) => key !== undefined);
  const [first, second] = keys.filter((key) => certificates?.some((each) => privateKeyMatches(each, key)) === true);
  const key = first ?? (certificates === undefined ? undefined : keys[0]);
  if (key !== undefined && second === undefined) return key;
  throw new CodedError("ERR_PEM_INVALID", `the PKCS#12 file holds ${stored.length} private keys`, {
    details: { severalKeys: certificates === undefined },
    remedy:
      "give the client's certificate alone, in `certificate` or in a file of its own: it tells which key is meant",
  });
}

function supportedKey(stored: StoredKey, passphrase: string | undefined): PrivateKeyInfo {
  const key = loadKey(stored, passphrase);
  const isEc = key.asymmetricKeyType === "ec";
  if (isEc) assertInCurve(key);
  assertSupported(key);
  const keyObject = isEc ? withNamedCurve(key) : key;
  return { pem: keyObject.export({ type: "pkcs8", format: "pem" }).toString(), keyObject };
}

/** Whether a key has the public numbers of a certificate's key. Only {@link privateKeyWorks} tells whether it works. */
export function privateKeyMatches(certificate: CertificateInfo, key: PrivateKeyInfo): boolean {
  try {
    return certificate.x509.checkPrivateKey(key.keyObject);
  } catch {
    return false;
  }
}

/**
 * Whether a certificate verifies what a key signs: a key can have the right public numbers and damaged private ones.
 * Costs one signature (1 ms for RSA 2048), so it is called only before a key is sent.
 */
export function privateKeyWorks(certificate: CertificateInfo, key: PrivateKeyInfo): boolean {
  const probe = Buffer.from("pulumi-vsphere-trust-authority");
  try {
    const publicKey = certificate.publicKey;
    return publicKey !== undefined && verify("sha256", probe, publicKey, sign("sha256", probe, key.keyObject));
  } catch {
    return false;
  }
}

function loadKey(stored: StoredKey, passphrase: string | undefined): KeyObject {
  if ("der" in stored) return loadDer(stored.der, passphrase);
  const { block } = stored;
  if (!READABLE_LABELS.includes(block.label)) throw wrongBlockRefusal("private key", block.label);
  if (hasEncryptionHeader(block)) return decrypt({ key: encryptedPem(block), format: "pem" }, passphrase);
  return loadDer(decodePemBody(block, "private key"), passphrase);
}

/** Labels are no guide: PKCS#8 comes as BEGIN RSA PRIVATE KEY, and PKCS#1 or SEC1 as BEGIN PRIVATE KEY. */
function loadDer(der: Buffer, passphrase: string | undefined): KeyObject {
  for (const type of ["pkcs8", "pkcs1", "sec1"] as const) {
    const key = tryLoad({ key: der, format: "der", type });
    if (key !== undefined) return key;
  }
  if (kindOfDer(der) === "encrypted key") {
    assertAffordable(der);
    return decrypt({ key: der, format: "der", type: "pkcs8" }, passphrase);
  }
  const version1 = toPkcs8Version1(der);
  const key = version1 && tryLoad({ key: version1, format: "der", type: "pkcs8" });
  if (key === undefined) throw unreadable();
  return key;
}

type KeyInput = Exclude<Parameters<typeof createPrivateKey>[0], string | Buffer>;

function tryLoad(input: KeyInput): KeyObject | undefined {
  return attempt(() => createPrivateKey(input));
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

function decrypt(input: KeyInput, passphrase: string | undefined): KeyObject {
  if (passphrase === undefined) throw encryptedKeyRefusal("missing");
  try {
    return createPrivateKey({ ...input, passphrase });
  } catch (error) {
    if ((error as { code?: unknown }).code !== "ERR_OSSL_EVP_UNSUPPORTED") throw encryptedKeyRefusal("wrong");
    throw new CodedError(
      "ERR_CERTIFICATE_PARSE",
      "the private key is encrypted with an algorithm that OpenSSL 3 no longer offers",
      {
        remedy:
          "decrypt it with `openssl pkey -provider legacy -provider default -in FILE -out FILE.decrypted` and give the result",
      },
    );
  }
}

const ENCRYPTION_HEADERS = /^Proc-Type:.{0,16}ENCRYPTED\s+(DEK-Info:\s*\S+)\s+/i;

/** As OpenSSL reads it: each header and short pieces of base64 in lines of their own, even if the line ends were lost. */
function encryptedPem({ label, bodyLines }: PemBlock): string {
  const body = bodyLines.join("\n");
  const [headers = "", cipher = ""] = ENCRYPTION_HEADERS.exec(body) ?? [];
  const base64 =
    body
      .slice(headers.length)
      .replace(/\s+/g, "")
      .match(/.{1,64}/g) ?? [];
  const lines = ["Proc-Type: 4,ENCRYPTED", cipher, "", ...base64];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}

/** An EC key can spell out its curve, or lack its public point: the form of JSON Web Keys can do neither. */
function withNamedCurve(key: KeyObject): KeyObject {
  try {
    return createPrivateKey({ key: key.export({ format: "jwk" }), format: "jwk" });
  } catch {
    throw unreadable();
  }
}

/** Node 20 and 22 abort the process if asked for details of an EC key whose number is longer than its curve's. */
function assertInCurve(key: KeyObject): void {
  try {
    key.export({ type: "sec1", format: "der" });
  } catch {
    throw unreadable();
  }
}

function assertSupported(key: KeyObject): void {
  const { asymmetricKeyType: type = "unknown", asymmetricKeyDetails: details } = key;
  if (type === "rsa" || (type === "ec" && SUPPORTED_CURVES.has(details?.namedCurve ?? ""))) return;
  const keyType = type === "ec" ? OTHER_CURVE : (UNSUPPORTED_NAMES[type] ?? "unknown");
  throw new CodedError("ERR_CERTIFICATE_PARSE", `the private key has a type that is not supported (${keyType})`, {
    details: { keyType },
    remedy: "use an RSA key of 2048 bits or more, or EC on P-256, P-384 or P-521",
  });
}

function unreadable(): CodedError {
  return new CodedError("ERR_CERTIFICATE_PARSE", "the private key is damaged, or of a type that cannot be read", {
    remedy: "copy the file again, or convert it with `openssl pkey -in FILE -out FILE.pem`",
  });
}
