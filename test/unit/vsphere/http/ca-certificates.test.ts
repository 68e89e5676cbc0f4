// SPDX-License-Identifier: Apache-2.0
// CA files as people have them: what is taken is what TLS gets, and what is refused comes with a command that works.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { isCodedError } from "../../../../provider/src/core/coded-error";
import { holdsRoot, MAX_CA_BYTES, parseCaCertificates } from "../../../../provider/src/vsphere/http/ca-certificates";
import { makeCa, makeCertificate } from "../../../fixtures/certificates/make";

let folder: string;
let root: string;
let other: string;
let issuing: string;
let key: string;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "ca-"));
  const ca = await makeCa({ subject: "CN=Root" });
  root = ca.certificatePem;
  other = (await makeCa({ subject: "CN=Other root" })).certificatePem;
  const pair = await makeCertificate({ ca, isCa: true, subject: "CN=Issuing CA" });
  issuing = pair.certificatePem;
  key = pair.privateKeyPem;
});
after(() => {
  rmSync(folder, { recursive: true });
});

const fingerprints = (pem: string): string[] =>
  (pem.match(/-----BEGIN[\s\S]*?-----END CERTIFICATE-----/g) ?? []).map(
    (block) => new X509Certificate(block).fingerprint256,
  );
const der = (pem: string): Buffer => new X509Certificate(pem).raw;
const bodyOf = (pem: string): string => der(pem).toString("base64");
const pkcs7 = (form: "PEM" | "DER"): Buffer => {
  writeFileSync(join(folder, "root.pem"), root);
  return execFileSync("openssl", ["crl2pkcs7", "-nocrl", "-certfile", join(folder, "root.pem"), "-outform", form]);
};

