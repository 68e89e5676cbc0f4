// SPDX-License-Identifier: Apache-2.0

// A CA for a lab: OpenSSL with a key in a file. For production put your CA's API here; the shape stays the same.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Signs a request, and returns the same certificate whenever it is asked for the same request: a program that signs anew in
 * every `up` would replace the certificate in every `up`.
 *
 * @param folder - holds `ca.pem` and `ca.key`; what was signed is kept in `signed/` in it.
 * @param csr - PEM.
 * @param days - lifetime of a new certificate.
 * @returns the certificate, PEM.
 */
export function signOnce(folder: string, csr: string, days: number): string {
  const name = createHash("sha256").update(csr).digest("hex").slice(0, 16);
  const signed = join(folder, "signed", `${name}.pem`);
  if (existsSync(signed)) return readFileSync(signed, "utf8");
  mkdirSync(join(folder, "signed"), { recursive: true });
  const extensions = join(folder, "client.ext");
  writeFileSync(extensions, "keyUsage=critical,digitalSignature\nextendedKeyUsage=clientAuth\n");
  const ca = ["-CA", join(folder, "ca.pem"), "-CAkey", join(folder, "ca.key"), "-CAcreateserial"];
  const options = ["-days", String(days), "-sha256", "-extfile", extensions];
  // What openssl says is shown only if it fails.
  const run = { input: csr, encoding: "utf8", stdio: "pipe" } as const;
  const certificate = execFileSync("openssl", ["x509", "-req", ...ca, ...options], run);
  writeFileSync(signed, certificate);
  return certificate;
}
