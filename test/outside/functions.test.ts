// SPDX-License-Identifier: Apache-2.0
// The functions in a program's process against a simulated vCenter: what they find, what they say if they fail, and that they
// leave neither a session nor a signal handler.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import {
  getKmsClientCertificate,
  getKmsClientCertificateOutput,
  getKmsKeyProviders,
  getTrustAuthorityClusters,
  TrustAuthorityProvider,
} from "../../provider/src/index";
import { fingerprintOfPem } from "../fixtures/certificates/make";
import type { Simulator, SimulatorOptions } from "../simulator";
import { startSimulator } from "../simulator";
import { SecretWatch } from "../support/in-process/secrets";
import { clearSettings, settingsOf } from "./settings";

const TARGET = { cluster: "domain-c8", keyProvider: "kms/1 a" };
const CLUSTERS = [
  { id: "domain-c8", keyProviders: [TARGET.keyProvider, "kms-2"] },
  { id: "domain-c9", state: "DISABLE" as const },
];

let simulator: Simulator;
let secrets: SecretWatch;

async function start(options: SimulatorOptions = {}): Promise<void> {
  simulator = await startSimulator({ clusters: CLUSTERS, taskDurationMs: { read: 5 }, ...options });
  secrets = new SecretWatch();
  secrets.addText("the password", simulator.password, simulator.user);
  Object.assign(process.env, settingsOf(simulator));
}

/** What every call must leave behind, whatever its end. */
async function end(): Promise<void> {
  clearSettings(process.env);
  try {
    assert.deepEqual(secrets.leaks(), []);
    for (const signal of ["SIGINT", "SIGTERM"]) assert.equal(process.listenerCount(signal), 0);
    simulator.assertClean();
  } finally {
    await simulator.close();
  }
}

async function failure(running: Promise<unknown>): Promise<Error & { readonly code?: string }> {
  const error: unknown = await running.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  // An unhandled rejection ends the program at once: nothing may be open any more.
  assert.equal(simulator.openSessions(), 0);
  assert.ok(pulumi.RunError.isInstance(error), String(error));
  // Of an unhandled rejection the SDK prints the stack, if there is one.
  assert.equal(error.stack, "");
  secrets.addReadable("an error", JSON.stringify([error.message, error.stack]));
  return error;
}

