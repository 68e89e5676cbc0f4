// SPDX-License-Identifier: Apache-2.0
// The text in every state is a contract with all states that were ever written; and what a program loads stays small.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { handlerText } from "../../provider/src/dynamic-resource";

describe("the text of __provider", () => {
  it("is the golden line, of 100 bytes at most", () => {
    const golden = readFileSync(join(__dirname, "../golden/provider-text.txt"), "utf8").trimEnd();
    assert.equal(handlerText({ name: "KmsClientCertificate", handler: "provider" }), golden);
    assert.ok(Buffer.byteLength(handlerText({ name: "KmsClientCertificate", handler: "provider" })) <= 100);
  });

  it("loads in a program exactly four modules of ours, and nothing of the provider process", () => {
    const loaded = modulesOf("pulumi-vsphere-trust-authority");
    assert.deepEqual(
      loaded.filter((file) => (HEAVY.test(file) && !file.includes("@grpc")) || FLOORS.test(file)),
      [],
    );
    // Exact, so that whatever a program loads more is seen: index, dynamic-resource, and the two classes.
    assert.equal(loaded.filter((file) => file.includes("provider/dist/")).length, 4, loaded.join("\n"));
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
const FLOORS = /provider\/dist\/(lifecycle|resources|process|kms|vsphere|x509|core)\//;

function modulesOf(name: string): string[] {
  const script = `require("${name}"); console.log(JSON.stringify(Object.keys(require.cache)))`;
  const options = { cwd: join(__dirname, "../.."), encoding: "utf8" } as const;
  return JSON.parse(execFileSync(process.execPath, ["-e", script], options)) as string[];
}
