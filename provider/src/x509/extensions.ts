// SPDX-License-Identifier: Apache-2.0
// The facts of a certificate that node:crypto does not tell: version, signature algorithm, key usage, the form of its
// dates. Facts only; what they are good for is decided in the rules.

import type { DerNode } from "./der";
import {
  BIT_STRING,
  BOOLEAN,
  bytesOf,
  GENERALIZED_TIME,
  INTEGER,
  malformed,
  membersOf,
  OCTET_STRING,
  oidOf,
  parseDer,
  UTC_TIME,
} from "./der";

/** What the DER of a certificate says beyond `X509Certificate`. */
export interface ExtensionsInfo {
  /** 1, 2 or 3. */
  readonly version: number;
  /** OID of the algorithm that signed the certificate, e.g. `1.2.840.113549.1.1.11`. */
  readonly signatureAlgorithmOid: string;
  /** Its name, e.g. `sha256WithRSAEncryption`; the OID if it is not a known one. */
  readonly signatureAlgorithm: string;
  /** The hash of the signature if it is a broken one. */
  readonly brokenSignatureHash: "MD2" | "MD5" | "SHA-1" | undefined;
  /** Whether a date has another form than RFC 5280 allows, e.g. no seconds: OpenSSL then prints it, and verifies nothing. */
  readonly hasOddDate: boolean;
  /** Whether keyUsage allows digitalSignature; undefined if the extension is absent. */
  readonly digitalSignature: boolean | undefined;
  /** Whether keyUsage allows keyAgreement. */
  readonly keyAgreement: boolean;
  /** basicConstraints CA:true, whatever keyUsage says: `X509Certificate.ca` is false if keyCertSign is missing. */
  readonly isCa: boolean;
  /** Whether there is an extendedKeyUsage extension, readable or not. */
  readonly hasExtendedKeyUsage: boolean;
  /** OIDs of critical extensions that TLS libraries don't know. */
  readonly unknownCritical: readonly string[];
  /** Whether an EC key spells out its curve instead of naming it. */
  readonly hasExplicitCurve: boolean;
}

/** OID of RSASSA-PSS. Source: RFC 8017, appendix C. */
export const RSASSA_PSS_OID = "1.2.840.113549.1.1.10";
const EC_PUBLIC_KEY_OID = "1.2.840.10045.2.1";
const BASIC_CONSTRAINTS_OID = "2.5.29.19";
const KEY_USAGE_OID = "2.5.29.15";
const EXTENDED_KEY_USAGE_OID = "2.5.29.37";
const SHA1_OID = "1.3.14.3.2.26";

/** Sources: RFC 3279, section 2.2; RFC 4055, section 5; RFC 5758, section 3; RFC 8410, section 3. */
const SIGNATURE_NAMES: ReadonlyMap<string, string> = new Map([
  ["1.2.840.113549.1.1.2", "md2WithRSAEncryption"],
  ["1.2.840.113549.1.1.4", "md5WithRSAEncryption"],
  ["1.2.840.113549.1.1.5", "sha1WithRSAEncryption"],
  ["1.3.14.3.2.29", "sha1WithRSASignature"],
  [RSASSA_PSS_OID, "RSASSA-PSS"],
  ["1.2.840.113549.1.1.11", "sha256WithRSAEncryption"],
  ["1.2.840.113549.1.1.12", "sha384WithRSAEncryption"],
  ["1.2.840.113549.1.1.13", "sha512WithRSAEncryption"],
  ["1.2.840.10040.4.3", "dsa-with-SHA1"],
  ["1.2.840.10045.4.1", "ecdsa-with-SHA1"],
  ["1.2.840.10045.4.3.2", "ecdsa-with-SHA256"],
  ["1.2.840.10045.4.3.3", "ecdsa-with-SHA384"],
  ["1.2.840.10045.4.3.4", "ecdsa-with-SHA512"],
  ["1.3.101.112", "Ed25519"],
]);

/**
 * Critical extensions that every TLS library processes: key usage, alternative names, constraints, policies. Sources: RFC
 * 5280, section 4.2; OpenSSL, X509_supported_extension.
 */
const KNOWN_CRITICAL: ReadonlySet<string> = new Set(
  [15, 17, 19, 30, 31, 32, 33, 36, 37, 54].map((id) => `2.5.29.${id}`),
);

/** Bits 0 and 4 of keyUsage, counted from the highest. Source: RFC 5280, section 4.2.1.3. */
const DIGITAL_SIGNATURE = 0x80;
const KEY_AGREEMENT = 0x08;
const WHAT = "certificate";

/**
 * Reads one certificate (RFC 5280, section 4.1) with nothing after it. Throws `ERR_CERTIFICATE_PARSE` if the structure is
 * another one, names two signature algorithms, or has an extension twice.
 */
