// SPDX-License-Identifier: Apache-2.0
// What the engine is told besides results: warnings and notes, once each and at their resource, and two resources that
// would fight for one target.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { makeCa, makeCertificate } from "../fixtures/certificates/make";
import type { CertificateAuthority, MadeCertificate } from "../fixtures/certificates/make";
import { unknownValue } from "../support/dynamic-provider";
import { makeScene, urnOf } from "./scene";
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

  it("comes for each of several reasons", async () => {
    const old = await makeCertificate({ ca, keyType: "rsa-2048", ...SOON_OVER });
    await scene.provider.check({}, scene.inputs(old, "kms-3"));
    const said = scene.notices("kms-3");
    assert.deepEqual([said.length, said.every(({ severity }) => severity === "warning")], [2, true]);
    assert.ok(said.some(({ message }) => message.includes("expires")));
    assert.ok(said.some(({ message }) => message.includes("2048")));
  });

  it("follows expiryWarningDays", async () => {
    await scene.provider.check({}, scene.inputs(pair, "kms-4", { expiryWarningDays: 30 }));
    assert.deepEqual(scene.notices("kms-4"), []);
    await scene.provider.check({}, scene.inputs(pair, "kms-4", { expiryWarningDays: 100 }));
    assert.equal(scene.notices("kms-4").length, 1);
  });

  it("replaces the failure where an expired certificate is already the state's", async () => {
    const expired = await makeCertificate({ ca, notAfter: new Date(Date.now() - DAY_MS) });
    const news = scene.inputs(expired, "kms-6");
    assert.equal((await scene.provider.check({}, news)).failures.length, 1);
    const respelled = { ...news, certificate: expired.certificatePem.replaceAll("\n", "\r\n") };
    assert.deepEqual((await scene.provider.check(news, respelled)).failures, []);
    assert.deepEqual(
      scene.notices("kms-6").map(({ severity }) => severity),
      ["warning"],
    );
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

describe("two resources with one target", () => {
  it("are refused by check, which names the URNs of both", async () => {
    const first = scene.inputs(pair, "kms-8", { __urn: urnOf("first") });
    const second = scene.inputs(pair, "kms-8", { __urn: urnOf("second") });
    assert.deepEqual((await scene.provider.check({}, first)).failures, []);
    const { failures } = await scene.provider.check({}, second);
    assert.deepEqual(
      failures.map(({ property }) => property),
      [""],
    );
    const [{ reason } = { reason: "" }] = failures;
    assert.ok(reason.includes(urnOf("first")) && reason.includes(urnOf("second")), reason);
    assert.match(reason, /"kms-8" in cluster "domain-c8" is managed twice/);
    assert.deepEqual((await scene.provider.check({}, first)).failures, [], "the first may come again");
  });

  it("are not two where ids are not known yet, or clusters differ", async () => {
    for (const [index, more] of [
      { keyProvider: unknownValue },
      { keyProvider: unknownValue },
      { cluster: "domain-c8", keyProvider: "kms-9" },
      { cluster: "domain-c9", keyProvider: "kms-9" },
    ].entries()) {
      const news = scene.inputs(pair, "kms-9", { ...more, __urn: urnOf(`number-${index}`) });
      assert.deepEqual((await scene.provider.check({}, news)).failures, [], String(index));
    }
  });
});
