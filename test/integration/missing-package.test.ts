// SPDX-License-Identifier: Apache-2.0
// Refresh and destroy run the installed code. If it is not there, Pulumi's host says so in words of its own, and the pages
// that tell what to do must name them.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { ProviderFailure, startDynamicProvider } from "../support/dynamic-provider";
import type { DynamicProvider } from "../support/dynamic-provider";
import { TEXT } from "./scene";

const SAID = "Cannot find module 'pulumi-vsphere-trust-authority/lifecycle'";
const ID = "domain-c8/kms-1";

describe("a refresh and a destroy if the package is not installed", () => {
  const folder = mkdtempSync(join(tmpdir(), "missing-package-"));
  let provider: DynamicProvider | undefined;
  after(async () => {
    await provider?.stop("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });

  it("fail with the text that the pages name", async () => {
    provider = await startDynamicProvider({ cwd: folder });
    await provider.configure({});
    const outputs = { __provider: TEXT, cluster: "domain-c8", keyProvider: "kms-1" };
    for (const call of [provider.read(ID, outputs), provider.delete(ID, outputs)]) {
      await assert.rejects(call, (error) => error instanceof ProviderFailure && error.message.includes(SAID));
    }
  });

  for (const page of ["provider/ERRORS.md", "docs/troubleshooting.md", "docs/removing.md"]) {
    it(`are explained in ${page}`, () => {
      const text = readFileSync(join(__dirname, "../..", page), "utf8");
      assert.ok(text.includes(SAID));
      assert.match(text, /npm (ci|install)[\s\S]*pulumi state delete|pulumi state delete[\s\S]*npm (ci|install)/);
    });
  }
});
