// SPDX-License-Identifier: Apache-2.0
// What the engine is told besides results: warnings and notes, once each and at their resource.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { makeCa, makeCertificate } from "../fixtures/certificates/make";
import type { CertificateAuthority, MadeCertificate } from "../fixtures/certificates/make";
import { makeScene } from "./scene";
import type { Scene } from "./scene";

const DAY_MS = 86_400_000;
/** Less than a third of the lifetime is left. */
const SOON_OVER = { notBefore: new Date(Date.now() - 90 * DAY_MS), notAfter: new Date(Date.now() + 5 * DAY_MS) };

let scene: Scene;
let ca: CertificateAuthority;
let pair: MadeCertificate;

before(async () => {
  ca = await makeCa();
  pair = await makeCertificate({ ca });
  scene = await makeScene({ environment: { NODE_TLS_REJECT_UNAUTHORIZED: "0" } });
});
after(() => scene.end());

describe("a warning", () => {
  it("comes once per resource and process, at severity warning with the resource's URN, however often it is met", async () => {
    const soon = await makeCertificate({ ca, ...SOON_OVER });
    for (const keyProvider of ["kms-1", "kms-2", "kms-1", "kms-2", "kms-1"]) {
      assert.deepEqual((await scene.provider.check({}, scene.inputs(soon, keyProvider))).failures, []);
    }
    for (const keyProvider of ["kms-1", "kms-2"]) {
      const [said, ...more] = scene.notices(keyProvider);
      assert.deepEqual([said?.severity, said?.ephemeral, more], ["warning", false, []]);
      assert.match(said?.message ?? "", new RegExp(`^key provider "${keyProvider}" in cluster "domain-c8": .*expires`));
    }
  });

  it("follows expiryWarningDays", async () => {
    await scene.provider.check({}, scene.inputs(pair, "kms-4", { expiryWarningDays: 30 }));
    assert.deepEqual(scene.notices("kms-4"), []);
    await scene.provider.check({}, scene.inputs(pair, "kms-4", { expiryWarningDays: 100 }));
    assert.equal(scene.notices("kms-4").length, 1);
  });

  it("about the connection comes once per process, without a resource", () => {
    const said = scene.provider.logs.filter(({ message }) => message.includes("NODE_TLS_REJECT_UNAUTHORIZED"));
    assert.deepEqual(
      said.map(({ severity, urn }) => [severity, urn]),
      [["warning", ""]],
    );
    assert.match(said[0]?.message ?? "", /verified regardless/);
  });

  it("has reached the engine when the answer does, which may be the end of the process", async () => {
    await scene.provider.delete(scene.id("kms-7"), scene.state(pair, "kms-7"));
    await scene.stop("SIGKILL");
    // The engine passes no URN to a delete.
    assert.equal(scene.provider.logs.filter(({ message }) => message.includes('"kms-7"')).length, 1);
    await scene.start();
  });
});
