// SPDX-License-Identifier: Apache-2.0
// The proxy that the environment names: a tunnel to vCenter and no more. The server is verified through it, and nothing
// goes to a proxy that refuses or intercepts.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { makeCertificate } from "../fixtures/certificates/make";
import type { MadeCertificate } from "../fixtures/certificates/make";
import { startSimulator } from "../simulator";
import type { ConnectProxy, ConnectProxyOptions } from "../support/tcp-proxy/connect-proxy";
import { startConnectProxy } from "../support/tcp-proxy/connect-proxy";
import { makeStage, NOTHING } from "./scene";
import type { Scene } from "./scene";

describe("a proxy of the environment", () => {
  let scene: Scene;
  let pair: MadeCertificate;

  before(async () => {
    pair = await makeCertificate();
    scene = await makeStage();
  });
  after(() => scene.end());

  // Every case is a process of its own: the variables are the process's.
  const through = async (
    options: ConnectProxyOptions,
    environment: (proxy: ConnectProxy) => NodeJS.ProcessEnv,
    play: (proxy: ConnectProxy) => Promise<void>,
  ): Promise<void> => {
    const proxy = await startConnectProxy(options);
    try {
      await scene.start({ environment: environment(proxy) });
      scene.traffic();
      await play(proxy);
    } finally {
      await scene.stop();
      proxy.close();
    }
  };

  const assertReplaced = async (): Promise<void> => {
    const { properties } = await scene.provider.create(scene.inputs(pair, "kms-1"));
    assert.equal(properties["sha256Fingerprint"], pair.fingerprint);
    assert.equal(scene.traffic().patches, 1);
  };

  for (const name of ["HTTPS_PROXY", "https_proxy"]) {
    it(`carries what goes to vCenter, and nothing else, by CONNECT when ${name} names it`, () =>
      through(
        {},
        (proxy) => ({ [name]: proxy.url, NO_PROXY: "localhost,.example.com" }),
        async (proxy) => {
          await assertReplaced();
          assert.ok(proxy.targets.length > 0);
          // The engine, on this machine, is told of progress without it.
          assert.deepEqual([...new Set(proxy.targets)], [scene.server]);
          assert.ok(scene.provider.logs.some(({ ephemeral }) => ephemeral));
        },
      ));
  }

  it("is left out for the servers of NO_PROXY", () =>
    through(
      {},
      (proxy) => ({ HTTPS_PROXY: proxy.url, NO_PROXY: "localhost, 127.0.0.1" }),
      async (proxy) => {
        await assertReplaced();
        assert.deepEqual(proxy.targets, []);
      },
    ));

  it("that demands credentials is an error of the settings, which does not show those it was given", () =>
    through(
      { refuseWith: 407 },
      (proxy) => ({ HTTPS_PROXY: proxy.url.replace("//", "//somebody:a-proxy-password@") }),
      async () => {
        const create = scene.provider.create(scene.inputs(pair, "kms-1"));
        const { message } = await scene.failure("ERR_CONFIG_INVALID", create);
        assert.match(message, /407/);
        assert.doesNotMatch(message, /a-proxy-password/);
        assert.deepEqual(scene.traffic(), NOTHING);
      },
    ));

  it("that leads to another server gets nothing but a handshake", async () => {
    const interceptor = await startSimulator();
    try {
      await through(
        { leadTo: interceptor },
        (proxy) => ({ HTTPS_PROXY: proxy.url }),
        async () => {
          await scene.failure("ERR_TLS", scene.provider.create(scene.inputs(pair, "kms-1")));
          assert.equal(interceptor.journal.count(), 0);
          assert.deepEqual(scene.traffic(), NOTHING);
        },
      );
    } finally {
      await interceptor.close();
    }
  });
});
