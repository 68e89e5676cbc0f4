// SPDX-License-Identifier: Apache-2.0
// The certificates and private keys in a file or text of any form: PEM, DER, PKCS#12, or base64 of these. Keys are not
// decrypted here, and nothing is judged.

import type { DerKind } from "./der-kind";
import { kindOfDer, startsLikeCertificate } from "./der-kind";
import { decodeInput } from "./encodings";
import type { PemBlock } from "./pem-blocks";
import { decodePemBody, splitPemBlocks } from "./pem-blocks";
import type { PairKind } from "./pem-refusal";
import { isPrivateKeyLabel, wrongBlockRefusal, wrongKindRefusal } from "./pem-refusal";
import { openPkcs12 } from "./pkcs12";

/** A private key as it is stored: a PEM block, or DER. A secret. */
export type StoredKey = { readonly block: PemBlock } | { readonly der: Buffer };

export interface Contents {
  /** DER, possibly with bytes behind it. */
  readonly certificates: readonly Buffer[];
  readonly privateKeys: readonly StoredKey[];
}

const CERTIFICATE_LABELS: readonly string[] = ["CERTIFICATE", "X509 CERTIFICATE"];

/**
 * Throws `ERR_PEM_INVALID` if nothing of the expected kind is in the input; only a PKCS#12 may hold just the other one, and a
 * key in place of a certificate is left to the caller. The passphrase is that of a PKCS#12.
 */
export function readContents(input: string | Buffer, expected: PairKind, passphrase?: string): Contents {
  const decoded = decodeInput(input, expected);
  if ("der" in decoded) {
    const { der, isBase64 } = decoded;
    const kind = kindOfDer(der);
    const contents = contentsOf(der, kind, passphrase);
    if (contents === undefined || (kind === "certificate" && expected === "private key"))
      throw wrongKindRefusal(expected, kind, undefined, isBase64);
    return contents;
  }
  const blocks = splitPemBlocks(decoded.text, expected);
  const found = blocks.map((block) => contentsOfBlock(block, expected, passphrase));
  const contents = {
    certificates: found.flatMap(({ certificates }) => certificates),
    privateKeys: found.flatMap(({ privateKeys }) => privateKeys),
  };
  const wanted = expected === "certificate" ? contents.certificates : contents.privateKeys;
  if (wanted.length > 0 || contents.privateKeys.length > 0) return contents;
  throw wrongBlockRefusal(expected, blocks[0]?.label ?? "");
}

function contentsOfBlock(block: PemBlock, expected: PairKind, passphrase: string | undefined): Contents {
  const { label } = block;
  if (isPrivateKeyLabel(label)) return { certificates: [], privateKeys: [{ block }] };
  // Parameters, requests and the like are passed over, unless nothing else is there.
  if (!CERTIFICATE_LABELS.includes(label)) return { certificates: [], privateKeys: [] };
  const der = decodePemBody(block, expected);
  if (startsLikeCertificate(der)) return { certificates: [der], privateKeys: [] };
  const kind = kindOfDer(der);
  if (kind === "pkcs12") return openedPkcs12(der, passphrase);
  if (kind !== "unknown") throw wrongKindRefusal(expected, kind, label);
  return { certificates: [der], privateKeys: [] };
}

function contentsOf(der: Buffer, kind: DerKind, passphrase: string | undefined): Contents | undefined {
  if (kind === "pkcs12") return openedPkcs12(der, passphrase);
  if (kind === "certificate") return { certificates: [der], privateKeys: [] };
  if (kind === "private key" || kind === "encrypted key") return { certificates: [], privateKeys: [{ der }] };
  return undefined;
}

function openedPkcs12(der: Buffer, passphrase: string | undefined): Contents {
  const { certificates, privateKeys } = openPkcs12(der, passphrase);
  return { certificates, privateKeys: privateKeys.map((key) => ({ der: key })) };
}
