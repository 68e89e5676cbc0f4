// SPDX-License-Identifier: Apache-2.0
// Every cost that was measured, and its middle.

import { median } from "./median";
import type { EngineOperation, OperationCost, StateSize } from "./variant-stack";
import type { Variant } from "./variants";

/** Where a cost belongs. */
export interface CostKey {
  readonly variant: Variant["name"];
  readonly count: number;
  readonly operation: EngineOperation;
}

/** Collects costs and state sizes. */
export class EngineCosts {
  readonly #costs = new Map<string, OperationCost[]>();
  readonly #sizes = new Map<string, StateSize>();

  /** Adds what one operation has cost. */
  add(key: CostKey, cost: OperationCost): void {
    const name = nameOf(key);
    this.#costs.set(name, [...(this.#costs.get(name) ?? []), cost]);
  }

  /** Remembers the size of a variant's state. */
  addSize(variant: Variant["name"], count: number, size: StateSize): void {
    this.#sizes.set(`${variant} ${count}`, size);
  }

  /** Every cost of one operation, in order of measuring; empty where it was left out. */
  all(key: CostKey): readonly OperationCost[] {
    return this.#costs.get(nameOf(key)) ?? [];
  }

  /** The size of a variant's state; undefined where it was not measured. */
  size(variant: Variant["name"], count: number): StateSize | undefined {
    return this.#sizes.get(`${variant} ${count}`);
  }

  /** Median of wall time or CPU time, seconds; NaN where there is none. */
  seconds(key: CostKey, of: "wallMs" | "cpuMs"): number {
    return median(this.all(key).map((cost) => cost[of])) / 1000;
  }
}

function nameOf({ variant, count, operation }: CostKey): string {
  return `${variant} ${count} ${operation}`;
}
