// SPDX-License-Identifier: Apache-2.0
// Every benchmark there is, cheapest first.

import type { Benchmark } from "./benchmark";
import { engineBenchmarks } from "./engine/index";
import { manyTasksBenchmark } from "./many-tasks/index";
import { waitBenchmark } from "./wait/index";

/** What `npm run bench` runs, in this order. */
export const allBenchmarks: readonly Benchmark[] = [manyTasksBenchmark, waitBenchmark, ...engineBenchmarks];
