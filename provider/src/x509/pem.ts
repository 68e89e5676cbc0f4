// SPDX-License-Identifier: Apache-2.0
// PEM as it is written, and the first block of what a server sends.

import { MAX_INPUT_BYTES } from "./encodings";
import { BEGIN_LINES, decodePemBody } from "./pem-blocks";
import type { PemKind } from "./pem-refusal";
import { pemRefusal } from "./pem-refusal";

/**
 * The DER of the first certificate in what a server sent: any line ends or none, text around it, a chain (the leaf comes
 * first). Throws `ERR_PEM_INVALID` if there is none.
 */
export function firstCertificateDer(text: unknown): Buffer {
  return firstDer(text, "certificate");
}

/** The same for a signing request. */
export function firstRequestDer(text: unknown): Buffer {
  return firstDer(text, "signing request");
}

function firstDer(text: unknown, expected: PemKind): Buffer {
  const source = typeof text === "string" && text.length <= MAX_INPUT_BYTES ? text : "";
  const begin = BEGIN_LINES[expected].exec(source);
  const bodyStart = begin ? begin.index + begin[0].length : 0;
  const bodyEnd = source.indexOf("-----END", bodyStart);
  if (!begin || bodyEnd < 0) {
    throw pemRefusal(expected, "is missing: the text holds no whole block of it", "read it again");
  }
  const bodyLines = source.slice(bodyStart, bodyEnd).split(/\s+/);
  return decodePemBody({ bodyLines }, expected);
}

/** Canonical PEM (RFC 7468): base64 in 64 columns, LF, a line end at the end. */
export function toPem(label: string, der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}
