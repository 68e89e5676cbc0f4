// SPDX-License-Identifier: Apache-2.0
// The functions in a program's process against a simulated vCenter: what they find, and that they leave neither a session nor a
// signal handler.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import {
  getKmsClientCertificate,
  getKmsClientCertificateOutput,
  getKmsKeyProviders,
  getTrustAuthorityClusters,
  TrustAuthorityProvider,
} from "../../provider/src/index";
import { fingerprintOfPem } from "../fixtures/certificates/make";
import type { Simulator } from "../simulator";
import { vcenterEnvironment } from "../support/vcenter-environment";
import { end, failure, simulator, start, TARGET } from "./function-stage";

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

  it("refuse an id that would lead to another path, before any request", async () => {
    simulator.journal.clear();
    for (const id of [".", ".."]) {
      const error = await failure(getKmsClientCertificate({ cluster: "domain-c8", keyProvider: id }));
      assert.deepEqual(
        [error.code, error.message.includes(`keyProvider must not be "${id}"`)],
        ["ERR_INPUT_INVALID", true],
      );
      assert.equal((await failure(getKmsKeyProviders({ cluster: id }))).code, "ERR_INPUT_INVALID");
    }
    assert.equal(simulator.journal.count(), 0);
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
    const settings = vcenterEnvironment(simulator);
    Object.assign(process.env, vcenterEnvironment({ ...simulatorFields(), host: "elsewhere.example", user: "nobody" }));
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

describe("a program's process", () => {
  before(() => start());
  after(end);

  async function run(script: string, onLogin: (kill: (signal: NodeJS.Signals) => void) => void): Promise<unknown[]> {
    const child = spawn(process.execPath, ["-e", script], {
      cwd: join(__dirname, "../.."),
      env: { ...process.env, ...vcenterEnvironment(simulator) },
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

  it("ends without a session also if it reads once more when the first read was ended", async () => {
    const never = { steps: [{ status: "RUNNING" }] };
    const action = { kind: "taskScript", script: never } as const;
    simulator.faults.add({ match: { operation: "listKeyProviders" }, times: Infinity, action });
    const again = script("").slice(0, -1);
    const ended = await run(script(`.catch(() => ${again}).catch(() => undefined)`), (kill) => {
      kill("SIGINT");
    });
    simulator.faults.clear();
    assert.deepEqual(ended, [null, "SIGINT", 0]);
  });

  it("that handles the signal itself hears of it once, and goes on", async () => {
    const never = { steps: [{ status: "RUNNING" }] };
    simulator.faults.add({ match: { operation: "listKeyProviders" }, action: { kind: "taskScript", script: never } });
    const counting = `let heard = 0;
      process.on("SIGINT", () => { heard += 1; });
      process.on("exit", () => { process.exitCode = heard; });
      ${script(".catch(() => undefined)")}`;
    assert.deepEqual(
      await run(counting, (kill) => {
        kill("SIGINT");
      }),
      [1, null, 0],
    );
  });
});
