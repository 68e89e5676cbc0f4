// SPDX-License-Identifier: Apache-2.0
// Runs every operation on every variant in turns, so that whatever else the machine does meets all of them alike.

import type { Simulator } from "../../simulator/src/index";
import { startSimulator } from "../../simulator/src/index";
import { EngineCosts } from "./engine-costs";
import type { EngineOperation, VariantStack } from "./variant-stack";
import { makeVariantStack, OPERATIONS } from "./variant-stack";
import type { Resources, Variant } from "./variants";
import { CLUSTER, makeResources, VARIANTS } from "./variants";

/** How often something is measured at one number of resources. */
export interface Round {
  /** Resources declared. */
  readonly count: number;
  /** New stacks of each variant, one after the other; each gives one create. */
  readonly stacks: number;
  /** Runs of an operation on each stack; default 1. */
  readonly repeats?: Partial<Readonly<Record<EngineOperation, number>>>;
  /** For the variant with a provider for each resource: runs of each operation at most. */
  readonly usualAtMost?: number;
  /** See {@link makeVariantStack}. */
  readonly skipCheckpoints?: boolean;
}

/** Tasks on the simulated vCenter, milliseconds: short, since it is the engine that is measured. */
export const TASK_DURATION_MS = { patch: 50, read: 5 };

/**
 * Measures all variants.
 *
 * @param rounds - what is measured how often
 * @param report - told of each operation
 */
export async function measureEngine(rounds: readonly Round[], report: (line: string) => void): Promise<EngineCosts> {
  const resources = await makeResources(Math.max(...rounds.map(({ count }) => count)));
  const simulator = await startSimulator({
    clusters: [{ id: CLUSTER, keyProviders: resources.keyProviders }],
    initialCertificate: resources.anyCertificate,
    taskDurationMs: TASK_DURATION_MS,
  });
  const costs = new EngineCosts();
  try {
    // Not counted: it reads CLI, SDK and programs from the disk for all that follow.
    await measureStacks({ count: 1, stacks: 1 }, { resources, simulator, costs: new EngineCosts(), report });
    for (const round of rounds) {
      for (let at = 0; at < round.stacks; at += 1) {
        await measureStacks(round, { resources, simulator, costs, report }, at);
      }
    }
  } finally {
    await simulator.close();
  }
  return costs;
}

interface Scene {
  readonly resources: Resources;
  readonly simulator: Simulator;
  readonly costs: EngineCosts;
  readonly report: (line: string) => void;
}

async function measureStacks(round: Round, scene: Scene, turn = 0): Promise<void> {
  const { resources, simulator, costs, report } = scene;
  const { count, skipCheckpoints = false } = round;
  const stacks: { readonly variant: Variant; readonly stack: VariantStack }[] = [];
  try {
    for (const variant of rotated(VARIANTS, turn)) {
      stacks.push({
        variant,
        stack: await makeVariantStack({ variant, resources, count, simulator, skipCheckpoints }),
      });
    }
    for (const operation of OPERATIONS) {
      for (let repeat = 0; repeat < (round.repeats?.[operation] ?? 1); repeat += 1) {
        for (const { variant, stack } of rotated(stacks, repeat)) {
          if (variant.name === "usual" && repeat >= (round.usualAtMost ?? Infinity)) continue;
          const cost = await stack.measure(operation);
          report(`${count} resources, ${variant.label}: ${operation} in ${(cost.wallMs / 1000).toFixed(1)} s`);
          costs.add({ variant: variant.name, count, operation }, cost);
        }
      }
    }
    for (const { variant, stack } of stacks) costs.addSize(variant.name, count, await stack.stateSize());
  } finally {
    for (const { stack } of stacks) await stack.remove();
  }
}

/** Whoever comes first changes from turn to turn. */
function rotated<T>(all: readonly T[], turn: number): readonly T[] {
  const first = turn % all.length;
  return [...all.slice(first), ...all.slice(0, first)];
}
