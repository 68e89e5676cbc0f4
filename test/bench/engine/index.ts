// SPDX-License-Identifier: Apache-2.0
// The benchmarks of what surrounds the wait: the engine, the processes that it starts, and one rotation as a whole.

import type { Benchmark } from "../benchmark";
import { pulumiUp } from "./pulumi-up";
import { rotation } from "./rotation";
import { startUp } from "./start-up";

/** Cheapest first. */
export const engineBenchmarks: readonly Benchmark[] = [startUp, rotation, pulumiUp];
