// SPDX-License-Identifier: Apache-2.0
// What it costs to make a key from a passphrase is written in the file, up to 2^31 rounds, and nothing can interrupt them: a
// file that asks for minutes is refused.

import { CodedError } from "../core/coded-error";
import type { DerNode } from "./der";
import { bytesOf, INTEGER, membersOf, readBer } from "./der";

/** Rounds for one PKCS#12, all its keys together. OpenSSL and Java ask for some thousands, careful people for 600,000 a key. */
export const MAX_ROUNDS = 2_000_000;
/** Rounds, or the product of scrypt's parameters, of one encrypted key, which OpenSSL works through itself. */
const MAX_WORK = 20_000_000;

/** The error for such a file. */
export function tooCostly(what: string): CodedError {
  return new CodedError(
    "ERR_PEM_INVALID",
    `${what} asks for so many rounds of key derivation that it would take minutes`,
    {
      remedy:
        "export it again with the usual number of rounds, as `openssl pkcs12 -export` and `openssl pkcs8 -topk8` do",
    },
  );
}

/** Throws if the key derivation of an encrypted PKCS#8 is too costly. */
export function assertAffordable(encryptedKey: Buffer): void {
  const [algorithm] = membersOf(readBer(encryptedKey)) ?? [];
  if (workOf(algorithm) > MAX_WORK) throw tooCostly("the private key");
}

/** The product of all numbers in an algorithm: rounds, or scrypt's cost, block size and parallelization. */
function workOf(node: DerNode | undefined): number {
  const number = bytesOf(node, INTEGER);
  if (number !== undefined) return Math.max(1, parseInt(Buffer.from(number, "latin1").toString("hex"), 16));
  const members = membersOf(node) ?? [];
  return members.reduce((work, member) => work * workOf(member), 1);
}
