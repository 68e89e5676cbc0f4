// SPDX-License-Identifier: Apache-2.0
// What `check` says in a preview that does not know everything yet.

import assert from "node:assert/strict";
import { it } from "node:test";
import { UNKNOWN } from "../../../provider/src/resources/decode-inputs";
import { makeCertificate } from "../../fixtures/certificates/make";
import { makeProvider } from "../../support/in-process/make-provider";

it("a key that is not known yet is not taken for a key of the hosts, whose size nobody can change", async () => {
  const { certificatePem: certificate } = await makeCertificate({ keyType: "rsa-2048" });
  const inputs = { cluster: "domain-c8", keyProvider: "kms-1", certificate, __provider: "" };
  const said = async (more: object): Promise<string> => {
    const lines: string[] = [];
    const provider = makeProvider({
      display: { line: (_severity, text) => lines.push(text), status: () => undefined },
      environment: { VSPHERE_TRUST_AUTHORITY_SERVER: "vcenter.example" },
      connect: () => Promise.reject(new Error("nothing may be sent")),
    });
    await provider.check?.({}, { ...inputs, ...more });
    return lines.join("\n");
  };
  assert.match(await said({ privateKey: UNKNOWN }), /2048 bits, which NIST deprecates after 2030/);
  assert.doesNotMatch(await said({}), /NIST/);
});
