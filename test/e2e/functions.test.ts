// SPDX-License-Identifier: Apache-2.0

// The functions in a program that the real engine runs: with an explicit provider, in previews, and beside a resource.

import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import type { MadeCertificate } from "../fixtures/certificates/make";
import { fingerprintOfPem, makeCertificate } from "../fixtures/certificates/make";
import { piecesOf } from "../support/secret-search";
import type { Scene } from "./scene";
import { CLUSTERS, failed, makeScene, ops, succeeded, traffic } from "./scene";

let scene: Scene;
let wanted: MadeCertificate;

before(async () => {
  wanted = await makeCertificate();
  // The environment names another vCenter: an explicit provider does not look at it.
  const environment = { VSPHERE_TRUST_AUTHORITY_SERVER: "elsewhere.example", VSPHERE_TRUST_AUTHORITY_USER: "nobody" };
  scene = await makeScene({
    program: "functions.js",
    files: { "client.key": wanted.privateKeyPem },
    connected: false,
    stack: { environment },
  });
  const { simulator, stack } = scene;
  const values = { server: simulator.url, user: simulator.user, ca: simulator.caFile };
  const more = { certificate: wanted.certificatePem, key: "client.key" };
  for (const [name, value] of Object.entries({ ...values, ...more })) await stack.setConfig(name, value);
  await stack.setConfig("password", simulator.password, "secret");
});
after(() => scene.end());

it("functions read in a preview and in an up, each with one login, and leave no session", async () => {
  const { simulator, stack } = scene;
  const initial = fingerprintOfPem(simulator.certificate());

  const preview = await succeeded(stack.preview());
  assert.deepEqual(ops(preview), ["create kms"]);
  const { logins, reads, sessions } = traffic(simulator);
  // The Output waits for the resource that is still to be created.
  assert.deepEqual({ logins, reads, sessions }, { logins: 1, reads: 1, sessions: 0 });

  await succeeded(stack.up());
  assert.deepEqual(await stack.outputs(), {
    clusters: CLUSTERS.map(({ id }) => ({ cluster: id, state: "ENABLE" })),
    keyProviders: ["kms-1", "kms-2", "kms-3", "kms-4"].map((keyProvider) => ({ keyProvider, health: "OK" })),
    before: initial,
    after: wanted.fingerprint,
  });
  const up = traffic(simulator);
  // The functions before the resource, the resource, the function after it.
  assert.deepEqual([up.logins, up.patches, up.sessions], [3, 1, 0]);
  const { text } = await stack.exportState();
  assert.match(
    text,
    new RegExp(`"after": "${wanted.fingerprint}"`),
    "a fingerprint is no secret because the password is",
  );
  assert.deepEqual(piecesOf(simulator.password, text), []);

  await stack.setConfig("cluster", "domain-c7");
  const wrong = await failed(
    stack.preview(),
    /error: Reading the client certificate of key provider "kms-1" in cluster "domain-c7".*\[ERR_KEY_PROVIDER_NOT_FOUND\]/,
  );
  assert.doesNotMatch(wrong.stdout + wrong.stderr, /unhandled exception|lookup\.js/);
  assert.deepEqual([traffic(simulator).logins, simulator.openSessions()], [1, 0]);
});
