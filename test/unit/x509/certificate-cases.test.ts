// SPDX-License-Identifier: Apache-2.0
// Certificates that not everything takes: what is said of each, and what is sent is read by other TLS libraries.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseCertificate } from "../../../provider/src/x509/certificate";
import { parsePrivateKey } from "../../../provider/src/x509/private-key";
import { CERTIFICATE_CASES, IS_OPENSSL_35, outcomeOf } from "./certificate-cases";
import { bench } from "./pair-files";
import { SentPairs } from "./sent-pairs";

describe("a certificate with", () => {
  const sent = new SentPairs(bench);
  for (const { name, make, outcome, says, isUnreadableFor35, isUnreadableForGo } of CERTIFICATE_CASES) {
    it(`${name}: ${outcome}`, async () => {
      const { certificate, key } = await make();
      const found = outcomeOf(certificate);
      assert.equal(found.outcome, outcome, found.text);
      assert.match(found.text, isUnreadableFor35 && IS_OPENSSL_35 ? /DER cannot be read/ : says);
      if (outcome === "refused" || isUnreadableForGo) return;
      sent.add(name, parseCertificate(certificate).pem, parsePrivateKey(key).pem);
    });
  }

  sent.declareReaders();
});
