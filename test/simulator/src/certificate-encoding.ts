// SPDX-License-Identifier: Apache-2.0
// The ways in which a server may write the same certificate as PEM text.

import type { CertificateEncoding } from "./task-script";

/**
 * Writes one PEM certificate in another way.
 * @param pem one PEM block with LF lines.
 * @returns the same leaf first; `chain` repeats the block as if it were its issuer's.
 */
export function encodeCertificate(pem: string, encoding: CertificateEncoding | undefined): string {
  const plain = `${pem.replace(/\r\n/g, "\n").trim()}\n`;
  switch (encoding) {
    case "crlf":
      return plain.replace(/\n/g, "\r\n");
    case "text":
      return `Certificate:\n    Data:\n        Version: 3 (0x2)\n${plain}\n`;
    case "chain":
      return `${plain}${plain}`;
    case "no-final-newline":
      return plain.trimEnd();
    case undefined:
      return pem;
  }
}
