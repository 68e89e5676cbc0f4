// SPDX-License-Identifier: Apache-2.0
// How settings arrive. The engine's host hands the provider out before `configure` has ended, so calls may overtake it;
// none of them may run with half of the settings.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { makeCertificate } from "../fixtures/certificates/make";
import type { MadeCertificate } from "../fixtures/certificates/make";
import { makeStage, NOTHING } from "./scene";
import type { Scene } from "./scene";

/** Nothing comes from the environment. */
const SILENT = {
  VSPHERE_TRUST_AUTHORITY_SERVER: undefined,
  VSPHERE_TRUST_AUTHORITY_USER: undefined,
  VSPHERE_TRUST_AUTHORITY_PASSWORD: undefined,
  VSPHERE_TRUST_AUTHORITY_CA_CERTIFICATE_FILE: undefined,
};

describe("the settings of a connection", () => {
  let scene: Scene;
  let pair: MadeCertificate;
  let config: Readonly<Record<string, string>>;

  before(async () => {
    pair = await makeCertificate();
    scene = await makeStage();
    config = namespaced({
      server: scene.simulator.url,
      user: scene.simulator.user,
      password: scene.simulator.password,
      caCertificate: scene.simulator.caPem,
    });
  });
  after(() => scene.end());

  it("hold for calls that overtake configure, as many as come", async () => {
    const keyProviders = Array.from({ length: 16 }, (_, index) => `kms-${index + 1}`);
    await scene.start({
      environment: SILENT,
      config,
      overtake: async (provider) => {
        const made = await Promise.all(
          keyProviders.map(async (keyProvider) => {
            const inputs = scene.inputs(pair, keyProvider);
            assert.deepEqual((await provider.check({}, inputs)).failures, []);
            return provider.create(inputs);
          }),
        );
        assert.deepEqual(
          made.map(({ properties }) => properties["server"]),
          keyProviders.map(() => scene.server),
        );
      },
    });
    assert.deepEqual([scene.simulator.journal.logins(), scene.traffic().patches], [1, 16]);
    await scene.stop();
  });

  it("that are missing fail every check, but neither configure nor delete", async () => {
    await scene.start({ environment: SILENT });
    scene.traffic();
    for (const keyProvider of ["kms-1", "kms-2"]) {
      const { failures } = await scene.provider.check({}, scene.inputs(pair, keyProvider));
      assert.deepEqual(
        failures.map(({ property }) => property),
        [""],
      );
      assert.match(failures[0]?.reason ?? "", /no server is set.*VSPHERE_TRUST_AUTHORITY_SERVER/);
    }
    await scene.provider.delete(scene.id("kms-1"), scene.state(pair, "kms-1"));
    assert.deepEqual(scene.traffic(), NOTHING);
    await scene.stop();
  });

  it("lack user or password only where a request is made", async () => {
    await scene.start({ environment: { VSPHERE_TRUST_AUTHORITY_PASSWORD: undefined } });
    scene.traffic();
    const inputs = scene.inputs(pair, "kms-1");
    assert.deepEqual((await scene.provider.check({}, inputs)).failures, []);
    const { message } = await scene.failure("ERR_CONFIG_MISSING", scene.provider.create(inputs));
    assert.match(message, /VSPHERE_TRUST_AUTHORITY_PASSWORD/);
    assert.deepEqual(scene.traffic(), NOTHING);
    await scene.stop();
  });

  it("of an explicit provider are all there are: the environment is not looked at", async () => {
    await scene.start({
      environment: { VSPHERE_TRUST_AUTHORITY_SERVER: "other-vcenter.example", VSPHERE_TRUST_AUTHORITY_USER: "nobody" },
      config: { ...config, ...namespaced({ explicitProvider: "true" }) },
    });
    const { properties } = await scene.provider.create(scene.inputs(pair, "kms-1"));
    assert.equal(properties["server"], scene.server);
    await scene.stop();
  });

  it("of an explicit provider hold the password of the last up in a refresh, and a refused one says so", async () => {
    const stale = namespaced({ explicitProvider: "true", password: "the old password" });
    await scene.start({ config: { ...config, ...stale } });
    const { message } = await scene.failure(
      "ERR_AUTHENTICATION",
      scene.provider.read(scene.id("kms-1"), scene.state(pair, "kms-1")),
    );
    assert.match(message, /the password that the state has recorded for the TrustAuthorityProvider was used/);
    assert.match(message, /`pulumi up`.*`pulumi refresh --run-program`.*passwordEnv or passwordFile/);
    const created = await scene.failure("ERR_AUTHENTICATION", scene.provider.create(scene.inputs(pair, "kms-1")));
    assert.doesNotMatch(created.message, /recorded/);
    await scene.stop();
  });

  const RECORDED =
    /A refresh reads stack config as the last `pulumi up` recorded it: after a change run `pulumi up`, or/;
  const AS_BEFORE = /so that the account is not locked\. \[/;
  for (const [what, environment, code, pattern] of [
    ["no server", SILENT, "ERR_CONFIG_MISSING", RECORDED],
    ["no CA", { VSPHERE_TRUST_AUTHORITY_CA_CERTIFICATE_FILE: undefined }, "ERR_TLS", RECORDED],
    ["an old password", { VSPHERE_TRUST_AUTHORITY_PASSWORD: undefined }, "ERR_AUTHENTICATION", RECORDED],
    ["a wrong password in the environment", { VSPHERE_TRUST_AUTHORITY_PASSWORD: "x" }, "ERR_AUTHENTICATION", AS_BEFORE],
  ] as const) {
    it(`of stack config are those of the last up in a refresh, and the remedy follows: ${what}`, async () => {
      await scene.start({ environment, config: namespaced({ password: "the old password" }) });
      const { message } = await scene.failure(code, scene.provider.read(scene.id("kms-1"), scene.state(pair, "kms-1")));
      assert.match(message, pattern);
      await scene.stop();
    });
  }
});

function namespaced(settings: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(settings).map(([key, value]) => [`vsphere-trust-authority:${key}`, value]));
}
