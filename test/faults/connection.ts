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
import { assertFailure, assertNotFinished } from "../support/in-process";
import type { ConnectProxy, ConnectProxyOptions } from "../support/tcp-proxy/connect-proxy";
import { startConnectProxy } from "../support/tcp-proxy/connect-proxy";
import type { Cell } from "./fault";
import { fault } from "./fault";

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
  ["wrong-host", "is for another name", "is for another name", "Use the name that the certificate is issued for"],
  ["self-signed", "signs itself", "not signed by the given CA", "caCertificateFile"],
  ["rsa-1024", "has a weak key", "key too weak", "RSA of 2048 bits"],
  ["tls1.1-only", "comes by TLS 1.1", "speaks no TLS 1.2 or later", "Enable TLS 1.2"],
];
for (const [serverCertificate, what, says, advice] of DISTRUSTED) {
  fault(35, "L", `a server whose certificate ${what} gets no request`, async (cell) => {
    const s = await cell.scenario({ simulator: { serverCertificate } });
    const outcome = await s.process().create(s.inputs());
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
    const outcome = await s.process({ environment }).create(s.inputs());
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
  const outcome = await s.process({ environment }).create(s.inputs());
  assertFailure(outcome, "ERR_TLS", serverFingerprint, s.simulator.serverFingerprint);
  assertNothingSent(s);
});

const REDIRECTED = { L: "login", S: "patch", P: "taskGet", R: "readCertificate" } as const;
for (const phase of ["L", "S", "P", "R"] as const) {
  for (const status of [301, 302, 303, 307, 308] as const) {
    fault(36, phase, `a ${status} to another host, to http, or to itself for ever is not followed`, async (cell) => {
      const other = await stranger(cell);
      await Promise.all(
        [() => other.url, () => other.url.replace("https:", "http:"), (s: Scenario) => s.simulator.url].map(
          async (to) => {
            const s = await cell.scenario();
            const action: RequestAction = { kind: "redirect", status, location: `${to(s)}/api/session` };
            const match = { operation: REDIRECTED[phase] };
            s.simulator.faults.add({ match, times: Infinity, action });
            const outcome = await s.process().create(s.inputs());
            const texts = ["redirects, which is not followed", `HTTP ${status}`, "Set server to vCenter itself"];
            const { journal } = s.simulator;
            if (phase === "L" || phase === "S") assertFailure(outcome, "ERR_RESPONSE_INVALID", ...texts);
            else {
              const [patch] = journal.filter({ operation: "patch" });
              const pending = { taskId: patch?.taskId, fingerprint: s.wanted.fingerprint };
              assertNotFinished(outcome, "ERR_RESPONSE_INVALID", pending, ...texts);
            }
            assert.deepEqual([journal.logins(), journal.patches()], [1, phase === "L" ? 0 : 1]);
            // A read is tried once more, at the same place.
            assert.equal(journal.count(match), phase === "L" || phase === "S" ? 1 : 2);
          },
        ),
      );
      assert.deepEqual([other.connections.tcp, other.journal.count()], [0, 0]);
    });
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
