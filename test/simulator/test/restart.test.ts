// SPDX-License-Identifier: Apache-2.0
// Disasters: the simulated vCenter restarts with or without its tasks, or its process is killed and comes back with its
// state file; and the command line that starts it.

import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { Simulator } from "../src/index";
import { startSimulator } from "../src/index";
import { certificatePath, fields, finalInfo, getTask, login, plain } from "./plain-client";
import { fingerprint, idOf, patchNewPair } from "./patches";

describe("a restart of the simulated vCenter", () => {
  let simulator: Simulator;
  before(async () => {
    simulator = await startSimulator({ taskDurationMs: { patch: 200, read: 5 } });
  });
  after(() => simulator.close());

  it("refuses connections while it is down, keeps its port and identity, forgets tasks and sessions", async () => {
    const headers = await login(simulator);
    const accepted = await patchNewPair(simulator, headers);
    const old = fingerprint(simulator.certificate());
    const { url, serverFingerprint } = simulator;
    const up = simulator.restart({ downMs: 100 });
    await new Promise((resolve) => setTimeout(resolve, 50));
    await assert.rejects(plain(simulator, "GET", "/api/session"), { code: "ECONNREFUSED" });
    await up;
    assert.deepEqual([simulator.url, simulator.serverFingerprint], [url, serverFingerprint]);
    assert.equal((await plain(simulator, "GET", "/api/session", { headers })).status, 401);
    assert.equal((await getTask(simulator, idOf(accepted), await login(simulator))).status, 404);
    await new Promise((resolve) => setTimeout(resolve, 220));
    assert.equal(fingerprint(simulator.certificate()), old);
  });

  it("applies or drops pending writes, with tasks kept or forgotten, as told", async () => {
    for (const tasks of ["keep", "forget"] as const) {
      for (const pendingWrites of ["apply", "drop"] as const) {
        const headers = await login(simulator);
        const accepted = await patchNewPair(simulator, headers);
        await simulator.restart({ tasks, pendingWrites, sessions: "keep" });
        const shows = fingerprint(simulator.certificate()) === fingerprint(accepted.certificate);
        assert.equal(shows, pendingWrites === "apply");
        const answer = await getTask(simulator, idOf(accepted), headers);
        assert.equal(answer.status, tasks === "keep" ? 200 : 404);
        if (tasks === "keep") {
          assert.equal(fields(answer)["status"], pendingWrites === "apply" ? "SUCCEEDED" : "FAILED");
        }
      }
    }
  });

  it("lets kept tasks go on when nothing is said of their writes", async () => {
    const headers = await login(simulator);
    const accepted = await patchNewPair(simulator, headers);
    await simulator.restart({ tasks: "keep", sessions: "keep" });
    assert.notEqual(fingerprint(simulator.certificate()), fingerprint(accepted.certificate));
    assert.equal((await finalInfo(simulator, accepted, headers))["status"], "SUCCEEDED");
    assert.equal(fingerprint(simulator.certificate()), fingerprint(accepted.certificate));
  });
});

interface Served {
  readonly url: string;
  readonly caFile: string;
  readonly user: string;
  readonly password: string;
  readonly cluster: string;
  readonly keyProvider: string;
}

/** The command line in a process of its own; `--json`'s one line, parsed. */
async function runCli(args: readonly string[]): Promise<{ child: ChildProcess; served: Served; out: () => string }> {
  const cli = join(__dirname, "../src/cli.ts");
  const child = spawn(process.execPath, ["--import", "tsx", cli, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  let out = "";
  child.stdout.setEncoding("utf8").on("data", (part: string) => (out += part));
  for (let waits = 0; !out.includes("\n") && child.exitCode === null && waits < 1000; waits += 1) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return { child, served: JSON.parse(out) as Served, out: () => out };
}

const ended = (child: ChildProcess): Promise<unknown> => new Promise((resolve) => child.once("close", resolve));

/** Enough of a Simulator for the plain client, for one in another process. */
function at(served: Served): Simulator {
  const { hostname, port } = new URL(served.url);
  const caPem = readFileSync(served.caFile, "utf8");
  return { ...served, host: hostname, port: Number(port), caPem } as unknown as Simulator;
}

describe("the simulator's command line", () => {
  const folder = mkdtempSync(join(tmpdir(), "simulator-state-"));
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it("prints exactly one JSON line, serves, and on SIGTERM exits 0 and removes its CA file", async () => {
    const { child, served, out } = await runCli(["--json", "--key-provider", "kms 1/a", "--cluster", "domain-c20"]);
    assert.deepEqual(Object.keys(served), ["url", "caFile", "user", "password", "cluster", "keyProvider"]);
    assert.deepEqual([served.cluster, served.keyProvider], ["domain-c20", "kms 1/a"]);
    const there = at(served);
    const headers = await login(there);
    assert.equal((await plain(there, "GET", certificatePath(there), { headers })).status, 202);
    assert.equal(out().trim().split("\n").length, 1);
    child.kill("SIGTERM");
    assert.equal(await ended(child), 0);
    assert.equal(existsSync(served.caFile), false);
  });

  it("remembers sessions, tasks, certificates and its identity in a state file across kill -9", async () => {
    const args = ["--json", "--task-duration", "1500", "--state-file", join(folder, "state.json")];
    const first = await runCli(args);
    const headers = await login(at(first.served));
    const accepted = await patchNewPair(at(first.served), headers);
    first.child.kill("SIGKILL");
    await ended(first.child);
    const second = await runCli(args);
    const { url, password } = first.served;
    assert.deepEqual([second.served.url, second.served.password], [url, password]);
    const there = at(second.served);
    assert.equal(there.caPem, at(first.served).caPem);
    assert.equal(fields(await getTask(there, idOf(accepted), headers))["operation"], "update$task");
    assert.equal((await finalInfo(there, accepted, headers))["status"], "SUCCEEDED");
    const read = await plain(there, "GET", certificatePath(there), { headers });
    const { result } = await finalInfo(there, read, headers);
    assert.equal(fingerprint((result as { certificate: string }).certificate), fingerprint(accepted.certificate));
    assert.doesNotMatch(readFileSync(join(folder, "state.json"), "utf8"), /"private_?[kK]ey"/);
    second.child.kill("SIGKILL");
    await ended(second.child);
    rmSync(join(first.served.caFile, ".."), { recursive: true });
    rmSync(join(second.served.caFile, ".."), { recursive: true });
  });

  it("refuses a wrong option with a sentence, and prints its options with --help", async () => {
    const run = async (...args: string[]): Promise<[unknown, string]> => {
      const cli = join(__dirname, "../src/cli.ts");
      const child = spawn(process.execPath, ["--import", "tsx", cli, ...args]);
      let text = "";
      for (const stream of [child.stdout, child.stderr]) stream.on("data", (part: Buffer) => (text += part.toString()));
      return [await ended(child), text];
    };
    const [wrong, said] = await run("--profile", "vsphere-10");
    assert.equal(wrong, 2);
    assert.match(said, /--profile must be one of .*vsphere-9, not "vsphere-10"/);
    const [right, help] = await run("--help");
    assert.equal(right, 0);
    assert.match(help, /--state-file/);
  });
});
