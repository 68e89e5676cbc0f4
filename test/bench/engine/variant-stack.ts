// SPDX-License-Identifier: Apache-2.0
// One stack of one variant, and what one operation of the engine on it costs.

import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { Traffic } from "../../e2e/scene";
import { traffic } from "../../e2e/scene";
import type { Simulator } from "../../simulator/src/index";
import type { OperationResult, Stack } from "../../support/engine/index";
import { makeStack } from "../../support/engine/index";
import { endedChildrenCpuMs } from "./child-cpu";
import type { Resources, Variant } from "./variants";

/** What is measured, in this order on every stack. */
export const OPERATIONS = ["create", "no-op up", "preview", "refresh"] as const;

/** An operation of the engine. */
export type EngineOperation = (typeof OPERATIONS)[number];

/** What one operation has cost. */
export interface OperationCost {
  readonly wallMs: number;
  /** Of the CLI and everything below it; NaN where the machine does not tell. */
  readonly cpuMs: number;
  /** What the simulated vCenter has seen of it. */
  readonly traffic: Traffic;
}

/** What a variant keeps. */
export interface StateSize {
  /** Names of the inputs of one resource. */
  readonly inputs: readonly string[];
  /** Bytes of the text in the input `__provider`. */
  readonly providerTextBytes: number;
  /** Bytes of `pulumi stack export`. */
  readonly exportedBytes: number;
  /** Bytes of the backend's file. */
  readonly backendBytes: number;
}

/** A stack of a variant. */
export interface VariantStack {
  readonly measure: (operation: EngineOperation) => Promise<OperationCost>;
  readonly stateSize: () => Promise<StateSize>;
  readonly remove: () => Promise<void>;
}

/** What a stack is made of. */
export interface VariantStackOptions {
  readonly variant: Variant;
  readonly resources: Resources;
  /** How many of them are declared. */
  readonly count: number;
  readonly simulator: Simulator;
  /** True: the engine writes the state once at the end of operations that write, instead of after each step. */
  readonly skipCheckpoints: boolean;
}

/** One operation may take this long, milliseconds. */
const TIMEOUT_MS = 20 * 60_000;
const SKIP_CHECKPOINTS = { PULUMI_EXPERIMENTAL: "true", PULUMI_SKIP_CHECKPOINTS: "true" };
const KEEP_CHECKPOINTS = { PULUMI_EXPERIMENTAL: undefined, PULUMI_SKIP_CHECKPOINTS: undefined };

/** Makes a stack without resources. @param options - see {@link VariantStackOptions} */
export async function makeVariantStack(options: VariantStackOptions): Promise<VariantStack> {
  const { variant, resources, count, simulator, skipCheckpoints } = options;
  const stack = await makeStack({
    program: { "index.js": variant.program, ...resources.files(count) },
    simulator,
    timeoutMs: TIMEOUT_MS,
  });
  return {
    measure: async (operation) => {
      const writes = operation === "create" || operation === "refresh";
      stack.setEnvironment(writes && skipCheckpoints ? SKIP_CHECKPOINTS : KEEP_CHECKPOINTS);
      traffic(simulator);
      const cpuBeforeMs = endedChildrenCpuMs();
      const result = await run(stack, operation);
      const cost = { wallMs: result.elapsedMs, cpuMs: endedChildrenCpuMs() - cpuBeforeMs, traffic: traffic(simulator) };
      assertDone(result, operation, options);
      return cost;
    },
    stateSize: async () => {
      const { text, resources: saved } = await stack.exportState();
      const inputs = saved.find(({ urn }) => urn.endsWith("::certificate-0"))?.inputs ?? {};
      // The harness keeps a stack's state beside its project.
      const file = resolve(stack.directory, "../state/.pulumi/stacks/trial/test.json");
      return {
        inputs: Object.keys(inputs),
        providerTextBytes: Buffer.byteLength(String(inputs["__provider"])),
        exportedBytes: Buffer.byteLength(text),
        backendBytes: (await stat(file)).size,
      };
    },
    remove: () => stack.remove(),
  };
}

function run(stack: Stack, operation: EngineOperation): Promise<OperationResult> {
  switch (operation) {
    case "create":
    case "no-op up":
      return stack.up();
    case "preview":
      return stack.preview();
    case "refresh":
      return stack.refresh();
  }
}

/** A figure of something else than what was meant is worse than none. */
function assertDone(result: OperationResult, operation: EngineOperation, options: VariantStackOptions): void {
  const { variant, count } = options;
  // A refresh ends with what it has found: nothing.
  const wanted = operation === "create" ? "create" : "same";
  const done = result.steps.filter(({ op, failed }) => op === wanted && !failed).length;
  if (result.status === 0 && done === count) return;
  const seen = [...new Set(result.steps.map(({ op }) => op))].join(", ");
  throw new Error(
    `${operation} of ${count} (${variant.label}) did ${done} times "${wanted}", saw ${seen}:\n${result.stdout}\n${result.stderr}`,
  );
}
