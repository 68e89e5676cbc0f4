// SPDX-License-Identifier: Apache-2.0
// The public key of a signing request (PKCS#10, RFC 2986): a certificate that was signed from it carries the same one.

import type { KeyObject } from "node:crypto";
import { createPublicKey } from "node:crypto";
import { CodedError } from "../core/coded-error";
import { BoundedMemo } from "./bounded-memo";
import type { CertificateInfo } from "./certificate-info";
import { derOf, malformed, membersOf, parseDer } from "./der";
import { decodeInput } from "./encodings";
import { decodePemBody, splitPemBlocks } from "./pem-blocks";

/** What a certificate must carry. */
export interface SigningRequestKey {
  readonly requestKey: KeyObject;
}

const WHAT = "signing request";
const LABELS = ["CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"];
const keys = new BoundedMemo<SigningRequestKey>();

/** Reads the one request in a text. Throws `ERR_PEM_INVALID` or `ERR_CERTIFICATE_PARSE`. */
export function parseRequestKey(text: string): SigningRequestKey {
  return keys.get(text, () => {
    const [content] = membersOf(parseDer(requestDer(text), WHAT)) ?? [];
    const [, , publicKey] = membersOf(content) ?? [];
    if (publicKey === undefined) throw malformed(WHAT);
    try {
      return { requestKey: createPublicKey({ key: derOf(publicKey), format: "der", type: "spki" }) };
    } catch {
      throw malformed(WHAT);
    }
  });
}

/** Whether a certificate carries the key of a request. */
export function carriesRequestKey({ publicKey }: CertificateInfo, { requestKey }: SigningRequestKey): boolean {
  return publicKey?.equals(requestKey) === true;
}

function requestDer(text: string): Buffer {
  const decoded = decodeInput(text, "signing request");
  if ("der" in decoded) return decoded.der;
  const [request, ...others] = splitPemBlocks(decoded.text, "signing request").filter(({ label }) =>
    LABELS.includes(label),
  );
  if (request !== undefined && others.length === 0) return decodePemBody(request, "signing request");
  const problem = request === undefined ? "has no CERTIFICATE REQUEST block" : "is several requests in one text";
  throw new CodedError("ERR_PEM_INVALID", `the signing request ${problem}`, {
    remedy: "give the request that the certificate was issued for, from its BEGIN line to its END line",
  });
}