describe("functions of a program", () => {
  before(() => start());
  after(end);
  beforeEach(() => {
    simulator.journal.clear();
  });

  it("find what there is, with one login for all that overlap", async () => {
    const [clusters, keyProviders, found] = await Promise.all([
      getTrustAuthorityClusters(),
      getKmsKeyProviders({ cluster: "domain-c8" }),
      getKmsClientCertificate(TARGET),
    ]);
    assert.deepEqual(clusters, [
      { cluster: "domain-c8", state: "ENABLE" },
      { cluster: "domain-c9", state: "DISABLE" },
    ]);
    assert.deepEqual(keyProviders, [
      { keyProvider: "kms/1 a", health: "OK" },
      { keyProvider: "kms-2", health: "OK" },
    ]);
    const { certificate, sha256Fingerprint, subject, issuer, serialNumber, notBefore, notAfter, server, ...rest } =
      found;
    assert.equal(certificate, simulator.certificate());
    assert.equal(sha256Fingerprint, fingerprintOfPem(certificate));
    assert.deepEqual([server, rest], [`127.0.0.1:${simulator.port}`, {}]);
    assert.match([subject, issuer, serialNumber].join(), /^CN=ESXi.*,CN=ESXi.*,[0-9A-F]+$/);
    assert.ok(Date.parse(notBefore) < Date.parse(notAfter));
    assert.deepEqual([simulator.journal.logins(), simulator.openSessions()], [1, 0]);
  });

  it("log in anew after the last has ended, and read the environment anew", async () => {
    await getTrustAuthorityClusters();
    const { VSPHERE_TRUST_AUTHORITY_SERVER: server } = process.env;
    delete process.env["VSPHERE_TRUST_AUTHORITY_SERVER"];
    assert.equal((await failure(getTrustAuthorityClusters())).code, "ERR_CONFIG_MISSING");
    process.env["VSPHERE_TRUST_AUTHORITY_SERVER"] = server;
    await getTrustAuthorityClusters();
    assert.equal(simulator.journal.logins(), 2);
  });

  it("reject only when the session of all that overlap is closed", async () => {
    const slow = { steps: [{ status: "RUNNING", forMs: 300 }, { status: "SUCCEEDED" }] };
    simulator.faults.add({ match: { operation: "readCertificate" }, action: { kind: "taskScript", script: slow } });
    const found = getKmsClientCertificate(TARGET);
    assert.equal((await failure(getKmsKeyProviders({ cluster: "domain-c7" }))).code, "ERR_KEY_PROVIDER_NOT_FOUND");
    assert.equal((await found).certificate, simulator.certificate());
    assert.equal(simulator.journal.logins(), 1);
  });

  it("take an explicit provider's settings, which may be Outputs, and nothing from the environment", async () => {
    const settings = settingsOf(simulator);
    Object.assign(process.env, settingsOf({ ...simulatorFields(), host: "elsewhere.example", user: "nobody" }));
    await pulumi.runtime.setMocks({
      call: () => ({}),
      newResource: ({ name, inputs }) => ({ id: `${name}-id`, state: inputs as Record<string, unknown> }),
    });
    // Takes resources as the mocks do, but is none to the functions.
    const mocks = pulumi.runtime.getMonitor() as unknown as Record<string, (...args: unknown[]) => unknown>;
    const taken = ["registerResource", "registerResourceOutputs", "supportsFeature"];
    const engine = Object.fromEntries(taken.map((name) => [name, mocks[name]?.bind(mocks)]));
    pulumi.runtime.setMockOptions(engine);
    const provider = new TrustAuthorityProvider("ta", {
      server: pulumi.output(simulator.url),
      user: Promise.resolve(simulator.user),
      password: pulumi.secret(simulator.password),
      caCertificate: simulator.caPem,
    });
    const parent = new pulumi.ComponentResource("a:b:C", "component", {}, { providers: [provider] });
    assert.equal((await getTrustAuthorityClusters({ provider })).length, 2);
    assert.equal((await getTrustAuthorityClusters({ parent })).length, 2);
    const output = getKmsClientCertificateOutput({ ...TARGET, cluster: pulumi.output("domain-c8") }, { provider });
    const { isSecret } = output as unknown as { isSecret: Promise<boolean> };
    const certificate = await new Promise((resolve) => output.certificate.apply(resolve));
    assert.deepEqual([certificate, await isSecret], [simulator.certificate(), false]);
    assert.equal((await failure(getTrustAuthorityClusters())).code, "ERR_CONNECT");
    Object.assign(process.env, settings);
  });

  function simulatorFields(): Pick<Simulator, "port" | "password" | "caFile"> {
    const { port, password, caFile } = simulator;
    return { port, password, caFile };
  }
});