export function parseExtensions(der: Buffer): ExtensionsInfo {
  const [tbs, outerAlgorithm] = membersOf(parseDer(der, WHAT)) ?? [];
  const fields = membersOf(tbs);
  if (!fields) throw malformed(WHAT);
  const explicitVersion = membersOf(fields[0], 0);
  // After the optional version: serial, signature, issuer, validity, subject, key, then the optional ones.
  const [, signature, , validity, , publicKey, ...optional] = fields.slice(explicitVersion ? 1 : 0);
  const algorithm = membersOf(outerAlgorithm);
  const signatureAlgorithmOid = oidOf(algorithm?.[0]);
  if (!algorithm || signatureAlgorithmOid === undefined || oidOf(membersOf(signature)?.[0]) !== signatureAlgorithmOid) {
    throw malformed(WHAT);
  }
  const signatureAlgorithm = SIGNATURE_NAMES.get(signatureAlgorithmOid) ?? signatureAlgorithmOid;
  const extensions = extensionsOf(optional);
  const keyUsage = keyUsageOf(extensions.get(KEY_USAGE_OID)?.value);
  return {
    version: explicitVersion ? versionOf(explicitVersion) : 1,
    signatureAlgorithmOid,
    signatureAlgorithm,
    brokenSignatureHash: brokenHashOf(signatureAlgorithm, algorithm[1]),
    hasOddDate: membersOf(validity)?.some(isOddDate) ?? true,
    digitalSignature: keyUsage === undefined ? undefined : (keyUsage & DIGITAL_SIGNATURE) !== 0,
    keyAgreement: ((keyUsage ?? 0) & KEY_AGREEMENT) !== 0,
    isCa: isCa(extensions.get(BASIC_CONSTRAINTS_OID)?.value),
    hasExtendedKeyUsage: extensions.has(EXTENDED_KEY_USAGE_OID),
    unknownCritical: [...extensions].flatMap(([oid, { critical }]) =>
      critical && !KNOWN_CRITICAL.has(oid) ? [oid] : [],
    ),
    hasExplicitCurve: hasExplicitCurve(publicKey),
  };
}

function versionOf(explicit: readonly DerNode[]): number {
  const bytes = bytesOf(explicit[0], INTEGER);
  if (bytes?.length !== 1 || bytes.charCodeAt(0) > 2) throw malformed(WHAT);
  return bytes.charCodeAt(0) + 1;
}

interface Extension {
  readonly critical: boolean;
  readonly value: string;
}

function extensionsOf(optional: readonly DerNode[]): Map<string, Extension> {
  const extensions = new Map<string, Extension>();
  const tagged = optional.find((node) => node.tagClass === 0x80 && node.type === 3);
  if (!tagged) return extensions;
  const list = membersOf(membersOf(tagged, 3)?.[0]);
  if (!list) throw malformed(WHAT);
  for (const extension of list) {
    const members = membersOf(extension) ?? [];
    const oid = oidOf(members[0]);
    const value = bytesOf(members.at(-1), OCTET_STRING);
    // The same one twice is forbidden (RFC 5280, section 4.2), and readers differ in which of the two they believe.
    if (oid === undefined || value === undefined || extensions.has(oid)) throw malformed(WHAT);
    extensions.set(oid, { critical: isTrue(members[1]), value });
  }
  return extensions;
}

/** The first byte of keyUsage. */
function keyUsageOf(keyUsage: string | undefined): number | undefined {
  if (keyUsage === undefined) return undefined;
  const bits = bytesOf(parseDer(Buffer.from(keyUsage, "latin1"), WHAT), BIT_STRING);
  if (!bits) throw malformed(WHAT);
  // Before it, one byte counts the unused bits at the end.
  return bits.length > 1 ? bits.charCodeAt(1) : 0;
}

function isOddDate(node: DerNode): boolean {
  const utc = bytesOf(node, UTC_TIME);
  const generalized = bytesOf(node, GENERALIZED_TIME);
  return !/^\d{12}Z$/.test(utc ?? "") && !/^\d{14}Z$/.test(generalized ?? "");
}

function isCa(basicConstraints: string | undefined): boolean {
  if (basicConstraints === undefined) return false;
  const members = membersOf(parseDer(Buffer.from(basicConstraints, "latin1"), WHAT));
  if (!members) throw malformed(WHAT);
  return isTrue(members[0]);
}

/** The default is false; any byte but 0 means true. */
function isTrue(node: DerNode | undefined): boolean {
  const byte = bytesOf(node, BOOLEAN);
  return byte !== undefined && byte !== "\0";
}

function brokenHashOf(name: string, parameters: DerNode | undefined): ExtensionsInfo["brokenSignatureHash"] {
  if (name.startsWith("md2")) return "MD2";
  if (name.startsWith("md5")) return "MD5";
  if (/sha1/i.test(name)) return "SHA-1";
  if (name !== "RSASSA-PSS") return undefined;
  // RSASSA-PSS-params: hashAlgorithm [0] has SHA-1 as its default. Source: RFC 4055, section 3.1.
  const hash = membersOf(parameters)?.find((node) => node.tagClass === 0x80 && node.type === 0);
  return hash === undefined || oidOf(membersOf(membersOf(hash, 0)?.[0])?.[0]) === SHA1_OID ? "SHA-1" : undefined;
}

function hasExplicitCurve(publicKey: DerNode | undefined): boolean {
  const [algorithm, parameters] = membersOf(membersOf(publicKey)?.[0]) ?? [];
  return oidOf(algorithm) === EC_PUBLIC_KEY_OID && oidOf(parameters) === undefined;
}
