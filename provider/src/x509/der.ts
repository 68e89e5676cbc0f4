// SPDX-License-Identifier: Apache-2.0
// node-forge's ASN.1 reader. `pki.certificateFromPem` refuses EC keys and accepts junk; it is never used. Loaded on the
// first call, because loading costs as much as thirty certificates.

import { CodedError } from "../core/coded-error";

/** One ASN.1 value. A primitive one holds its bytes as a string of characters 0 to 255. */
export interface DerNode {
  /** 0 universal, 0x40 application, 0x80 context-specific, 0xc0 private. */
  readonly tagClass: number;
  /** The tag number: 0 to 31. */
  readonly type: number;
  readonly value: string | readonly DerNode[];
}

interface ForgeAsn1 {
  fromDer(bytes: string, options: Record<string, boolean | number>): DerNode;
  toDer(node: DerNode): { getBytes(): string };
  create(tagClass: number, type: number, constructed: boolean, value: string | readonly DerNode[]): DerNode;
}

/** Universal tag numbers. Source: X.680, section 8.6. */
export const BOOLEAN = 1;
export const INTEGER = 2;
export const BIT_STRING = 3;
export const OCTET_STRING = 4;
const OBJECT_IDENTIFIER = 6;
export const SEQUENCE = 16;
export const UTC_TIME = 23;
export const GENERALIZED_TIME = 24;
/** Bytes of one number of an OID. One made of a UUID has 19 (X.667), more than node-forge's own reader takes. */
const MAX_ARC_BYTES = 64;
/** A certificate is about ten levels deep; names and extensions add a few. */
const MAX_DEPTH = 32;

let loaded: ForgeAsn1 | undefined;

function forgeAsn1(): ForgeAsn1 {
  // All of node-forge takes five times as long to load as the one file that is needed.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  loaded ??= require("node-forge/lib/asn1") as ForgeAsn1;
  return loaded;
}

/** Reads one DER structure with nothing behind it. `what` names it in the `ERR_CERTIFICATE_PARSE` that it throws. */
export function parseDer(der: Buffer, what: string): DerNode {
  try {
    return readTree(der, true);
  } catch {
    // node-forge's own text is dropped: it may quote the bytes.
    throw malformed(what);
  }
}

/** Reads one structure, DER or BER, whatever follows it; undefined if the bytes do not begin with one. */
export function readBer(bytes: Buffer): DerNode | undefined {
  try {
    return readTree(bytes, false);
  } catch {
    return undefined;
  }
}

function readTree(bytes: Buffer, strict: boolean): DerNode {
  const options = { strict, parseAllBytes: strict, decodeBitStrings: false, maxDepth: MAX_DEPTH };
  return forgeAsn1().fromDer(bytes.toString("latin1"), options);
}

/** The error for bytes of another shape than they should have. */
export function malformed(what: string): CodedError {
  return new CodedError("ERR_CERTIFICATE_PARSE", `the ${what} is damaged: its ASN.1 structure cannot be read`, {
    remedy: "copy the file again, or have it issued again",
  });
}

/** PKCS#8 version 2 (RFC 5958) as version 1, which OpenSSL 3.0 can read: version, algorithm and key, nothing else. */
export function toPkcs8Version1(der: Buffer): Buffer | undefined {
  const [, algorithm, key] = membersOf(readBer(der)) ?? [];
  if (algorithm === undefined || key === undefined) return undefined;
  const asn1 = forgeAsn1();
  const version = asn1.create(0, INTEGER, false, "\0");
  return derOf(asn1.create(0, SEQUENCE, true, [version, algorithm, key]));
}

/** One value as DER. */
export function derOf(node: DerNode): Buffer {
  return Buffer.from(forgeAsn1().toDer(node).getBytes(), "latin1");
}

/** An unsigned certificate with this subject and public key, for readers that only read certificates. */
export function certificateAround(subject: DerNode, publicKey: DerNode): Buffer {
  const asn1 = forgeAsn1();
  const sequence = (...members: DerNode[]): DerNode => asn1.create(0, SEQUENCE, true, members);
  const primitive = (type: number, bytes: string): DerNode => asn1.create(0, type, false, bytes);
  // ecdsa-with-SHA256, which has no parameters.
  const algorithm = sequence(primitive(OBJECT_IDENTIFIER, "\x2a\x86\x48\xce\x3d\x04\x03\x02"));
  const date = primitive(UTC_TIME, "000101000000Z");
  const content = sequence(
    asn1.create(0x80, 0, true, [primitive(INTEGER, "\x02")]),
    primitive(INTEGER, "\x01"),
    algorithm,
    sequence(),
    sequence(date, date),
    subject,
    publicKey,
  );
  return derOf(sequence(content, algorithm, primitive(BIT_STRING, "\0")));
}

/** The members of a SEQUENCE, or of an explicit tag with this number; undefined if it is something else. */
export function membersOf(node: DerNode | undefined, contextTag?: number): readonly DerNode[] | undefined {
  const [tagClass, type] = contextTag === undefined ? [0, SEQUENCE] : [0x80, contextTag];
  if (node?.tagClass !== tagClass || node.type !== type || typeof node.value === "string") return undefined;
  return node.value;
}

/** The bytes of a primitive universal value of this type, as characters 0 to 255; undefined if it is something else. */
export function bytesOf(node: DerNode | undefined, type: number): string | undefined {
  if (node?.tagClass !== 0 || node.type !== type || typeof node.value !== "string") return undefined;
  return node.value;
}

/** An OBJECT IDENTIFIER as `2.5.29.15`; undefined if it is something else. */
export function oidOf(node: DerNode | undefined): string | undefined {
  const bytes = bytesOf(node, OBJECT_IDENTIFIER) ?? "";
  const arcs: bigint[] = [];
  let arc = 0n;
  let length = 0;
  for (const byte of Buffer.from(bytes, "latin1")) {
    arc = arc * 128n + BigInt(byte & 0x7f);
    length += 1;
    if (length > MAX_ARC_BYTES) return undefined;
    if (byte >= 0x80) continue;
    arcs.push(arc);
    arc = 0n;
    length = 0;
  }
  const [first] = arcs;
  if (first === undefined || length > 0) return undefined;
  // The first two arcs share a number: 40 × (0 to 2) + the second.
  const top = first < 80n ? first / 40n : 2n;
  return [top, first - top * 40n, ...arcs.slice(1)].join(".");
}
