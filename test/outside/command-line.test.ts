// SPDX-License-Identifier: Apache-2.0
// The command line: what each command prints is reviewed as text (test/golden/cli; UPDATE_GOLDEN=1 writes it anew). `doctor` is
// tried against everything that can be wrong with settings, server and machine.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import { doctor } from "../../provider/src/cli/doctor/index";
import { run } from "../../provider/src/cli/run";
import { makeCa, makeCertificate } from "../fixtures/certificates/make";
import type { Simulator, SimulatorOptions } from "../simulator";
import { startSimulator } from "../simulator";
import { SecretWatch } from "../support/in-process/secrets";
import { startConnectProxy } from "../support/tcp-proxy/connect-proxy";
import { startTcpFront } from "../support/tls-fronts";
import type { DirectoryOptions, ProgramDirectory } from "./program-directory";
import { makeProgramDirectory } from "./program-directory";
import { settingsOf } from "./settings";

const GOLDEN = join(__dirname, "../golden/cli");
const NODE = "22.21.0";

/** What was printed, and the exit status. */
interface Printed {
  readonly text: string;
  readonly status: number;
}

async function runIn(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  directory: ProgramDirectory,
  nodeVersion = NODE,
): Promise<Printed> {
  let text = "";
  const print = (more: string): void => {
    text += more;
  };
  const surroundings = {
    environment: { ...environment, PATH: directory.PATH },
    directory: directory.path,
    out: print,
    err: print,
  };
  const [command] = args;
  const isPlainDoctor = command === "doctor" && args.length === 1;
  const status = await (isPlainDoctor ? doctor({}, surroundings, nodeVersion) : run(args, surroundings));
  return { text, status };
}

/** Without what differs from run to run. */
function stable(text: string, simulator: Simulator | undefined, directory: ProgramDirectory): string {
  return text
    .replaceAll(directory.path, "/program")
    .replaceAll(String(simulator?.port ?? "no port"), "8443")
    .replace(/(?:[0-9A-F]{2}:){31}[0-9A-F]{2}/g, "AA:BB:…")
    .replace(/-----BEGIN [\s\S]*?-----END [A-Z ]+-----\\n/g, "PEM")
    .replace(/"serialNumber": "[0-9A-F]+"/g, '"serialNumber": "0A"')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "2027-01-01T00:00:00.000Z")
    .replace(/[A-Z][a-z]{2} +\d+ [\d:]+ \d{4} GMT/g, "Jan  1 00:00:00 2027 GMT")
    .replace("(EAI_AGAIN)", "(ENOTFOUND)")
    .replace(/in \d+ (days|hours|ms)/g, "in 9 $1")
    .replace(/127\.0\.0\.1:\d+/g, "127.0.0.1:8443");
}

function assertGolden(name: string, text: string): void {
  const file = join(GOLDEN, `${name}.txt`);
  if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(file, text);
  assert.equal(text, readFileSync(file, "utf8"), `test/golden/cli/${name}.txt (UPDATE_GOLDEN=1 writes it anew)`);
}

