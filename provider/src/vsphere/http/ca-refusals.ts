// SPDX-License-Identifier: Apache-2.0
// What people give for the CA that is not a certificate, recognised by its first bytes, and the command that converts it.

import { CodedError } from "../../core/coded-error";

/** DER of the object identifiers 1.2.840.113549.1.7.2 (PKCS#7 signed data) and 1.7.1 (data: how PKCS#12 begins). */
const PKCS7_SIGNED = Buffer.from("06092a864886f70d010702", "hex");
const PKCS7_DATA = Buffer.from("06092a864886f70d010701", "hex");
const JKS = Buffer.from("feedfeed", "hex");
const ZIP = Buffer.from("PK\x03\x04", "latin1");

/** The error for a CA that cannot be used; `what` follows "the CA certificate". @internal */
export function refuseCa(what: string, remedy: string): CodedError {
  return new CodedError("ERR_CONFIG_INVALID", `the CA certificate ${what}`, { remedy });
}

/** How the file holds the bytes, which decides on the command: as they are, as base64, or in a PEM block. */
export type Wrapping = "bare" | "base64" | "block";

const PKCS7_COMMANDS: Readonly<Record<Wrapping, string>> = {
  bare: "openssl pkcs7 -inform DER -in FILE -print_certs -out FILE.pem",
  base64: "base64 -d FILE | openssl pkcs7 -inform DER -print_certs -out FILE.pem",
  block: "sed s/CERTIFICATE/PKCS7/ FILE | openssl pkcs7 -print_certs -out FILE.pem",
};

/** Recognises other binary formats, with the command that converts; undefined if it is none of them. @internal */
export function foreignBytes(bytes: Buffer, wrapping: Wrapping): CodedError | undefined {
  const head = bytes.subarray(0, 64);
  if (head.includes(PKCS7_SIGNED)) {
    return refuseCa("is a PKCS#7 bundle", `convert it with \`${PKCS7_COMMANDS[wrapping]}\``);
  }
  if (head[0] === 0x30 && head.includes(PKCS7_DATA)) {
    return refuseCa(
      "is a PKCS#12 file",
      "convert it with `openssl pkcs12 -in FILE -cacerts -nokeys -out FILE.pem` (older files need `-legacy`)",
    );
  }
  if (head.subarray(0, 4).equals(JKS)) {
    return refuseCa("is a Java key store", "convert it with `keytool -list -rfc -keystore FILE > FILE.pem`");
  }
  if (head.subarray(0, 4).equals(ZIP)) {
    return refuseCa("is a ZIP archive", "unpack it: vCenter's download.zip holds the CA as certs/lin/*.0, in PEM");
  }
  return undefined;
}

/** Recognises texts that are no PEM. @internal */
export function foreignText(text: string): CodedError | undefined {
  if (text.trim() === "") return refuseCa("is empty", "give the PEM file of the CA");
  if (/^\s*<(?:!doctype|html)/i.test(text)) {
    return refuseCa("is an HTML page", "download the file itself: https://<vcenter>/certs/download.zip");
  }
  return undefined;
}

/** The error for a PEM block that is not a certificate; blocks count from 1. @internal */
export function wrongBlock(label: string, number: number): CodedError {
  if (label.startsWith("PKCS7") || label.startsWith("CMS") || label.startsWith("PKCS #7")) {
    return refuseCa("is a PKCS#7 bundle", "convert it with `openssl pkcs7 -in FILE -print_certs -out FILE.pem`");
  }
  if (label === "TRUSTED CERTIFICATE") {
    return refuseCa(
      `holds OpenSSL's trust settings in block ${number}`,
      "convert it with `openssl x509 -in FILE -out FILE.pem`",
    );
  }
  const what = label.endsWith("PRIVATE KEY")
    ? "a private key"
    : label === "X509 CRL"
      ? "a revocation list"
      : label.endsWith("CERTIFICATE REQUEST")
        ? "a certificate request"
        : "something else";
  return refuseCa(`holds ${what} in block ${number}`, "give a file with the CA's certificates alone");
}
