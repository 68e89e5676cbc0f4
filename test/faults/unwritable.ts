// SPDX-License-Identifier: Apache-2.0
// Row 48: the real provider process while nothing can be written: its readers are gone (EPIPE) or the disk is full
// (ENOSPC). A module that is loaded before everything else writes to stderr all the time, once our own code is there: what
// the engine's host does before is out of its reach.

import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FaultRule, Operation } from "../simulator";
import { assertInTime } from "../support/in-time";
import type { Cell } from "./fault";
import { fault } from "./fault";
import type { Phase } from "./coverage";
import type { Properties, Scenario } from "../support/in-process";
import type { DynamicProvider } from "../support/dynamic-provider";
import { startRealProcess } from "./real-process";
import { assertTraffic } from "./traffic";

/** What a library that logs would do. */
const TALKER = 'process.once("SIGUSR2", () => setInterval(() => console.error("still talking"), 5).unref());';

/** The request of a phase: the polls are one of the read before, two of the PATCH, one of the read-back. */
const REQUEST: Readonly<Partial<Record<Phase, readonly [operation: Operation, skip: number]>>> = {
  L: ["login", 0],
  G0: ["readCertificate", 0],
  S: ["patch", 0],
  A: ["patch", 0],
  P: ["taskGet", 1],
  R: ["readCertificate", 1],
  O: ["taskGet", 3],
  X: ["logout", 0],
};

/** Breaks the output when the request of the phase is there; where its answer is the phase, before that leaves. */
function breakAt({ simulator }: Scenario, phase: Phase, breakOutput: () => void): void {
  const steps = [{ status: "RUNNING", forPolls: 1 }, { status: "SUCCEEDED" }];
  const onAnswer = phase === "A" || phase === "O";
  const hook = onAnswer ? { onApplied: breakOutput } : { onMatch: breakOutput };
  const [operation, skip] = REQUEST[phase] ?? [];
  const patch: FaultRule = { match: { operation: "patch" }, action: { kind: "taskScript", script: { steps } } };
  simulator.faults.add(operation === "patch" ? { ...patch, ...hook } : patch);
  if (operation === undefined || skip === undefined || operation === "patch") return;
  simulator.faults.add({ match: { operation }, skip, action: { kind: "pass" }, ...hook });
}

/** What an earlier run has saved of the certificate that the hosts hold. */
function savedState(s: Scenario): Properties {
  const certificate = s.simulator.certificate();
  assert.ok(typeof certificate === "string");
  return {
    ...s.inputs(s.wanted, { privateKey: undefined, certificate }),
    server: s.environment["VSPHERE_TRUST_AUTHORITY_SERVER"],
    sha256Fingerprint: new X509Certificate(certificate).fingerprint256,
  };
}

/** One operation through every phase, from check to logout. */
async function runThrough(s: Scenario, provider: DynamicProvider, beforeCheck: () => void): Promise<void> {
  const inputs = { ...s.inputs(s.wanted, { detectDrift: "always" }) };
  await provider.check({}, inputs);
  process.kill(provider.pid, "SIGUSR2");
  await new Promise((resolve) => setTimeout(resolve, 100));
  beforeCheck();
  const { failures } = await provider.check({}, inputs);
  assert.deepEqual(failures, []);
  const outputs = await provider.update(s.id, { ...savedState(s) }, inputs);
  assert.equal(outputs["sha256Fingerprint"], s.wanted.fingerprint);
  assert.equal(s.simulator.journal.count({ operation: "readCertificate" }), 2);
  const { signal, status, elapsedMs } = await provider.stop();
  // A crash would have a status.
  assert.deepEqual([signal, status], ["SIGINT", null]);
  assertInTime(elapsedMs, { atMostMs: 2_250 });
  assert.equal(s.simulator.journal.count({ operation: "logout" }), 1);
  assertTraffic(s, 1, 1);
  s.secrets.addReadable("stdout and stderr", JSON.stringify(provider.output()));
  s.secrets.addReadable("the engine's log", JSON.stringify(provider.logs));
}

/** The real process, which talks all the time. */
async function startTalking(cell: Cell, environment: NodeJS.ProcessEnv, stderrFile?: string): Promise<DynamicProvider> {
  const module = join(emptyFolder(cell), "talker.js");
  writeFileSync(module, TALKER);
  return startRealProcess(cell, {
    environment: { ...environment, NODE_OPTIONS: `--require ${module}` },
    ...(stderrFile === undefined ? {} : { stderrFile }),
  });
}

function emptyFolder(cell: Cell): string {
  const folder = mkdtempSync(join(tmpdir(), "unwritable-"));
  cell.closeAfter(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

for (const phase of ["V", "L", "G0", "S", "A", "P", "R", "O", "X"] as const) {
  fault(48, phase, "readers of stdout and stderr that go away are no crash, and no file holds a key", async (cell) => {
    const s = await cell.scenario();
    const home = emptyFolder(cell);
    const provider = await startTalking(cell, { ...s.environment, HOME: home, TMPDIR: home });
    let written: number | undefined;
    const breakOutput = (): void => {
      written = provider.output().stderr.length;
      provider.closeOutput();
    };
    breakAt(s, phase, breakOutput);
    await runThrough(s, provider, () => {
      if (phase === "V") breakOutput();
    });
    assert.ok(written !== undefined && written > 0, "nothing was written before");
    assert.equal(provider.output().stderr.length, written, "somebody still reads");
    assert.deepEqual(readdirSync(home), [], "files were left");
  });
}

fault(
  48,
  ["V", "L", "G0", "S", "A", "P", "R", "O", "X"],
  "a full disk under stderr, home and temporary files is no crash",
  async (cell) => {
    const s = await cell.scenario();
    const full = "/dev/full";
    const provider = await startTalking(cell, { ...s.environment, HOME: full, TMPDIR: full }, full);
    breakAt(s, "V", () => undefined);
    await runThrough(s, provider, () => undefined);
  },
);
