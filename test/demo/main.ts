// SPDX-License-Identifier: Apache-2.0

// `npm run demo`: the program of the root's Pulumi.yaml on the real engine against a simulated vCenter, from the first
// upload to the end; then the two examples that need no key of yours. It exits with 0 only if every step did what it says, and leaves nothing behind.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { resolve } from "node:path";
import { findPulumiCli } from "../pulumi-cli/index";
import type { Simulator } from "../simulator/src/index";
import { startSimulator } from "../simulator/src/index";
import type { Stack } from "../support/engine/index";
import { makeStack } from "../support/engine/index";
import type { KeyPairs } from "./key-pairs";
import { makeKeyPairs } from "./key-pairs";
import { takeReceived } from "./record";
import type { StepReport } from "./report";
import { printFindings, printHeading, printTable } from "./report";
import type { DemoStep, Stage } from "./scenario";
import { scenario, SIGNED_KEY_PROVIDER } from "./scenario";

const checkout = resolve(__dirname, "../..");

/** Long enough that the waiting for vCenter's task shows. */
const taskDurationMs = { patch: 3_000, csr: 3_000, read: 200 };

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
    const simulator = await startSimulator({
      clusters: [{ id: "domain-c8", keyProviders: ["kms-1", SIGNED_KEY_PROVIDER] }],
      taskDurationMs,
    });
    cleanUp.unshift(() => simulator.close());
    const stacks = new Map<DemoStep["example"], Stack>();
    const stackOf = async ({ example }: DemoStep): Promise<Stack> => {
      const made = stacks.get(example) ?? (await makeStack(demoStack(example, simulator, keyPairs, folder)));
      if (!stacks.has(example)) cleanUp.unshift(() => made.remove());
      stacks.set(example, made);
      return made;
    };

    process.stdout.write(
      `A simulated vCenter listens on ${simulator.url}. Every task of a change takes it 3 seconds.\n`,
    );
    const reports: StepReport[] = [];
    for (const step of scenario) {
      if (interruption.signal.aborted) break;
      reports.push(await play(step, { stack: await stackOf(step), simulator, keyPairs }));
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

function demoStack(
  example: DemoStep["example"],
  simulator: Simulator,
  keyPairs: KeyPairs,
  folder: string,
): Parameters<typeof makeStack>[0] {
  const { cluster, keyProvider } = simulator;
  const { certificateFile, privateKeyFile } = keyPairs.first;
  const own = {
    "signed-from-csr": { cluster, keyProvider: SIGNED_KEY_PROVIDER, caFolder: folder },
    "expiry-report": {},
    "upload-key-pair": { cluster, keyProvider, certificateFile, privateKeyFile },
  };
  return {
    program: example === undefined ? checkout : resolve(checkout, "examples", example),
    name: "demo",
    display: "terminal",
    // `npm run check` looks at the programs' types; the demonstration need not wait for that.
    environment: { PULUMI_NODEJS_TRANSPILE_ONLY: "true" },
    config: {
      ...own[example ?? "upload-key-pair"],
      "vsphere-trust-authority:server": `${simulator.host}:${simulator.port}`,
      "vsphere-trust-authority:user": simulator.user,
      "vsphere-trust-authority:caCertificateFile": simulator.caFile,
    },
    secrets: { "vsphere-trust-authority:password": simulator.password },
  };
}

async function play(step: DemoStep, stage: Stage): Promise<StepReport> {
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
