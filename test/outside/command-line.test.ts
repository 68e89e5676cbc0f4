// SPDX-License-Identifier: Apache-2.0
// The command line: what each command prints, and what is said about mistakes.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import type { Simulator } from "../simulator";
import { startSimulator } from "../simulator";
import { assertGolden, NODE, runIn, stable } from "./printed";
import type { ProgramDirectory } from "./program-directory";
import { makeProgramDirectory } from "./program-directory";
import { settingsOf } from "./settings";

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
    const command = join(__dirname, "../../provider/bin.cjs");
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
