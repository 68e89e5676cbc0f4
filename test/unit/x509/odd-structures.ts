// SPDX-License-Identifier: Apache-2.0
// ASN.1 as no one writes it: trees of any shape, lengths that lie, nesting and tags without end, parts exchanged.

import fc from "fast-check";
import { der } from "../../fixtures/certificates/odd";

/** One ASN.1 value as a file holds it. */
export interface Node {
  readonly tag: number;
  readonly content: Buffer | readonly Node[];
}

/** Reads well-formed DER with short tags; what cannot be read further is content. */
export function readNodes(bytes: Buffer): readonly Node[] | undefined {
  const nodes: Node[] = [];
  for (let at = 0; at < bytes.length;) {
    const tag = bytes[at] ?? 0;
    const first = bytes[at + 1] ?? 0xff;
    const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
    if ((tag & 0x1f) === 0x1f || lengthBytes > 3 || at + 2 + lengthBytes > bytes.length) return undefined;
    const length = lengthBytes === 0 ? first : bytes.readUIntBE(at + 2, lengthBytes);
    const start = at + 2 + lengthBytes;
    if (start + length > bytes.length) return undefined;
    const content = bytes.subarray(start, start + length);
    nodes.push({ tag, content: (tag & 0x20) === 0 ? content : (readNodes(content) ?? content) });
    at = start + length;
  }
  return nodes;
}

export function write({ tag, content }: Node): Buffer {
  return der(tag, ...(Buffer.isBuffer(content) ? [content] : content.map(write)));
}

/** Every value of a tree, outermost first. */
export function flatten(node: Node): Node[] {
  return [node, ...(Buffer.isBuffer(node.content) ? [] : node.content.flatMap(flatten))];
}

/** The tree with the value number `at` (in {@link flatten}'s order) exchanged for others. */
export function exchange(root: Node, at: number, by: readonly Node[]): readonly Node[] {
  let number = 0;
  const visit = (node: Node): readonly Node[] => {
    const own = number;
    number += 1;
    const inner = Buffer.isBuffer(node.content) ? node.content : node.content.flatMap(visit);
    return own === at ? by : [{ tag: node.tag, content: inner }];
  };
  return visit(root);
}

export const content = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes));
export const tag = fc.oneof(
  fc.constantFrom(1, 2, 3, 4, 5, 6, 12, 0x13, 0x17, 0x18, 0x30, 0x31, 0xa0, 0xa1, 0xa3, 0x80),
  fc.nat(0xff),
);
export const { tie: node } = fc.letrec<{ tie: Node }>((tie) => ({
  tie: fc.oneof(
    { maxDepth: 6 },
    fc.record({ tag, content }),
    fc.record({ tag, content: fc.array(tie("tie"), { maxLength: 5 }) }),
  ),
}));
export const deep: fc.Arbitrary<Buffer> = fc
  .tuple(fc.integer({ min: 1, max: 12_000 }), fc.constantFrom(0x30, 0x31, 0xa0, 0x24, 0x23))
  .map(([depth, outer]) => {
    // Lengths are written for the rest of the file: built from outside, not by copying it at each level.
    const heads: Buffer[] = [];
    for (let left = depth * 4; left > 0; left -= 4) heads.push(Buffer.from([outer, 0x82, left >> 8, left & 0xff]));
    return Buffer.concat(heads);
  });
export const lyingLength: fc.Arbitrary<Buffer> = fc
  .tuple(
    tag,
    fc.constantFrom("80", "ff", "84ffffffff", "847fffffff", "88ffffffffffffffff", "fe", "8100", "820001"),
    content,
  )
  .map(([outer, length, rest]) => Buffer.concat([Buffer.from([outer]), Buffer.from(length, "hex"), rest]));
export const longTag: fc.Arbitrary<Buffer> = fc
  .tuple(fc.constantFrom(0x1f, 0x3f, 0xbf), fc.integer({ min: 1, max: 2_000 }))
  .map(([first, length]) => Buffer.concat([Buffer.from([first]), Buffer.alloc(length, 0xff), Buffer.from([1, 1, 0])]));
/** Object identifiers of any length, with arcs beyond all measure and with arcs that never end. */
export const oddOid: fc.Arbitrary<Buffer> = fc.oneof(
  fc.uint8Array({ maxLength: 2_000 }).map((bytes) => der(6, Buffer.from(bytes))),
  fc.integer({ min: 1, max: 5_000 }).map((length) => der(6, Buffer.alloc(length, 0xff))),
);
