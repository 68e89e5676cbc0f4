// SPDX-License-Identifier: Apache-2.0

// `npm run demo`: the program of the root's Pulumi.yaml on the real engine against a simulated vCenter, from the first
// upload to the end. It exits with 0 only if every step did what it says, and leaves nothing behind.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { resolve } from "node:path";
import { findPulumiCli } from "../pulumi-cli/index";
import type { Simulator } from "../simulator/src/index";
import { startSimulator } from "../simulator/src/index";
import { makeStack } from "../support/engine/index";
import type { KeyPairs } from "./key-pairs";
import { makeKeyPairs } from "./key-pairs";
import { takeReceived } from "./record";
import type { StepReport } from "./report";
import { printFindings, printHeading, printTable } from "./report";
import type { Stage } from "./scenario";
import { scenario } from "./scenario";

const checkout = resolve(__dirname, "../..");

/** Long enough that the waiting for vCenter's task shows. */
const taskDurationMs = { patch: 3_000, read: 200 };

async function main(): Promise<boolean> {
  await findPulumiCli();
  const cleanUp: (() => Promise<void>)[] = [];
  // A terminal's Ctrl-C reaches Pulumi too, which ends its step; only then we clean up.
  const interruption = new AbortController();
  process.on("SIGINT", () => {
    interruption.abort();
  });
  try {
    const folder = await mkdtemp(resolve(tmpdir(), "trust-authority-demo-"));
    cleanUp.unshift(() => rm(folder, { recursive: true, force: true }));
    const keyPairs = await makeKeyPairs(folder);
    const simulator = await startSimulator({ taskDurationMs });
    cleanUp.unshift(() => simulator.close());
    const stack = await makeStack(demoStack(simulator, keyPairs));
    cleanUp.unshift(() => stack.remove());

    process.stdout.write(
      `A simulated vCenter listens on ${simulator.url}. Every task of a change takes it 3 seconds.\n`,
    );
    const reports: StepReport[] = [];
    for (const step of scenario) {
      if (interruption.signal.aborted) break;
      reports.push(await play(step, { stack, simulator, keyPairs }));
      if (!succeeded(reports)) break;
    }
    printTable(reports);
    const complete = !interruption.signal.aborted && reports.length === scenario.length && succeeded(reports);
    process.stdout.write(complete ? "\nEvery step did what it says.\n" : "\nThe demonstration FAILED.\n");
    return complete;
  } finally {
    for (const step of cleanUp) await step();
  }
}

function demoStack(simulator: Simulator, keyPairs: KeyPairs): Parameters<typeof makeStack>[0] {
  return {
    program: checkout,
    name: "demo",
    display: "terminal",
    config: {
      cluster: simulator.cluster,
      keyProvider: simulator.keyProvider,
      certificateFile: keyPairs.first.certificateFile,
      privateKeyFile: keyPairs.first.privateKeyFile,
      "vsphere-trust-authority:server": `${simulator.host}:${simulator.port}`,
      "vsphere-trust-authority:user": simulator.user,
      "vsphere-trust-authority:caCertificateFile": simulator.caFile,
    },
    secrets: { "vsphere-trust-authority:password": simulator.password },
  };
}

async function play(step: (typeof scenario)[number], stage: Stage): Promise<StepReport> {
  await step.prepare?.(stage);
  takeReceived(stage.simulator);
  printHeading(step.title, step.command);
  const result = await step.run(stage.stack);
  const received = takeReceived(stage.simulator);
  const findings = step.findings({ result, received, state: await stage.stack.exportState() }, stage);
  printFindings(findings);
  return { title: step.title, received, findings };
}

function succeeded(reports: readonly StepReport[]): boolean {
  return reports.every(({ findings }) => findings.every(({ holds }) => holds));
}

main().then(
  (complete) => {
    process.exitCode = complete ? 0 : 1;
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 1;
  },
);
