// SPDX-License-Identifier: Apache-2.0
// The certificates of a CA file, as people have them. What is checked is what TLS gets: every certificate is parsed and
// written again, or refused with its number. TLS itself passes over what it cannot read, without a word.

import { X509Certificate } from "node:crypto";
import type { CodedError } from "../../core/coded-error";
import type { Wrapping } from "./ca-refusals";
import { foreignBytes, foreignText, refuseCa, wrongBlock } from "./ca-refusals";

/** No CA file is larger, bytes. The bundle of an operating system has some 220 KiB. @internal */
export const MAX_CA_BYTES: number = 1024 * 1024;

const BLOCK = /-----BEGIN ([A-Z0-9 ]{1,40})-----([\s\S]*?)-----END \1-----/g;
const BEGIN = /-----BEGIN /g;

/**
 * Reads CA certificates: PEM with any line ends, indented, in one line, with text around the blocks; BOM, UTF-16; DER;
 * base64 of one of these. Returns canonical PEM of each.
 *
 * @throws CodedError `ERR_CONFIG_INVALID`, with the number of the block and a command that converts
 * @internal
 */
export function parseCaCertificates(bytes: Buffer): string {
  return parse(bytes, "bare");
}

function parse(bytes: Buffer, wrapping: Wrapping): string {
  if (bytes.length > MAX_CA_BYTES) {
    throw refuseCa(`is larger than ${MAX_CA_BYTES / 1024} KiB`, "give the CA of vCenter alone");
  }
  if (isDer(bytes)) return fromDer(bytes, wrapping);
  const text = decode(bytes);
  const refusal = foreignBytes(bytes, wrapping) ?? foreignText(text);
  if (refusal !== undefined) throw refusal;
  if (text.includes("-----BEGIN ")) return fromPem(text);
  const inner = fromBase64(text);
  if (inner !== undefined) return parse(inner, "base64");
  throw refuseCa(
    "holds no certificate: it has no BEGIN line",
    "give the PEM file of the CA; a path belongs in caCertificateFile",
  );
}

/** Whether one of the certificates is a root, i.e. signed by itself. @internal */
export function holdsRoot(pem: string): boolean {
  return [...pem.matchAll(BLOCK)].some(([block]) => {
    const certificate = new X509Certificate(block);
    return certificate.checkIssued(certificate);
  });
}

function fromPem(text: string): string {
  const blocks = [...text.matchAll(BLOCK)];
  const begins = text.match(BEGIN)?.length ?? 0;
  const certificates = blocks.map(([, label = "", body = ""], index) => {
    const number = index + 1;
    if (body.includes("-----BEGIN ")) throw cut(number);
    if (label !== "CERTIFICATE" && label !== "X509 CERTIFICATE") throw wrongBlock(label, number);
    const base64 = body.replace(/\\[rn]|\s/g, "");
    const der = Buffer.from(base64, "base64");
    // The comparison refuses everything that is not base64, which Buffer.from passes over.
    if (base64 === "" || der.toString("base64") !== base64)
      throw damaged(number, "is not base64 between BEGIN and END");
    const foreign = foreignBytes(der, "block");
    if (foreign !== undefined) throw foreign;
    return canonical(der) ?? fail(damaged(number, "is not a certificate"));
  });
  if (blocks.length < begins) throw cut(blocks.length + 1);
  return certificates.join("");
}

function fromDer(bytes: Buffer, wrapping: Wrapping): string {
  return (
    canonical(bytes) ??
    fail(foreignBytes(bytes, wrapping) ?? refuseCa("is binary, and not a certificate", "give PEM or DER"))
  );
}

function canonical(der: Buffer): string | undefined {
  try {
    return new X509Certificate(der).toString();
  } catch {
    return undefined;
  }
}

/** Base64 of a whole file, as Kubernetes and CI variables hold it. */
function fromBase64(text: string): Buffer | undefined {
  const base64 = text.replace(/\s/g, "");
  if (base64.length < 64 || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined;
  const bytes = Buffer.from(base64, "base64");
  return isDer(bytes) || bytes.includes("-----BEGIN ") ? bytes : undefined;
}

/** A sequence with a long length: nothing that is text begins like this. */
function isDer(bytes: Buffer): boolean {
  return bytes[0] === 0x30 && (bytes[1] ?? 0) >= 0x80;
}

function decode(bytes: Buffer): string {
  const [first, second] = bytes;
  const isLittle = (first === 0xff && second === 0xfe) || (first !== 0 && second === 0);
  const isBig = (first === 0xfe && second === 0xff) || (first === 0 && second !== 0);
  return new TextDecoder(isLittle ? "utf-16le" : isBig ? "utf-16be" : "utf-8").decode(bytes);
}

function cut(number: number): CodedError {
  return damaged(number, "has no END line that fits its BEGIN line");
}

function damaged(number: number, what: string): CodedError {
  return refuseCa(`is damaged: block ${number} ${what}`, `copy the file again, or remove block ${number}`);
}

function fail(error: CodedError): never {
  throw error;
}