describe("a function that cannot answer", () => {
  const rows: readonly {
    readonly what: string;
    readonly vcenter?: SimulatorOptions;
    readonly environment?: NodeJS.ProcessEnv;
    readonly arrange?: () => void;
    readonly call?: () => Promise<unknown>;
    readonly says: RegExp;
    readonly logins?: number;
  }[] = [
    {
      what: "says that the cluster is unknown",
      call: () => getKmsKeyProviders({ cluster: "domain-c7" }),
      says: /^Listing the key providers of cluster "domain-c7" on 127.*"Cluster domain-c7 was not found".*\. Check cluster\. \[ERR_KEY_PROVIDER_NOT_FOUND\]$/,
    },
    {
      what: "says that the key provider is unknown, as its task says",
      vcenter: { refusals: "task" },
      call: () => getKmsClientCertificate({ ...TARGET, keyProvider: "kms-9" }),
      says: /^Reading the client certificate of key provider "kms-9" in cluster "domain-c8" on .*\[ERR_KEY_PROVIDER_NOT_FOUND\]$/,
    },
    {
      what: "says that there is no certificate",
      vcenter: { initialCertificate: null },
      call: () => getKmsClientCertificate(TARGET),
      says: /has no client certificate.*\[ERR_KEY_PROVIDER_NOT_FOUND\]$/,
    },
    {
      what: "names the privilege",
      vcenter: { privileges: ["System.View"] },
      says: /TrustedAdmin\.ReadTrustedHosts and System\.View.*\[ERR_AUTHORIZATION\]$/,
      logins: 2,
    },
    {
      what: "says what vSphere 9 lacks",
      vcenter: { profile: "vsphere-9" },
      says: /vSphere 9 no longer has this API.*\[ERR_ENDPOINT_ABSENT\]$/,
    },
    {
      what: "sends a wrong password once",
      environment: { VSPHERE_TRUST_AUTHORITY_PASSWORD: "wrong-password" },
      says: /\[ERR_AUTHENTICATION\]$/,
    },
    {
      what: "does not believe a list that is none",
      arrange: () =>
        simulator.faults.add({
          match: { operation: "listClusters" },
          action: { kind: "respond", status: 200, body: { a: 1 } },
          times: Infinity,
        }),
      says: /vCenter's answer is not a list \(GET .*\[ERR_RESPONSE_INVALID\]$/,
    },
    {
      what: "does not believe a list of key providers without names",
      arrange: () => {
        const fields = { result: [{ health: "OK" }] };
        simulator.faults.add({
          match: { operation: "listKeyProviders" },
          action: { kind: "taskScript", script: { steps: [{ status: "SUCCEEDED", fields }] } },
          times: Infinity,
        });
      },
      call: () => getKmsKeyProviders({ cluster: "domain-c8" }),
      says: /list of key providers that vCenter returned cannot be read.*\[ERR_RESPONSE_INVALID\]$/,
    },
  ];
  afterEach(end);
  for (const {
    what,
    vcenter,
    environment,
    arrange,
    call = () => getTrustAuthorityClusters(),
    says,
    logins = 1,
  } of rows) {
    it(what, async () => {
      await start(vcenter);
      Object.assign(process.env, environment);
      arrange?.();
      assert.match((await failure(call())).message, says);
      assert.equal(simulator.journal.logins(), logins);
    });
  }

  it("has waited out what passes", async () => {
    await start();
    simulator.faults.add({ match: { operation: "listClusters" }, action: { kind: "reset" } });
    simulator.faults.add({ match: { operation: "listClusters" }, action: { kind: "respond", status: 503 } });
    simulator.faults.add({ match: { operation: "listClusters" }, action: { kind: "expireSessions" } });
    assert.equal((await getTrustAuthorityClusters()).length, 2);
  });

  it("says UNKNOWN for what vCenter left out", async () => {
    await start();
    const fields = { result: [{ provider: "kms-1" }] };
    const script = { steps: [{ status: "SUCCEEDED", fields }] };
    simulator.faults.add({ match: { operation: "listKeyProviders" }, action: { kind: "taskScript", script } });
    assert.deepEqual(await getKmsKeyProviders({ cluster: "domain-c8" }), [{ keyProvider: "kms-1", health: "UNKNOWN" }]);
  });
});

describe("a program's process", () => {
  before(() => start());
  after(end);

  async function run(script: string, onLogin: (kill: (signal: NodeJS.Signals) => void) => void): Promise<unknown[]> {
    const child = spawn(process.execPath, ["-e", script], {
      cwd: join(__dirname, "../.."),
      env: { ...process.env, ...settingsOf(simulator) },
      stdio: "ignore",
    });
    const stop = simulator.journal.onEnd(({ operation }) => {
      if (operation === "listKeyProviders") onLogin((signal) => child.kill(signal));
    });
    const [code, signal] = (await once(child, "exit")) as unknown[];
    stop();
    return [code, signal, simulator.openSessions()];
  }
  const script = (then: string): string =>
    `require("pulumi-vsphere-trust-authority").getKmsKeyProviders({ cluster: "domain-c8" })${then};`;

  it("ends by itself after a function, and by a signal during one, without a session", async () => {
    assert.deepEqual(await run(script(""), () => undefined), [0, null, 0]);
    const never = { steps: [{ status: "RUNNING" }] };
    simulator.faults.add({ match: { operation: "listKeyProviders" }, action: { kind: "taskScript", script: never } });
    assert.deepEqual(
      await run(script(".catch(() => undefined)"), (kill) => {
        kill("SIGINT");
      }),
      [null, "SIGINT", 0],
    );
  });
});
