// SPDX-License-Identifier: Apache-2.0
// `doctor` against everything that can be wrong with settings, server and machine.

import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { makeCa, makeCertificate } from "../fixtures/certificates/make";
import type { Simulator, SimulatorOptions } from "../simulator";
import { startSimulator } from "../simulator";
import { SecretWatch } from "../support/in-process/secrets";
import { startConnectProxy } from "../support/tcp-proxy/connect-proxy";
import { startTcpFront } from "../support/tls-fronts";
import { vcenterEnvironment } from "../support/vcenter-environment";
import { assertGolden, runIn, stable } from "./printed";
import type { DirectoryOptions } from "./program-directory";
import { makeProgramDirectory } from "./program-directory";

// Node keeps the handle of an accepted socket whose other end was gone before it was answered (destroyed, and still active):
// the process would never end by itself. The report comes first.
after(() => void setTimeout(() => process.exit(), 500));

describe("doctor, if something is wrong,", () => {
  interface Wrong {
    readonly what: string;
    readonly vcenter?: SimulatorOptions;
    readonly environment?: (simulator: Simulator) => NodeJS.ProcessEnv | Promise<NodeJS.ProcessEnv>;
    readonly flags?: readonly string[];
    readonly directory?: DirectoryOptions;
    readonly node?: string;
    readonly arrange?: (simulator: Simulator) => void;
    readonly status?: number;
  }
  const V = "VSPHERE_TRUST_AUTHORITY_";
  const close: (() => void)[] = [];
  const rows: readonly Wrong[] = [
    {
      what: "no settings",
      environment: () => Object.fromEntries(["SERVER", "USER", "PASSWORD"].map((name) => [V + name, ""])),
    },
    { what: "name", environment: () => ({ [`${V}SERVER`]: "no-such-host.invalid" }) },
    { what: "port", environment: () => ({ [`${V}SERVER`]: "127.0.0.1:1" }) },
    // No TCP connection goes to the broadcast address.
    { what: "network", environment: () => ({ [`${V}SERVER`]: "255.255.255.255" }) },
    {
      what: "a port without TLS",
      environment: async () => {
        const front = await startTcpFront((socket) => socket.resume().end("SSH-2.0-OpenSSH\r\n"));
        close.push(front.close);
        return { [`${V}SERVER`]: `127.0.0.1:${String(front.port)}` };
      },
    },
    { what: "expired server certificate", vcenter: { serverCertificate: "expired" } },
    { what: "server certificate of another host", vcenter: { serverCertificate: "wrong-host" } },
    {
      what: "pin",
      environment: () => ({ [`${V}CA_CERTIFICATE_FILE`]: "", [`${V}SERVER_FINGERPRINT`]: "AB".repeat(32) }),
    },
    {
      what: "CA",
      environment: async () => ({
        [`${V}CA_CERTIFICATE_FILE`]: "",
        [`${V}CA_CERTIFICATE`]: (await makeCa()).certificatePem,
      }),
    },
    { what: "CA file", environment: () => ({ [`${V}CA_CERTIFICATE_FILE`]: "/no/such/ca.pem" }) },
    { what: "no verification", environment: () => ({ [`${V}ALLOW_UNVERIFIED_TLS`]: "true" }), status: 0 },
    { what: "proxy that is none", environment: () => ({ HTTPS_PROXY: "socks5://127.0.0.1:1080" }) },
    {
      what: "proxy that refuses",
      environment: async () => {
        const proxy = await startConnectProxy({ refuseWith: 407 });
        close.push(proxy.close);
        return { HTTPS_PROXY: proxy.url };
      },
    },
    { what: "user", environment: () => ({ [`${V}USER`]: "somebody" }) },
    { what: "password", environment: () => ({ [`${V}PASSWORD`]: "not-the-password" }) },
    { what: "session limit", vcenter: { maxSessions: 0 } },
    {
      what: "lockout",
      arrange: ({ faults }) => {
        const text = "Authentication failed: the account is locked";
        const body = { error_type: "UNAUTHENTICATED", messages: [{ id: "x", default_message: text, args: [] }] };
        faults.add({ match: { operation: "login" }, action: { kind: "respond", status: 401, body } });
      },
    },
    { what: "privileges", vcenter: { privileges: ["System.View"] } },
    { what: "privileges for key providers", vcenter: { privileges: ["System.View", "TrustedAdmin.ReadTrustedHosts"] } },
    { what: "a workload vCenter", vcenter: { profile: "no-trust-authority" } },
    { what: "vSphere 9", vcenter: { profile: "vsphere-9" } },
    { what: "no clusters", vcenter: { clusters: [] } },
    {
      what: "settings of flags",
      flags: ["--server", "a/b", "--password-file", "/no/such/file", "--server-fingerprint", "12"],
    },
    { what: "unverified by a flag", flags: ["--allow-unverified-tls", "--cluster", "domain-c7"] },
    { what: "cluster", flags: ["--cluster", "domain-c7"] },
    { what: "disabled cluster", vcenter: { clusters: [{ id: "domain-c8", state: "DISABLE" }] }, status: 0 },
    { what: "key provider", flags: ["--key-provider", "kms-9"] },
    { what: "no certificate", vcenter: { initialCertificate: null } },
    ...(["expired", "ends soon", "ends within the hour"] as const).map((what) => ({
      what: `certificate: ${what}`,
      ...(what === "expired" ? {} : { status: 0 }),
    })),
    ...(["NONE", "WARNING", "GREY"] as const).map((health) => ({
      what: `health ${health}`,
      status: 0,
      arrange: ({ faults }: Simulator) => {
        const fields = { result: [{ provider: "kms-1", health }] };
        const script = { steps: [{ status: "SUCCEEDED", fields }] };
        faults.add({ match: { operation: "listKeyProviders" }, action: { kind: "taskScript", script } });
      },
    })),
    { what: "Node", node: "18.20.0" },
    { what: "Node past its end of life", node: "20.20.2", status: 0 },
    { what: "no CLI", directory: { cli: "" } },
    { what: "a CLI that fails", directory: { cli: "3.274.1; exit 1" } },
    { what: "an old CLI", directory: { cli: "3.232.0" }, status: 0 },
    { what: "no SDK", directory: { sdk: "" } },
    { what: "an old SDK", directory: { sdk: "3.100.0" } },
    { what: "an SDK for a later Node", directory: { sdk: "3.270.0" }, node: "20.20.2" },
    { what: "Yarn PnP", directory: { installed: false, files: { ".pnp.cjs": "" } } },
    {
      what: "Yarn PnP, started by yarn",
      directory: { installed: false, files: { ".pnp.cjs": "" } },
      environment: () => ({ NODE_OPTIONS: "--require /program/.pnp.cjs" }),
      status: 0,
    },
    { what: "devDependencies", directory: { listed: "devDependencies" }, status: 0 },
    {
      what: "devDependencies with production: true",
      directory: {
        listed: "devDependencies",
        installed: false,
        files: { "Pulumi.yaml": "name: x\nruntime:\n  name: nodejs\n  options:\n    production: true\n" },
      },
    },
    { what: "no direct dependency", directory: { listed: "nowhere" } },
    { what: "not installed", directory: { installed: false } },
  ];

  it("says what was found and how to fix it, and 0 or 1", async () => {
    const sections: string[] = [];
    for (const row of rows) sections.push(await section(row));
    for (const end of close) end();
    assertGolden("doctor-if-wrong", sections.join("\n"));
  });

  /** The lines that are not `ok`. */
  async function section({
    what,
    vcenter,
    environment,
    flags = [],
    directory,
    node,
    arrange,
    status = 1,
  }: Wrong): Promise<string> {
    const simulator = await startSimulator({ taskDurationMs: 1, ...vcenter });
    const program = makeProgramDirectory(directory);
    try {
      arrange?.(simulator);
      if (what.startsWith("certificate: ")) {
        const days = what.endsWith("expired") ? -1 : what.endsWith("hour") ? 0.04 : 9.5;
        const notBefore = new Date(Date.now() - 300 * 86_400_000);
        const made = await makeCertificate({
          notBefore,
          notAfter: new Date(Date.now() + days * 86_400_000),
          serialNumber: "0A",
        });
        simulator.setCertificate(made.certificatePem);
      }
      const settings = { ...vcenterEnvironment(simulator), ...(await environment?.(simulator)) };
      const secrets = new SecretWatch();
      secrets.addText("the password", settings[`${V}PASSWORD`] || simulator.password);
      const ended = await runIn(["doctor", ...flags], settings, program, node);
      secrets.addReadable(what, ended.text);
      assert.deepEqual(secrets.leaks(), []);
      assert.equal(simulator.openSessions(), 0, what);
      if (flags.length === 0) assert.equal(ended.status, status, `${what}\n${ended.text}`);
      else assert.equal(ended.status, 1);
      const lines = stable(ended.text, simulator, program).replace(/^ok .*\n/gm, "");
      // `doctor` with flags sees the Node that runs the tests.
      const rest = flags.length === 0 ? lines : lines.replace(/^\S+ +node: .*\n( {8}fix: .*\n)?/m, "");
      return `# ${what}\n${rest}`;
    } finally {
      program.remove();
      await simulator.close();
    }
  }
});
