// SPDX-License-Identifier: Apache-2.0
// A certificate that one resource had adopted was overwritten by the deletion of the resource it replaced: only what was
// sent in the same process counted as held by another, not what was found there.

import assert from "node:assert/strict";
import { assertSuccess } from "../support/in-process";
import { regression } from "./scene";

for (const [what, urn] of [
  ["a renamed resource", "urn:pulumi:s::p::pulumi-nodejs:dynamic/trustauthority:KmsClientCertificate::renamed"],
  ["the replacement of the same resource", undefined],
] as const) {
  regression(`what ${what} has adopted outlives the old one's generateSelfSigned`, {}, async (s) => {
    s.simulator.setCertificate(s.wanted.certificatePem);
    const process = s.process();
    const onDelete = "generateSelfSigned";
    const inputs = s.inputs(s.wanted, { adopt: true, onDelete, ...(urn === undefined ? {} : { __urn: urn }) });
    assert.deepEqual(await process.check({}, inputs), []);
    const outputs = assertSuccess(await process.create(inputs), s.wanted.fingerprint);
    assert.equal(s.simulator.journal.patches(), 0);
    await process.delete(s.id, { ...outputs, __urn: s.inputs()["__urn"] });
    assert.equal(s.simulator.journal.count({ operation: "post" }), 0);
    assert.equal(s.simulator.certificate(), s.wanted.certificatePem);
  });
}

regression(
  "a target that the program gives to another resource is left alone before that one is applied",
  {},
  async (s) => {
    s.simulator.setCertificate(s.wanted.certificatePem);
    const process = s.process();
    const other = "urn:pulumi:s::p::pulumi-nodejs:dynamic/trustauthority:KmsClientCertificate::other";
    await process.check({}, s.inputs(s.wanted, { __urn: other }));
    const state = { ...s.inputs(), privateKey: undefined, sha256Fingerprint: s.wanted.fingerprint };
    await process.delete(s.id, { ...state, onDelete: "generateSelfSigned" });
    assert.equal(s.simulator.journal.count(), 0);
  },
);