describe("a CA", () => {
  it("is taken in every form that can only mean one thing, and handed on as canonical PEM", () => {
    const inline = `-----BEGIN CERTIFICATE----- ${bodyOf(root)} -----END CERTIFICATE-----`;
    for (const [form, written] of [
      ["PEM", root],
      ["CR line ends", root.trim().replaceAll("\n", "\r")],
      ["CRLF line ends", root.replaceAll("\n", "\r\n")],
      ["indented", root.replace(/^/gm, "    ")],
      ["blank lines", root.replaceAll("\n", "\n\n")],
      ["in one line", inline],
      ["escaped line ends", root.replaceAll("\n", "\\n")],
      ["a BOM", `\ufeff${root}`],
      ["UTF-16 with BOM", Buffer.from(`\ufeff${root}`, "utf16le")],
      ["UTF-16BE with BOM", Buffer.from(`\ufeff${root}`, "utf16le").swap16()],
      ["UTF-16 without BOM", Buffer.from(root, "utf16le")],
      ["text around it", `Bag Attributes\n    friendlyName: ca\n${root}# the end\n`],
      ["X509 CERTIFICATE", root.replaceAll("CERTIFICATE", "X509 CERTIFICATE")],
      ["DER", der(root)],
      ["base64 of the PEM", Buffer.from(root).toString("base64")],
      ["base64 of the DER", bodyOf(root)],
    ] as const) {
      const pem = parseCaCertificates(Buffer.from(written as string));
      assert.deepEqual(fingerprints(pem), fingerprints(root), form);
      assert.match(pem, /^-----BEGIN CERTIFICATE-----\n(?:[\w+/=]{1,64}\n)+-----END CERTIFICATE-----\n$/, form);
    }
  });

  it("keeps every certificate of a bundle, also if the line end between two is lost", () => {
    const bundle = parseCaCertificates(Buffer.from(other.trim() + root.trim() + issuing));
    assert.deepEqual(fingerprints(bundle), [other, root, issuing].flatMap(fingerprints));
  });

  it("may be as large as the bundle of an operating system, and not larger than 1 MiB", () => {
    const bundle = root.repeat(Math.ceil(300_000 / root.length));
    assert.equal(fingerprints(parseCaCertificates(Buffer.from(bundle))).length, bundle.length / root.length);
    assert.throws(() => parseCaCertificates(Buffer.alloc(MAX_CA_BYTES + 1, " ")), /larger than 1024 KiB/);
  });

  it("is refused with its number if one of its blocks cannot be used", () => {
    const notBase64 = root.replace(/\n(.{20})/, "\n$1*");
    const bodyless = "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n";
    const noise = `-----BEGIN CERTIFICATE-----\n${Buffer.alloc(90, 7).toString("base64")}\n-----END CERTIFICATE-----\n`;
    for (const [bundle, said] of [
      [notBase64 + root, /block 1 is not base64/],
      [root + notBase64, /block 2 is not base64/],
      [other + root + noise, /block 3 is not a certificate/],
      [root + bodyless, /block 2 is not base64/],
      [root + other.replace(/-----END.*/, ""), /block 2 has no END line/],
      [other.replace(/-----END.*\n/, "") + root, /block 1 has no END line/],
      [root + key, /a private key in block 2/],
      [root.replaceAll("CERTIFICATE", "X509 CRL"), /a revocation list in block 1/],
      [root.replaceAll("CERTIFICATE", "TRUSTED CERTIFICATE"), /trust settings in block 1/],
    ] as const) {
      assert.throws(
        () => parseCaCertificates(Buffer.from(bundle)),
        (error) => {
          assert.ok(isCodedError(error, "ERR_CONFIG_INVALID"), String(error));
          assert.match(error.message, said);
          assert.ok(!JSON.stringify([error.message, error.remedy]).includes(key.slice(60, 90)));
          return true;
        },
      );
    }
  });

  it("is recognised in other formats, and the command that is named converts it", () => {
    const bare = pkcs7("DER");
    const asCertificate = pkcs7("PEM").toString().replaceAll("PKCS7", "CERTIFICATE");
    for (const [form, written] of [
      ["PKCS#7", pkcs7("PEM")],
      ["PKCS#7 in DER", bare],
      ["PKCS#7 as base64", Buffer.from(bare.toString("base64"))],
      ["PKCS#7 called a certificate", Buffer.from(asCertificate)],
    ] as const) {
      writeFileSync(join(folder, "FILE"), written);
      assert.throws(
        () => parseCaCertificates(written),
        (error) => {
          assert.ok(isCodedError(error, "ERR_CONFIG_INVALID"), form);
          assert.match(error.message, /is a PKCS#7 bundle/, form);
          const command = /`(.*)`/.exec(error.remedy ?? "")?.[1];
          assert.ok(command !== undefined, form);
          execFileSync("sh", ["-c", command], { cwd: folder });
          const converted = parseCaCertificates(readFileSync(join(folder, "FILE.pem")));
          assert.deepEqual(fingerprints(converted), fingerprints(root), form);
          return true;
        },
      );
      rmSync(join(folder, "FILE.pem"));
    }
  });

  it("is told from what is no certificate at all", () => {
    for (const [written, said] of [
      ["", /is empty/],
      [" \n", /is empty/],
      ["/etc/ssl/ca.pem", /has no BEGIN line/],
      ["<!DOCTYPE html><html>", /HTML page/],
      ["PK\x03\x04 and so on", /ZIP archive/],
      [Buffer.from("feedfeed0000000200000001", "hex"), /Java key store/],
      [Buffer.from("3082000401020304", "hex"), /binary, and not a certificate/],
    ] as const) {
      assert.throws(() => parseCaCertificates(Buffer.from(written as string)), said);
    }
  });

  it("holds a root only if one of its certificates is signed by itself", () => {
    assert.equal(holdsRoot(parseCaCertificates(Buffer.from(issuing))), false);
    assert.equal(holdsRoot(parseCaCertificates(Buffer.from(issuing + root))), true);
  });
});
