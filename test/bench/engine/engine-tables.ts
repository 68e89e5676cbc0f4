// SPDX-License-Identifier: Apache-2.0
// The costs of the engine as tables and pictures.

import type { Chart, Table } from "../benchmark";
import type { EngineCosts } from "./engine-costs";
import { median, rounded } from "./median";
import type { EngineOperation } from "./variant-stack";
import { OPERATIONS } from "./variant-stack";
import { VARIANTS } from "./variants";

/**
 * One row for each operation at each number of resources.
 *
 * @param title - of the table
 * @param costs - what was measured
 * @param counts - numbers of resources
 * @param of - wall or CPU time
 */
export function timeTable(title: string, costs: EngineCosts, counts: readonly number[], of: "wallMs" | "cpuMs"): Table {
  const rows = counts.flatMap((count) =>
    OPERATIONS.map((operation) => {
      const [ours = NaN, empty = NaN, usual = NaN] = VARIANTS.map(({ name }) =>
        costs.seconds({ variant: name, count, operation }, of),
      );
      const runs = VARIANTS.map(({ name }) => costs.all({ variant: name, count, operation }).length);
      const seconds = [ours, empty, usual].map((each) => rounded(each, 2));
      return [count, operation, ...seconds, rounded(ours / empty, 2), rounded(ours / usual, 2), runs.join("/")];
    }),
  );
  const labels = VARIANTS.map(({ label }) => `${label}, s`);
  return { title, columns: ["resources", "operation", ...labels, "ours/empty", "ours/per resource", "runs"], rows };
}

/** What each variant keeps in the state, for each resource. */
export function stateTable(costs: EngineCosts, count: number): Table {
  return {
    title: `State for each of ${count} resources`,
    columns: ["variant", "inputs", "`__provider`, bytes", "exported, bytes", "backend's file, bytes"],
    rows: VARIANTS.flatMap(({ name, label }) => {
      const size = costs.size(name, count);
      if (size === undefined) return [];
      const { inputs, providerTextBytes, exportedBytes, backendBytes } = size;
      const each = [exportedBytes, backendBytes].map((bytes) => Math.round(bytes / count));
      return [[label, inputs.length, providerTextBytes, ...each]];
    }),
  };
}

/** What the simulated vCenter saw of ours: medians, and of open sessions the most. */
export function trafficTable(costs: EngineCosts, counts: readonly number[]): Table {
  const rows = counts.flatMap((count) =>
    OPERATIONS.map((operation) => {
      const seen = costs.all({ variant: "ours", count, operation }).map(({ traffic }) => traffic);
      const middle = (["requests", "logins", "patches"] as const).map((what) => median(seen.map((each) => each[what])));
      return [count, operation, ...middle, Math.max(...seen.map(({ sessions }) => sessions))];
    }),
  );
  return {
    title: "What the simulated vCenter saw of ours",
    columns: ["resources", "operation", "requests", "logins", "PATCHes", "sessions left"],
    rows,
  };
}

/** A picture of one operation. */
export function timeChart(costs: EngineCosts, counts: readonly number[], operation: EngineOperation): Chart {
  return {
    name: operation.replace(/\W+/g, "-"),
    title: `Wall time of ${operation}`,
    kind: "line",
    xTitle: "resources",
    x: counts,
    yTitle: "s",
    yScale: "log",
    series: VARIANTS.map(({ name, label }) => ({
      name: label,
      values: counts.map((count) => {
        const seconds = costs.seconds({ variant: name, count, operation }, "wallMs");
        return Number.isFinite(seconds) ? Number(seconds.toFixed(3)) : null;
      }),
    })),
  };
}
