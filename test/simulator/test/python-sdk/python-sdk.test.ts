// SPDX-License-Identifier: Apache-2.0
// VMware's own Python SDK against the simulator: an independent client, with the vendor's paths, bodies and result types.
// It needs python3 and the package registry once; the virtual environment is kept in .cache/. If they are not there
// the test says NOT RUN, and counts as skipped; with TESTS_SKIP_NOTHING=1 it fails instead.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { join } from "node:path";
import { it } from "node:test";
import { startSimulator } from "../../src/index";
import { preparePythonSdk } from "./prepare-python-sdk";
import { makePair, signCsr } from "../client-certificates";

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(command: string, args: readonly string[], input: string, timeoutMs: number): Promise<Run> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { timeout: timeoutMs });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (part: Buffer) => (stdout += part.toString()));
    child.stderr.on("data", (part: Buffer) => (stderr += part.toString()));
    child.on("error", (error) => {
      resolve({ code: null, stdout, stderr: error.message });
    });
    child.on("close", (code) => {
      resolve({ code, stdout, stderr });
    });
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
  });
}

it("serves VMware's Python SDK: log in, PATCH, wait, read back, CSR, health, NOT_FOUND, log out", async (t) => {
  const prepared = await preparePythonSdk();
  if ("missing" in prepared) {
    const said = `NOT RUN: VMware's Python SDK could not be set up, so nothing was proven here. ${prepared.missing}`;
    t.diagnostic(said);
    process.stderr.write(`\n*** ${said}\n\n`);
    assert.notEqual(process.env["TESTS_SKIP_NOTHING"], "1", said);
    t.skip(said);
    return;
  }
  const clusters = [{ id: "domain-c8", keyProviders: ["kms one"] }];
  const simulator = await startSimulator({ clusters, taskDurationMs: { patch: 200, read: 20, csr: 50 } });
  try {
    const pair = await makePair({ rsaBits: 2048 });
    const { url, caFile, user, password, cluster, keyProvider } = simulator;
    const given = { url, caFile, user, password, cluster, keyProvider, ...pair };
    const script = join(__dirname, "replace_certificate.py");
    const { code, stdout, stderr } = await run(prepared.python, [script], JSON.stringify(given), 60_000);
    assert.equal(code, 0, stderr);
    const saw = JSON.parse(stdout) as Record<string, unknown>;

    assert.equal(saw["user"], user);
    const statuses = saw["statuses"] as string[];
    assert.equal(statuses.at(-1), "SUCCEEDED");
    assert.ok(statuses.includes("RUNNING"));
    const [patched] = simulator.tasks();
    assert.deepEqual(saw["patch"], {
      task: patched?.id,
      service: patched?.id.slice(37),
      operation: "update$task",
      target: cluster,
    });
    assert.equal(saw["progress"], 100);
    assert.ok(Number(saw["seconds"]) > 0.15 && Number(saw["seconds"]) < 0.21);
    const fingerprint = new X509Certificate(pair.certificate).fingerprint256;
    assert.equal(new X509Certificate(saw["certificate"] as string).fingerprint256, fingerprint);
    assert.equal(new X509Certificate(simulator.certificate() ?? "").fingerprint256, fingerprint);
    assert.match(await signCsr(saw["csr"] as string), /BEGIN CERTIFICATE/);
    assert.equal(saw["health"], "OK");
    assert.deepEqual(saw["clusters"], [["domain-c8", "ENABLE"]]);
    assert.deepEqual(saw["absent"], ["NOT_FOUND", ["Provider no such provider was not found."]]);
    assert.deepEqual([simulator.journal.logins(), simulator.journal.patches()], [1, 1]);
    // The SDK sends the unset `spec` of Tasks.get as the body of its GET.
    const looks = simulator.journal.filter({ operation: "taskGet" });
    assert.ok(looks.every(({ status, bodyBytes = 0 }) => status === 200 && bodyBytes > 0));
    simulator.assertClean();
    t.diagnostic(`VMware's SDK sent ${simulator.journal.count()} requests`);
  } finally {
    await simulator.close();
  }
});
