// SPDX-License-Identifier: Apache-2.0
// Rows 35 to 37: a server that is not the right one, one that sends elsewhere, and proxies. Nothing may reach anybody who
// has not been proved to be vCenter.

import assert from "node:assert/strict";
import { makeCertificate } from "../fixtures/certificates/make";
import type { Scene } from "../integration/scene";
import { makeStage, NOTHING } from "../integration/scene";
import type { RequestAction, ServerCertificateKind, Simulator } from "../simulator";
import { startSimulator } from "../simulator";
import type { Scenario } from "../support/in-process";
import { assertFailure } from "../support/in-process";
import type { ConnectProxy, ConnectProxyOptions } from "../support/tcp-proxy/connect-proxy";
import { startConnectProxy } from "../support/tcp-proxy/connect-proxy";
import type { Cell } from "./fault";
import { fault } from "./fault";
import type { MakeScenario } from "./writes";
import { faultOfWrites, oneForm } from "./writes";

/** Not one request, and no second try: whoever is not vCenter will not become it. */
function assertNothingSent({ simulator }: Scenario): void {
  assert.deepEqual([simulator.journal.count(), simulator.connections.tcp], [0, 1]);
}

async function stranger(cell: Cell): Promise<Simulator> {
  const simulator = await startSimulator();
  cell.closeAfter(() => simulator.close());
  return simulator;
}

const DISTRUSTED: readonly (readonly [kind: ServerCertificateKind, what: string, says: string, advice: string])[] = [
  ["expired", "has expired", "certificate has expired", "Renew the certificate"],
  [
    "wrong-host",
    "is for another name",
    "is for another name",
    "Set server to the name that the certificate is issued for",
  ],
  ["self-signed", "signs itself", "not signed by the given CA", "caCertificateFile"],
  ["rsa-1024", "has a weak key", "key too weak", "RSA of 2048 bits"],
  ["tls1.1-only", "comes by TLS 1.1", "speaks no TLS 1.2 or later", "Enable TLS 1.2"],
];
for (const [serverCertificate, what, says, advice] of DISTRUSTED) {
  fault(35, "L", `a server whose certificate ${what} gets no request`, async (cell) => {
    const s = await cell.scenario({ simulator: { serverCertificate } });
    const outcome = await s.providerProcess().create(s.inputs());
    assertFailure(outcome, "ERR_TLS", says, advice, "POST /api/session");
    assertNothingSent(s);
  });
}

for (const [what, caOf] of [
  ["the system's roots do not know", () => undefined],
  ["the CA of another server does not know", (other: Simulator) => other.caFile],
] as const) {
  fault(35, "L", `a server that ${what} gets no request`, async (cell) => {
    const s = await cell.scenario();
    const environment = { VSPHERE_TRUST_AUTHORITY_CA_CERTIFICATE_FILE: caOf(await stranger(cell)) };
    const outcome = await s.providerProcess({ environment }).create(s.inputs());
    assertFailure(outcome, "ERR_TLS", "not signed by", "caCertificateFile", "serverFingerprint");
    assertNothingSent(s);
  });
}

fault(35, "L", "a server that has not the pinned fingerprint gets no request", async (cell) => {
  const s = await cell.scenario();
  const { serverFingerprint } = await stranger(cell);
  const environment = {
    VSPHERE_TRUST_AUTHORITY_CA_CERTIFICATE_FILE: undefined,
    VSPHERE_TRUST_AUTHORITY_SERVER_FINGERPRINT: serverFingerprint,
  };
  const outcome = await s.providerProcess({ environment }).create(s.inputs());
  assertFailure(outcome, "ERR_TLS", serverFingerprint, s.simulator.serverFingerprint);
  assertNothingSent(s);
});

const REDIRECTS = [301, 302, 303, 307, 308] as const;
const NOT_FOLLOWED = "to another host, to http, or to itself for ever is not followed";

/** Each is tried with a server of its own. */
async function redirected(
  cell: Cell,
  status: (typeof REDIRECTS)[number],
  play: (redirect: (s: Scenario) => RequestAction) => Promise<void>,
): Promise<void> {
  const other = await stranger(cell);
  const places = [() => other.url, () => other.url.replace("https:", "http:"), (s: Scenario) => s.simulator.url];
  await Promise.all(places.map((to) => play((s) => ({ kind: "redirect", status, location: `${to(s)}/api/session` }))));
  assert.deepEqual([other.connections.tcp, other.journal.count()], [0, 0]);
}

