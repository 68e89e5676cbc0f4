// SPDX-License-Identifier: Apache-2.0
// The text in every state is a contract with all states that were ever written; and what a program loads stays small.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { handlerText } from "../../provider/src/registered-types";

const ROOT = join(__dirname, "../..");

describe("the text of __provider", () => {
  for (const [name, handler, file] of [
    ["KmsClientCertificate", "provider", "provider-text.txt"],
    ["KmsClientCertificateSigningRequest", "kmsClientCertificateSigningRequest", "signing-request-text.txt"],
    ["KmsSelfSignedClientCertificate", "kmsSelfSignedClientCertificate", "self-signed-text.txt"],
  ] as const) {
    it(`of ${name} is the golden line, of 120 bytes at most, and its name is exported`, () => {
      const golden = readFileSync(join(__dirname, "../golden", file), "utf8").trimEnd();
      assert.equal(handlerText({ name, handler }), golden);
      assert.ok(Buffer.byteLength(golden) <= 120);
      const script = `${golden} console.log(Object.keys(exports.handler()).sort().join())`;
      const methods = execFileSync(process.execPath, ["-e", script], { cwd: ROOT, encoding: "utf8" });
      assert.equal(methods.trim(), "check,configure,create,delete,diff,read,update");
    });
  }

  it("loads in a program exactly 13 modules of ours, and nothing of the provider process", () => {
    const loaded = modulesOf("pulumi-vsphere-trust-authority");
    assert.deepEqual(
      loaded.filter((file) => (HEAVY.test(file) && !file.includes("@grpc")) || FLOORS.test(file)),
      [],
    );
    // Exact, so that whatever a program loads more is seen: index, dynamic-resource, registered-types, the four classes, and
    // the program's side of the three functions.
    assert.equal(loaded.filter((file) => file.includes("provider/dist/")).length, 13, loaded.join("\n"));
  });

  it("loads in the provider process neither undici nor node-forge nor grpc before they are needed", () => {
    const loaded = modulesOf("pulumi-vsphere-trust-authority/lifecycle");
    assert.deepEqual(
      loaded.filter((file) => HEAVY.test(file)),
      [],
    );
    assert.ok(
      loaded.some((file) => FLOORS.test(file)),
      "the floors have other names",
    );
  });
});

/** Pulumi's SDK loads its own grpc into every program. */
const HEAVY = /node_modules\/(undici|node-forge|@grpc)\//;
const FLOORS = /provider\/dist\/(cli|lookups|lifecycle|resources|process|kms|vsphere|x509|core)\//;

function modulesOf(name: string): string[] {
  const script = `require("${name}"); console.log(JSON.stringify(Object.keys(require.cache)))`;
  const options = { cwd: ROOT, encoding: "utf8" } as const;
  return JSON.parse(execFileSync(process.execPath, ["-e", script], options)) as string[];
}
