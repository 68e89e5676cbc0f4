// SPDX-License-Identifier: Apache-2.0
// Secrets that a server repeats in a certificate's names are not saved.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { makeCertificate } from "../fixtures/certificates/make";
import { assertSuccess, startScenario } from "../support/in-process";

describe("the names in a certificate of the server", () => {
  it("are saved without the password that they repeat, by refresh and by .get", async () => {
    const s = await startScenario();
    try {
      const saved = assertSuccess(await s.providerProcess().create(s.inputs()), s.wanted.fingerprint);
      const { password } = s.simulator;
      const hostile = await makeCertificate({ subject: `CN=a ${password} b` });
      s.simulator.setCertificate(hostile.certificatePem);
      for (const outputs of [saved, { timeoutSeconds: 20 }]) {
        const shown = assertSuccess(await s.providerProcess().read(s.id, outputs), hostile.fingerprint);
        assert.match(String(shown["subject"]), /^CN=a \[redacted\] b/);
      }
    } finally {
      await s.end();
    }
  });
});