for (const status of REDIRECTS) {
  const texts = ["redirects, which is not followed", `HTTP ${status}`, "Set server to vCenter itself"];

  fault(36, "L", `a ${status} ${NOT_FOLLOWED}`, (cell) =>
    redirected(cell, status, async (redirect) => {
      const s = await cell.scenario();
      s.simulator.faults.add({ match: { operation: "login" }, times: Infinity, action: redirect(s) });
      assertFailure(await s.providerProcess().create(s.inputs()), "ERR_RESPONSE_INVALID", ...texts);
      assert.deepEqual([s.simulator.journal.logins(), s.simulator.journal.patches()], [1, 0]);
    }),
  );

  for (const phase of ["S", "P", "R"] as const) {
    const followsNothing = (scenario: MakeScenario, cell: Cell): Promise<void> =>
      redirected(cell, status, async (redirect) => {
        const w = await scenario();
        w.answer(phase, redirect(w.s), Infinity);
        const outcome = await w.create();
        if (phase === "S") assertFailure(outcome, "ERR_RESPONSE_INVALID", ...texts);
        else w.assertOpen(outcome, "ERR_RESPONSE_INVALID", { taskId: w.taskId() }, ...texts);
        w.assertTraffic(1, 1);
        // A read is tried once more, at the same place.
        assert.equal(w.requests(phase).length, phase === "S" ? 1 : 2);
      });
    faultOfWrites(36, phase, `a ${status} ${NOT_FOLLOWED}`, followsNothing, oneForm(status === 307));
  }
}

/** A real process behind a proxy, since the variables that name one are the process's own. */
async function behind(
  cell: Cell,
  options: ConnectProxyOptions,
  environment: (proxy: ConnectProxy, vcenter: Simulator) => NodeJS.ProcessEnv,
): Promise<{ scene: Scene; proxy: ConnectProxy }> {
  const proxy = await startConnectProxy(options);
  cell.closeAfter(proxy.close);
  const scene = await makeStage();
  cell.closeAfter(() => scene.end());
  await scene.start({ environment: environment(proxy, scene.simulator) });
  return { scene, proxy };
}

for (const [status, code, advice, tunnels] of [
  [407, "ERR_CONFIG_INVALID", /user and password into HTTPS_PROXY/, 1],
  [502, "ERR_CONNECT", /the proxy/i, Infinity],
] as const) {
  fault(37, "L", `a proxy that answers CONNECT by ${status} is named, and gets no request`, async (cell) => {
    const { scene, proxy } = await behind(cell, { refuseWith: status }, ({ url }) => ({
      HTTPS_PROXY: url.replace("//", "//somebody:a-proxy-password@"),
    }));
    const create = scene.provider.create(scene.inputs(await makeCertificate(), "kms-1"));
    const { message } = await scene.failure(code, create);
    assert.match(message, advice);
    assert.ok(message.includes(`HTTP ${status}`) && message.includes(proxy.url.slice("http://".length)), message);
    assert.ok(!message.includes("a-proxy-password"), message);
    assert.deepEqual(scene.traffic(), NOTHING);
    // 407 does not pass by itself; everything else may, and is tried again for some seconds.
    assert.ok(tunnels === 1 ? proxy.targets.length === 1 : proxy.targets.length > 4, `${proxy.targets.length} tunnels`);
  });
}

fault(37, "L", "a proxy that intercepts TLS gets a handshake and not one request", async (cell) => {
  const other = await stranger(cell);
  const { scene } = await behind(cell, { leadTo: other }, ({ url }) => ({ HTTPS_PROXY: url }));
  const create = scene.provider.create(scene.inputs(await makeCertificate(), "kms-1"));
  await scene.failure("ERR_TLS", create);
  assert.deepEqual([scene.traffic(), other.journal.count()], [NOTHING, 0]);
});

for (const name of ["HTTPS_PROXY", "https_proxy"]) {
  const carries = async (cell: Cell): Promise<void> => {
    const { scene, proxy } = await behind(cell, {}, ({ url }) => ({ [name]: url, NO_PROXY: "localhost,.example.com" }));
    const pair = await makeCertificate();
    const { properties } = await scene.provider.create(scene.inputs(pair, "kms-1"));
    assert.equal(properties["sha256Fingerprint"], pair.fingerprint);
    assert.equal(scene.traffic().patches, 1);
    // The engine, on this machine, is told of progress without it.
    assert.deepEqual([...new Set(proxy.targets)], [scene.server]);
    assert.ok(scene.provider.logs.some(({ ephemeral }) => ephemeral));
    await scene.stop();
  };
  fault(37, "L", `a proxy that ${name} names carries what goes to vCenter by CONNECT, and nothing else`, carries, true);
}

fault(37, "L", "a server of NO_PROXY is reached without the proxy", async (cell) => {
  const { scene, proxy } = await behind(cell, { refuseWith: 502 }, ({ url }, { host }) => ({
    HTTPS_PROXY: url,
    NO_PROXY: `.example.com,${host}`,
  }));
  const pair = await makeCertificate();
  const { properties } = await scene.provider.create(scene.inputs(pair, "kms-1"));
  assert.equal(properties["sha256Fingerprint"], pair.fingerprint);
  assert.deepEqual([scene.traffic().patches, proxy.targets.length], [1, 0]);
});

fault(37, "L", "a SOCKS proxy is refused by name before any connection", async (cell) => {
  const { scene, proxy } = await behind(cell, {}, ({ url }) => ({ HTTPS_PROXY: url.replace("http:", "socks5:") }));
  const create = scene.provider.create(scene.inputs(await makeCertificate(), "kms-1"));
  const { message } = await scene.failure("ERR_CONFIG_INVALID", create);
  assert.match(message, /SOCKS is not supported/);
  assert.deepEqual([scene.traffic(), proxy.targets.length], [NOTHING, 0]);
});
