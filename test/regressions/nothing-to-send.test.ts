// SPDX-License-Identifier: Apache-2.0
// An update that would have sent nothing failed because its certificate had expired since, or its key file was gone: a stack
// that could never be updated again, and a finished task that was never asked.

import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { makeCertificate } from "../fixtures/certificates/make";
import { assertFailure, assertSuccess } from "../support/in-process";
import type { Properties, Scenario } from "../support/in-process";
import { regression } from "./scene";

const LACKS: readonly (readonly [what: string, make: (s: Scenario) => Promise<Properties>])[] = [
  [
    "an expired certificate",
    async (s) => s.inputs(await makeCertificate({ notAfter: new Date(Date.now() - 3_600_000) })),
  ],
  [
    "a key file that is gone",
    (s) => Promise.resolve(s.inputs(s.wanted, { privateKey: undefined, privateKeyFile: "/nonexistent/client.key" })),
  ],
];
for (const [what, make] of LACKS) {
  const begin = async (s: Scenario): Promise<{ inputs: Properties; state: Properties }> => {
    const inputs = await make(s);
    const certificate = String(inputs["certificate"]);
    s.simulator.setCertificate(certificate);
    const sha256Fingerprint = new X509Certificate(certificate).fingerprint256;
    const server = `${s.simulator.host}:${s.simulator.port}`;
    return { inputs, state: { ...inputs, privateKey: undefined, server, sha256Fingerprint } };
  };

  regression(`${what} does not hinder an update with detectDrift "always" that finds it there`, {}, async (s) => {
    const { inputs, state } = await begin(s);
    const news = { ...inputs, detectDrift: "always", timeoutSeconds: 19 };
    assertSuccess(await s.providerProcess().update(state, news), String(state["sha256Fingerprint"]));
    assert.equal(s.simulator.journal.patches(), 0);
  });

  regression(`${what} does not hinder the end of a replacement that has succeeded`, {}, async (s) => {
    const { inputs, state } = await begin(s);
    const { sha256Fingerprint: pendingFingerprint, ...rest } = state;
    const pending = { ...rest, pendingTaskId: "task-that-is-gone", pendingFingerprint };
    assertSuccess(await s.providerProcess().update(pending, inputs), String(pendingFingerprint));
    assert.equal(s.simulator.journal.patches(), 0);
  });

  regression(`${what} is still refused before a PATCH`, {}, async (s) => {
    const { inputs, state } = await begin(s);
    s.simulator.setCertificate((await makeCertificate()).certificatePem);
    const outcome = await s.providerProcess().update(state, { ...inputs, detectDrift: "always" });
    assert.ok(outcome.kind === "failure");
    assertFailure(outcome, outcome.code === "ERR_KEY_FILE" ? "ERR_KEY_FILE" : "ERR_CERTIFICATE_INVALID");
    assert.equal(s.simulator.journal.patches(), 0);
  });
}
