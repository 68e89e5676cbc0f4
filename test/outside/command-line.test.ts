// SPDX-License-Identifier: Apache-2.0
// The command line: what each command prints, and what is said about mistakes.

import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import { makeCa } from "../fixtures/certificates/make";
import type { Simulator } from "../simulator";
import { startSimulator } from "../simulator";
import { vcenterEnvironment } from "../support/vcenter-environment";
import { assertGolden, runIn, stable } from "./printed";
import type { ProgramDirectory } from "./program-directory";
import { makeProgramDirectory } from "./program-directory";

const V = "VSPHERE_TRUST_AUTHORITY_";
const UNPRINTABLE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]|^ok +login: pass/m;

describe("the command line", () => {
  let simulator: Simulator;
  let directory: ProgramDirectory;
  let foreignCa: string;
  before(async () => {
    simulator = await startSimulator({ clusters: [{ id: "domain-c8", keyProviders: ["kms-1", "kms-2"] }] });
    simulator.setCertificate(null, "domain-c8", "kms-2");
    directory = makeProgramDirectory();
    foreignCa = join(directory.path, "foreign-ca.pem");
    writeFileSync(foreignCa, (await makeCa()).certificatePem);
  });
  after(async () => {
    directory.remove();
    try {
      simulator.assertClean();
    } finally {
      await simulator.close();
    }
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
      const { text, status: ended } = await runIn(args, vcenterEnvironment(simulator), directory);
      // The Node that runs the tests is no part of it, nor what is said of it.
      const withoutNode = stable(text, simulator, directory).replace(/("check": "node"),[^}]*\n/, "$1\n");
      assertGolden(golden, withoutNode);
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
      ["list", "--constructor", "x"],
      ["list", "domain-c8"],
      ["list", "--cluster"],
      ["list", "--cluster", "--json"],
      ["list", "--json=yes"],
      ["list", "--user", "a", "--user", "b"],
      ["list", "--password", "hunter2-hunter2"],
      ["list", "--password=hunter2-hunter2"],
      ["list", "--password-env", "NO_SUCH_VARIABLE"],
      ["list", "--password-env", "constructor"],
      ["import-file", "--json"],
      ["import-file", "--type", "Kms"],
      ["list", "--cluster", "domain-c7"],
      ["list", "--key-provider", "kms-9"],
      ["import-file", "--key-provider", "kms-2"],
      ["list", "--server", "https://user@x"],
    ]) {
      const { text, status } = await runIn(args, vcenterEnvironment(simulator), directory);
      assert.ok(text.endsWith("\n") && text.trimEnd().split("\n").length === 1, text);
      assert.ok(!text.includes("hunter2"));
      lines.push(`${String(status)}  ${args.join(" ").replace(/hunter2-hunter2/, "…")}\n   ${text}`);
    }
    const withoutServer = { ...vcenterEnvironment(simulator), VSPHERE_TRUST_AUTHORITY_SERVER: "" };
    const { text, status } = await runIn(["list"], withoutServer, directory);
    lines.push(`${String(status)}  list, without a server\n   ${text}`);
    assertGolden("mistakes", stable(lines.join(""), simulator, directory));
    assert.equal(simulator.openSessions(), 0);
  });

  it("prints no secret and no control character that the server sent", async () => {
    const password = "pass-word of 9 words";
    const id = (name: string): string => `${name}\u001b[2J\u009b\u202e\nok      login: ${password}`;
    const vcenter = await startSimulator({ password, clusters: [{ id: id("c"), keyProviders: [id("p")] }] });
    try {
      const commands = ["list", "list --json", "list --cluster d", "doctor", "doctor --json", "import-file"];
      for (const command of commands) {
        const { text } = await runIn(command.split(" "), vcenterEnvironment(vcenter), directory);
        assert.match(text, /c\\+u001b/, command);
        assert.doesNotMatch(text, UNPRINTABLE, command);
        // What is imported is exact.
        if (command === "import-file") assert.ok(text.includes(JSON.stringify(id("c")).slice(-9)), text);
        else assert.ok(!text.includes(password), text);
      }
      // The same for the text of a failure.
      const messages = [{ id: "x", default_message: id("no"), args: [] }];
      const body = { error_type: "UNAUTHORIZED", messages };
      vcenter.faults.add({
        match: { operation: "listClusters" },
        times: Infinity,
        action: { kind: "respond", status: 403, body },
      });
      for (const command of commands) {
        const { text, status } = await runIn(command.split(" "), vcenterEnvironment(vcenter), directory);
        assert.equal(status, 1, command);
        assert.match(text, /HTTP 403/, command);
        assert.doesNotMatch(text, UNPRINTABLE, command);
        assert.ok(!text.includes(password), text);
      }
    } finally {
      await vcenter.close();
    }
  });

  it("says once what takes long", async () => {
    const slow = await startSimulator({ taskDurationMs: { read: 5_200 } });
    try {
      const { text } = await runIn(["list"], vcenterEnvironment(slow), directory);
      assert.deepEqual(text.match(/^.* takes long.*$/gm), [
        "Listing the key providers takes long; it ends after 120 s at the latest",
      ]);
    } finally {
      await slow.close();
    }
  });

  it("names a setting as it was given: the flag, else the environment variable", async () => {
    const pin = "AB".repeat(32);
    const both = ["--server-fingerprint", pin, "--ca-certificate-file", "ca.pem"];
    const lines: string[] = [];
    const rows: readonly (readonly [args: readonly string[], environment?: NodeJS.ProcessEnv])[] = [
      [["--server", "https://x/y"]],
      [["--server", "https://x/y"], { SERVER: "elsewhere.example" }],
      [[], { SERVER: "https://x/y" }],
      [["--user", "a\u0001b"]],
      [[], { USER: "a\u0001b" }],
      [["--password-file", "/no/such/file"]],
      [["--password-file", "no-such-file"]],
      [["--password-file", "/"]],
      [["--password-file", "hunter2-hunter2\nhunter2-hunter2"]],
      [[], { PASSWORD: "", PASSWORD_FILE: "/no/such/file" }],
      [["--password-env", "LINES"], { LINES: "hunter2-hunter2\nhunter2-hunter2" }],
      [["--password-env", "LINES", "--password-file", "x"], { LINES: "x" }],
      [["--ca-certificate-file", "/no/such/ca.pem"]],
      [["--ca-certificate-file", __filename]],
      [["--ca-certificate", "ca.pem"]],
      [[], { CA_CERTIFICATE_FILE: "no-such-ca.pem" }],
      [["--server-fingerprint", "12"]],
      [["--server-fingerprint", pin]],
      [both],
      [[], { SERVER_FINGERPRINT: pin }],
      [[], { ALLOW_UNVERIFIED_TLS: "yes" }],
      [["--ca-certificate-file", "MISSING"], { CA_CERTIFICATE_FILE: "" }],
    ];
    for (const [flags, more = {}] of rows) {
      const variables = Object.entries(more).map(([name, value]) => [name === "LINES" ? name : V + name, value]);
      const environment = { ...vcenterEnvironment(simulator), ...(Object.fromEntries(variables) as NodeJS.ProcessEnv) };
      const args = flags.map((flag) => (flag === "MISSING" ? foreignCa : flag));
      const { text, status } = await runIn(["list", ...args], environment, directory);
      assert.ok(!text.includes("hunter2"));
      const shown = JSON.stringify([...flags, ...Object.keys(more)]).replace(/hunter2-hunter2/g, "…");
      lines.push(`${String(status)}  ${shown.replace(__filename, "FILE")}\n   ${text.replace(__filename, "FILE")}`);
    }
    assertGolden("settings", stable(lines.join(""), simulator, directory));
    assert.equal(simulator.openSessions(), 0);
  });

  it("runs as it is installed, and takes flags before variables", async () => {
    const command = join(__dirname, "../../provider/bin.cjs");
    const { host, port, user, password, serverFingerprint, caFile } = simulator;
    const elsewhere = { VSPHERE_TRUST_AUTHORITY_SERVER: "elsewhere.example", PW: password };
    const env = { ...process.env, ...vcenterEnvironment(simulator), ...elsewhere };
    const flags = ["--server", `${host}:${String(port)}`, "--user", user, "--password-env", "PW"];
    for (const trust of [
      ["--server-fingerprint", serverFingerprint],
      ["--ca-certificate", readFileSync(caFile, "utf8")],
    ]) {
      const args = [command, "list", "--json", ...flags, ...trust];
      const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { env });
      assert.equal(stderr, "");
      assert.equal((JSON.parse(stdout) as { server: string }).server, `${host}:${String(port)}`);
    }
    await assert.rejects(promisify(execFile)(process.execPath, [command, "nonsense"]), { code: 2 });
  });

  it("ends as usual, and logs out, if nobody reads its output any more, as behind `| head`", async () => {
    const command = join(__dirname, "../../provider/bin.cjs");
    const env = { ...process.env, ...vcenterEnvironment(simulator) };
    const child = spawn(process.execPath, [command, "list"], { env, stdio: ["ignore", "pipe", "pipe"] });
    child.stdout.destroy();
    const [ended, stderr] = await Promise.all([once(child, "close"), text(child.stderr)]);
    assert.deepEqual([ended, stderr, simulator.openSessions()], [[0, null], "", 0]);
  });
});