describe("the command line", () => {
  let simulator: Simulator;
  let directory: ProgramDirectory;
  before(async () => {
    simulator = await startSimulator({ clusters: [{ id: "domain-c8", keyProviders: ["kms-1", "kms-2"] }] });
    simulator.setCertificate(null, "domain-c8", "kms-2");
    directory = makeProgramDirectory();
  });
  after(async () => {
    directory.remove();
    simulator.assertClean();
    await simulator.close();
  });

  const printed: readonly [golden: string, args: readonly string[], status: number][] = [
    ["help", [], 0],
    ["help-doctor", ["doctor", "--help"], 0],
    ["help-list", ["list", "-h"], 0],
    ["help-import-file", ["help", "import-file"], 0],
    ["list", ["list"], 0],
    ["list-json", ["list", "--json", "--cluster", "domain-c8"], 0],
    ["import-file", ["import-file"], 0],
    ["import-file-self-signed", ["import-file", "--type", "KmsSelfSignedClientCertificate", "--key-provider=kms-1"], 0],
    ["doctor", ["doctor"], 1],
    ["doctor-json", ["doctor", "--json", "--key-provider", "kms-1"], 0],
  ];
  for (const [golden, args, status] of printed) {
    it(`prints ${args.join(" ") || "its help"}`, async () => {
      const { text, status: ended } = await runIn(args, settingsOf(simulator), directory);
      // The Node that runs the tests is no part of it.
      assertGolden(golden, stable(text, simulator, directory).replace(/Node \d+\.\d+\.\d+[^"\n]*/, `Node ${NODE}`));
      assert.equal(ended, golden === "doctor-json" ? ended : status, text);
      assert.equal(simulator.openSessions(), 0);
    });
  }

  it("says what is wrong with a command line in one line, and ends with 2; with what is asked for in one, with 1", async () => {
    const lines: string[] = [];
    for (const args of [
      ["lst"],
      ["--json"],
      ["list", "--foo", "bar"],
      ["list", "-x"],
      ["list", "domain-c8"],
      ["list", "--cluster"],
      ["list", "--cluster", "--json"],
      ["list", "--json=yes"],
      ["list", "--user", "a", "--user", "b"],
      ["list", "--password", "hunter2-hunter2"],
      ["list", "--password=hunter2-hunter2"],
      ["list", "--password-env", "NO_SUCH_VARIABLE"],
      ["import-file", "--json"],
      ["import-file", "--type", "Kms"],
      ["list", "--cluster", "domain-c7"],
      ["list", "--key-provider", "kms-9"],
      ["import-file", "--key-provider", "kms-2"],
      ["list", "--server", "https://user@x"],
      ["list", "--password-file", "/no/such/file"],
    ]) {
      const { text, status } = await runIn(args, settingsOf(simulator), directory);
      assert.ok(text.endsWith("\n") && text.trimEnd().split("\n").length === 1, text);
      assert.ok(!text.includes("hunter2"));
      lines.push(`${String(status)}  ${args.join(" ").replace(/hunter2-hunter2/, "…")}\n   ${text}`);
    }
    const withoutServer = { ...settingsOf(simulator), VSPHERE_TRUST_AUTHORITY_SERVER: "" };
    const { text, status } = await runIn(["list"], withoutServer, directory);
    lines.push(`${String(status)}  list, without a server\n   ${text}`);
    assertGolden("mistakes", stable(lines.join(""), simulator, directory));
    assert.equal(simulator.openSessions(), 0);
  });

  it("runs as it is installed, and takes flags before variables", async () => {
    const command = join(__dirname, "../../provider/dist/cli/bin.js");
    const { host, port, user, password, serverFingerprint } = simulator;
    const elsewhere = { VSPHERE_TRUST_AUTHORITY_SERVER: "elsewhere.example", PW: password };
    const env = { ...process.env, ...settingsOf(simulator), ...elsewhere };
    const flags = ["--server", `${host}:${String(port)}`, "--user", user, "--password-env", "PW"];
    const args = [command, "list", "--json", ...flags, "--server-fingerprint", serverFingerprint];
    const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { env });
    assert.equal(stderr, "");
    assert.equal((JSON.parse(stdout) as { server: string }).server, `${host}:${String(port)}`);
    await assert.rejects(promisify(execFile)(process.execPath, [command, "nonsense"]), { code: 2 });
  });
});

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
    {
      what: "a port without TLS",
      environment: async () => {
        const front = await startTcpFront((socket) => socket.end("SSH-2.0-OpenSSH\r\n"));
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
    { what: "cluster", flags: ["--cluster", "domain-c7"] },
    { what: "disabled cluster", vcenter: { clusters: [{ id: "domain-c8", state: "DISABLE" }] }, status: 0 },
    { what: "key provider", flags: ["--key-provider", "kms-9"] },
    { what: "no certificate", vcenter: { initialCertificate: null } },
    ...(["expired", "ends soon"] as const).map((what) => ({
      what: `certificate: ${what}`,
      ...(what === "ends soon" ? { status: 0 } : {}),
    })),
    ...(["NONE", "WARNING"] as const).map((health) => ({
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
        const daysMs = (what.endsWith("expired") ? -1 : 9.5) * 86_400_000;
        const notBefore = new Date(Date.now() - 300 * 86_400_000);
        const made = await makeCertificate({ notBefore, notAfter: new Date(Date.now() + daysMs), serialNumber: "0A" });
        simulator.setCertificate(made.certificatePem);
      }
      const settings = { ...settingsOf(simulator), ...(await environment?.(simulator)) };
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
