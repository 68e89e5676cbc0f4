// SPDX-License-Identifier: Apache-2.0
// The text in every state is a contract with all states that were ever written; and what a program loads stays small.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { HANDLER_TEXT } from "../../provider/src/dynamic-resource";

describe("the text of __provider", () => {
  it("is the golden line, of 100 bytes at most", () => {
    const golden = readFileSync(join(__dirname, "../golden/provider-text.txt"), "utf8").trimEnd();
    assert.equal(HANDLER_TEXT, golden);
    assert.ok(Buffer.byteLength(HANDLER_TEXT) <= 100);
  });

  it("loads in a program neither undici nor node-forge nor any code of the provider process", () => {
    const script = `require("pulumi-vsphere-trust-authority"); console.log(JSON.stringify(Object.keys(require.cache)))`;
    const root = join(__dirname, "../..");
    const loaded = JSON.parse(
      execFileSync(process.execPath, ["-e", script], { cwd: root, encoding: "utf8" }),
    ) as string[];
    assert.ok(loaded.some((file) => file.includes("kms-client-certificate")));
    assert.deepEqual(
      loaded.filter((file) =>
        /node_modules\/(undici|node-forge)\/|provider\/dist\/(lifecycle|trust|vsphere|x509|core)\//.test(file),
      ),
      [],
    );
  });
});
