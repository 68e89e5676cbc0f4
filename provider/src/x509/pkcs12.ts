// SPDX-License-Identifier: Apache-2.0
// Opens PKCS#12 (.p12, .pfx) as OpenSSL, Java and Windows write it, with node-forge. Loaded for the first such file.

import { pbkdf2Sync } from "node:crypto";
import { CodedError, isCodedError } from "../core/coded-error";
import type { DerNode } from "./der";
import { BIT_STRING, derOf, SEQUENCE } from "./der";
import { MAX_ROUNDS, tooCostly } from "./derivation-cost";
import { SET_PASSPHRASE } from "./pem-refusal";

/** What a PKCS#12 holds, as DER. */
export interface Pkcs12Contents {
  readonly certificates: readonly Buffer[];
  /** PKCS#1 or PKCS#8, decrypted. */
  readonly privateKeys: readonly Buffer[];
}

interface Bag {
  readonly key?: unknown;
  /** What node-forge could not read further: every EC key, and every certificate with one. */
  readonly asn1?: DerNode;
  readonly cert?: { readonly tbsCertificate: DerNode; readonly signature: string } | null;
}

/** Makes a key from a passphrase, by RFC 7292, appendix B.2. */
type DeriveKey = (
  password: unknown,
  salt: unknown,
  id: number,
  rounds: number,
  length: number,
  hash?: unknown,
) => unknown;

interface Forge {
  readonly asn1: {
    fromDer(bytes: string, options: Record<string, boolean>): DerNode;
    create(tagClass: number, type: number, constructed: boolean, value: unknown): DerNode;
  };
  readonly pkcs12: {
    generateKey: DeriveKey;
    pkcs12FromAsn1(
      node: DerNode,
      strict: boolean,
      password: string | null,
    ): { getBags(filter: { bagType: string }): Record<string, readonly Bag[] | undefined> };
  };
  readonly pbe: { generatePkcs12Key: DeriveKey };
  readonly pkcs5: {
    pbkdf2: (
      password: string | null,
      salt: string,
      rounds: number,
      length: number,
      hash: { algorithm: string },
    ) => string;
  };
  readonly pki: {
    readonly oids: Readonly<Record<"certBag" | "keyBag" | "pkcs8ShroudedKeyBag", string>>;
    privateKeyToAsn1(key: unknown): DerNode;
  };
}

const CONVERT =
  "convert it with `openssl pkcs12 -in FILE -nodes -out FILE.pem` (add -legacy if OpenSSL 3 refuses it) and give FILE.pem";

let loaded: Forge | undefined;

function forge(): Forge {
  /* eslint-disable @typescript-eslint/no-require-imports */
  if (loaded === undefined) {
    require("node-forge/lib/pkcs12");
    // Java and .NET can be told to use it; pkcs12 itself loads SHA-1 and SHA-256 only.
    require("node-forge/lib/sha512");
    loaded = require("node-forge/lib/forge") as Forge;
  }
  /* eslint-enable @typescript-eslint/no-require-imports */
  return loaded;
}

/** Throws `ERR_PEM_INVALID` without the right passphrase, `ERR_CERTIFICATE_PARSE` for a form that cannot be read. */
export function openPkcs12(der: Buffer, passphrase: string | undefined): Pkcs12Contents {
  return withBoundedRounds(() => open(der, passphrase));
}

function open(der: Buffer, passphrase: string | undefined): Pkcs12Contents {
  const { asn1, pkcs12, pki } = forge();
  // No passphrase is encoded in two ways, and the given one may be meant for another file.
  const candidates = passphrase === undefined ? ["", null] : [passphrase, "", null];
  let failure = "";
  for (const candidate of candidates) {
    try {
      const tree = asn1.fromDer(der.toString("latin1"), { strict: false, parseAllBytes: false });
      const pfx = pkcs12.pkcs12FromAsn1(tree, false, candidate);
      const bagsOf = (bagType: string): readonly Bag[] => pfx.getBags({ bagType })[bagType] ?? [];
      const keyBags = [...bagsOf(pki.oids.pkcs8ShroudedKeyBag), ...bagsOf(pki.oids.keyBag)];
      return {
        certificates: bagsOf(pki.oids.certBag).map(certificateOf),
        privateKeys: keyBags.map((bag) => derOf(bag.asn1 ?? pki.privateKeyToAsn1(bag.key))),
      };
    } catch (error) {
      if (isCodedError(error)) throw error;
      failure = error instanceof Error ? error.message : "";
    }
  }
  throw refusalOf(failure, passphrase);
}

/** While it works, node-forge's derivations are counted, and its slowest is done by node:crypto. */
function withBoundedRounds<T>(work: () => T): T {
  const { pkcs12, pbe, pkcs5 } = forge();
  const { generateKey } = pkcs12;
  const { generatePkcs12Key } = pbe;
  const { pbkdf2 } = pkcs5;
  let left = MAX_ROUNDS;
  const count = (rounds: number): void => {
    left -= rounds;
    if (!(left >= 0)) throw tooCostly("the PKCS#12 file");
  };
  const counted =
    (derive: DeriveKey): DeriveKey =>
    (...args) => {
      count(args[3]);
      return derive(...args);
    };
  try {
    pkcs12.generateKey = counted(generateKey);
    pbe.generatePkcs12Key = counted(generatePkcs12Key);
    pkcs5.pbkdf2 = (password, salt, rounds, length, { algorithm }) => {
      count(rounds);
      return pbkdf2Sync(password ?? "", Buffer.from(salt, "latin1"), rounds, length, algorithm).toString("latin1");
    };
    return work();
  } finally {
    pkcs12.generateKey = generateKey;
    pbe.generatePkcs12Key = generatePkcs12Key;
    pkcs5.pbkdf2 = pbkdf2;
  }
}

function certificateOf({ cert, asn1: node }: Bag): Buffer {
  const { asn1 } = forge();
  if (!cert) return node === undefined ? Buffer.alloc(0) : derOf(node);
  // node-forge's own writer gives every signature algorithm NULL parameters, which changes certificates signed by an EC
  // CA. The algorithm is in the signed part too (RFC 5280, section 4.1.1.2), in its original form.
  const fields = typeof cert.tbsCertificate.value === "string" ? [] : cert.tbsCertificate.value;
  const algorithm = fields[fields[0]?.tagClass === 0 ? 1 : 2];
  const signature = asn1.create(0, BIT_STRING, false, `\0${cert.signature}`);
  return derOf(asn1.create(0, SEQUENCE, true, [cert.tbsCertificate, algorithm, signature]));
}

/** node-forge's text decides, and is dropped. */
function refusalOf(failure: string, passphrase: string | undefined): CodedError {
  const name = "the PKCS#12 file";
  if (/MAC could not be verified|decrypt|wrong password/i.test(failure)) {
    return passphrase === undefined
      ? new CodedError("ERR_PEM_INVALID", `${name} needs a passphrase`, {
          details: { passphrase: "missing" },
          remedy: SET_PASSPHRASE,
        })
      : new CodedError("ERR_PEM_INVALID", `${name} does not open with the given passphrase`, {
          details: { passphrase: "wrong" },
          remedy: `check the passphrase; if it is right, ${CONVERT}`,
        });
  }
  return new CodedError("ERR_CERTIFICATE_PARSE", `${name} is damaged, or uses a form that cannot be read`, {
    remedy: CONVERT,
  });
}
