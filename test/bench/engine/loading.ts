// SPDX-License-Identifier: Apache-2.0
// What the program's process and the provider process load, step by step, in processes of their own.

import { makeCertificate } from "../../fixtures/certificates/make";
import type { Simulator } from "../../simulator/src/index";
import { startSimulator } from "../../simulator/src/index";
import { vcenterEnvironment } from "../../support/vcenter-environment";
import { median } from "./median";
import { programPath, runChild } from "./node-child";

/** One step, over several runs. */
export interface LoadingStep {
  readonly name: string;
  /** Median, milliseconds. */
  readonly ms: number;
  /** Files that this step loaded. */
  readonly modules: number;
  /** Bytes of those files. */
  readonly bytes: number;
  /** Whether undici was among them. */
  readonly undici: boolean;
  /** Whether node-forge was among them. */
  readonly forge: boolean;
}

/**
 * Measures the program's process.
 *
 * @param runs - processes to start
 */
export async function measureProgramLoading(runs: number): Promise<readonly LoadingStep[]> {
  return medianSteps(runs, () => runChild("load-in-program.cjs", { args: [programPath("steps.cjs")] }));
}

/**
 * Measures the provider process, up to and with its first create against a simulated vCenter.
 *
 * @param runs - processes to start
 * @param taskMs - length of the task of a create
 */
export async function measureProviderLoading(runs: number, taskMs: number): Promise<readonly LoadingStep[]> {
  const simulator = await startSimulator({ taskDurationMs: { patch: taskMs, read: 5 } });
  try {
    const environment = { ...vcenterEnvironment(simulator), INPUTS: JSON.stringify(await inputsFor(simulator)) };
    return await medianSteps(runs, () =>
      runChild("load-in-provider.cjs", { args: [programPath("steps.cjs")], environment }),
    );
  } finally {
    await simulator.close();
  }
}

async function inputsFor(simulator: Simulator): Promise<Readonly<Record<string, string>>> {
  const { certificatePem: certificate, privateKeyPem: privateKey } = await makeCertificate();
  return { cluster: simulator.cluster, keyProvider: simulator.keyProvider, certificate, privateKey };
}

async function medianSteps(runs: number, run: () => Promise<unknown>): Promise<readonly LoadingStep[]> {
  // The first one reads the files from the disk for all others.
  const first = (await run()) as readonly LoadingStep[];
  const all: (readonly LoadingStep[])[] = [];
  for (let at = 0; at < runs; at += 1) all.push((await run()) as readonly LoadingStep[]);
  return first.map((step, at) => ({ ...step, ms: median(all.map((steps) => steps[at]?.ms ?? NaN)) }));
}
