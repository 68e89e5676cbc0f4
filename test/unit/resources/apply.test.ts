// SPDX-License-Identifier: Apache-2.0
// What `create` and `update` do with inputs that `check` would have refused.

import assert from "node:assert/strict";
import { it } from "node:test";
import { makeProvider } from "../../support/in-process/make-provider";

const provider = makeProvider({
  display: { line: () => undefined, status: () => undefined },
  environment: { VSPHERE_TRUST_AUTHORITY_SERVER: "vcenter.example" },
  connect: () => Promise.reject(new Error("nothing may be sent")),
});

function hasReaderText(error: unknown): boolean {
  assert.ok(error instanceof Error);
  assert.equal(error.stack, "", "the host prints the stack of an error");
  const text =
    /^\w+ the client certificate on vcenter\.example failed: The inputs are not valid: .* \[ERR_INPUT_INVALID\]$/;
  assert.match(error.message, text);
  return true;
}

it("create and update refuse inputs that are not valid with the text of every other failure, before any request", async () => {
  const inputs = { cluster: "domain-c8", __provider: "" };
  await assert.rejects(provider.create(inputs), hasReaderText);
  await assert.rejects(async () => provider.update?.("domain-c8/kms-1", {}, inputs), hasReaderText);
});
