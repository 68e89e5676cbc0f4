// SPDX-License-Identifier: Apache-2.0
// The only door to node-forge: its ASN.1 reader and nothing else. `pki.certificateFromPem` refuses EC keys and accepts
// junk; it is never used. Loaded on the first call, since loading costs as much as thirty certificates.

import { CodedError } from "../core/coded-error";

/** One ASN.1 value. A primitive one holds its bytes as a string of characters 0 to 255. @internal */
export interface DerNode {
  /** 0 universal, 0x40 application, 0x80 context-specific, 0xc0 private. */
  readonly tagClass: number;
  /** The tag number: 0 to 31. */
  readonly type: number;
  readonly value: string | readonly DerNode[];
}

interface ForgeAsn1 {
  fromDer(bytes: string, options: Record<string, boolean | number>): DerNode;
}

/** Universal tag numbers used here. Source: X.680, section 8.6. */
const OBJECT_IDENTIFIER = 6;
const SEQUENCE = 16;
/** Bytes of one number of an OID. One made of a UUID has 19 (X.667), more than forge's own reader takes. */
const MAX_ARC_BYTES = 64;
/** A certificate is about ten levels deep; names and extensions add a few. */
const MAX_DEPTH = 32;

let loaded: ForgeAsn1 | undefined;

function forgeAsn1(): ForgeAsn1 {
  // The whole of node-forge takes five times as long to load as the one file that is needed.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  loaded ??= require("node-forge/lib/asn1") as ForgeAsn1;
  return loaded;
}

/**
 * Reads one DER structure; nothing may follow it.
 *
 * @param der - the bytes
 * @param what - what they should be, for the message, e.g. `certificate`
 * @returns the tree
 * @throws `ERR_CERTIFICATE_PARSE` where the bytes are no such structure; forge's own text is dropped, it may quote them
 * @internal
 */
export function parseDer(der: Buffer, what: string): DerNode {
  try {
    const options = { strict: true, parseAllBytes: true, decodeBitStrings: false, maxDepth: MAX_DEPTH };
    return forgeAsn1().fromDer(der.toString("latin1"), options);
  } catch {
    throw malformed(what);
  }
}

/**
 * The error for bytes that have another shape than they should.
 *
 * @param what - what they should be
 * @returns an `ERR_CERTIFICATE_PARSE`
 * @internal
 */
export function malformed(what: string): CodedError {
  return new CodedError("ERR_CERTIFICATE_PARSE", `the ${what} is damaged: its ASN.1 structure cannot be read`, {
    remedy: "copy the file again, or have it issued again",
  });
}

/**
 * The members of a SEQUENCE, or of an explicit tag.
 *
 * @param node - the value, undefined where it is missing
 * @param contextTag - the number of the context-specific tag; a SEQUENCE where it is left out
 * @returns its members, undefined where it is something else
 * @internal
 */
export function membersOf(node: DerNode | undefined, contextTag?: number): readonly DerNode[] | undefined {
  const [tagClass, type] = contextTag === undefined ? [0, SEQUENCE] : [0x80, contextTag];
  if (node?.tagClass !== tagClass || node.type !== type || typeof node.value === "string") return undefined;
  return node.value;
}

/**
 * The bytes of a primitive universal value.
 *
 * @param node - the value, undefined where it is missing
 * @param type - the universal tag number it must have
 * @returns the bytes as characters 0 to 255, undefined where it is something else
 * @internal
 */
export function bytesOf(node: DerNode | undefined, type: number): string | undefined {
  if (node?.tagClass !== 0 || node.type !== type || typeof node.value !== "string") return undefined;
  return node.value;
}

/**
 * The dotted form of an OBJECT IDENTIFIER.
 *
 * @param node - the value, undefined where it is missing
 * @returns e.g. `2.5.29.15`, undefined where it is something else
 * @internal
 */
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
