// SPDX-License-Identifier: Apache-2.0
// The benchmark `pulumi-up`: what the engine's operations cost with this package, beside what everybody starts from and
// beside the usual way.

import type { Benchmark, BenchmarkOptions, Measurement } from "../benchmark";
import type { EngineCosts } from "./engine-costs";
import { stateTable, timeChart, timeTable, trafficTable } from "./engine-tables";
import type { Round } from "./measure-engine";
import { measureEngine, TASK_DURATION_MS } from "./measure-engine";
import { rounded } from "./median";
import { engineVersions } from "./package-versions";

const FULL: readonly Round[] = [
  { count: 1, stacks: 5 },
  { count: 10, stacks: 3 },
  { count: 100, stacks: 3 },
  {
    count: 1000,
    stacks: 1,
    repeats: { "no-op up": 5, preview: 3, refresh: 2 },
    usualAtMost: 1,
    skipCheckpoints: true,
  },
];
const QUICK: readonly Round[] = [
  { count: 1, stacks: 1 },
  { count: 5, stacks: 1 },
];
/** What a no-op up of ours may cost, as a share of the empty provider's. */
const GOAL = 1;

/** What the engine's operations cost. */
export const pulumiUp: Benchmark = { name: "pulumi-up", title: "What `pulumi up` costs", measure };

async function measure({ quick, report }: BenchmarkOptions): Promise<Measurement> {
  const rounds = quick ? QUICK : FULL;
  const costs = await measureEngine(rounds, report);
  const counts = rounds.map(({ count }) => count);
  const most = Math.max(...counts);
  return {
    notes: [...describeRun(rounds), describeGoal(costs, most), describeUsual(costs, most)],
    tables: [
      timeTable("Wall time (median)", costs, counts, "wallMs"),
      timeTable("CPU time of the CLI and all its processes (median)", costs, counts, "cpuMs"),
      stateTable(costs, most),
      trafficTable(costs, counts),
    ],
    charts: (["no-op up", "create"] as const).map((operation) => timeChart(costs, counts, operation)),
    versions: await engineVersions(),
  };
}

function describeRun(rounds: readonly Round[]): string[] {
  const skipping = rounds.filter(({ skipCheckpoints }) => skipCheckpoints).map(({ count }) => count);
  const { patch, read } = TASK_DURATION_MS;
  return [
    "The same resources are declared in three ways: *ours* is `KmsClientCertificate` against a simulated vCenter; *empty provider* is `pulumi.dynamic.Resource` with one provider object that has nothing but a `create` that keeps the inputs, which is the least there can be; *provider per resource* is the usual way, a class of some hundred lines captured by value, `new` in each constructor, which sends nothing. All have the same four inputs, and every resource has a certificate and a key file of its own.",
    "The variants take turns at each operation, and another one begins each time; medians are shown, and the column *runs* says of how many (ours/empty/per resource). *Preview* and *no-op up* find nothing to do; the program exports nothing.",
    "Wall time is from the start of `pulumi` to its end. CPU time is user and system time of `pulumi` and everything it started and waited for (the language host, the program, the provider process), from the kernel's account of ended children (`cutime` and `cstime`, exact to 10 ms). The simulated vCenter runs in the process of the benchmark and is not in it, but shares the machine's cores.",
    `In ours, *create* and *refresh* hold real requests: one login, and for each resource a task of ${patch} ms and a read-back with a task of ${read} ms (refresh: the read alone). The engine runs four steps at once for each core, so a thousand waits come eight by eight on two cores. The other two variants ask nobody and wait for nothing: those rows are no comparison of equals.`,
    ...(skipping.length === 0
      ? []
      : [
          `At ${skipping.join(", ")} resources *create* and *refresh* of all variants run with \`PULUMI_EXPERIMENTAL=true PULUMI_SKIP_CHECKPOINTS=true\`: else the engine writes the whole state after each step, which takes minutes whoever the provider is. The provider per resource was measured once there.`,
        ]),
  ];
}

function describeGoal(costs: EngineCosts, count: number): string {
  const times = (variant: "ours" | "empty", of: "wallMs" | "cpuMs"): string => {
    const all = costs.all({ variant, count, operation: "no-op up" }).map((cost) => cost[of] / 1000);
    const middle = costs.seconds({ variant, count, operation: "no-op up" }, of);
    return `${rounded(middle, 2)} s (${rounded(Math.min(...all), 2)} to ${rounded(Math.max(...all), 2)})`;
  };
  const ratio = (of: "wallMs" | "cpuMs"): number => {
    const [ours = NaN, empty = NaN] = (["ours", "empty"] as const).map((variant) =>
      costs.seconds({ variant, count, operation: "no-op up" }, of),
    );
    return ours / empty;
  };
  const asked = costs.all({ variant: "ours", count, operation: "no-op up" }).map(({ traffic }) => traffic);
  const silent = asked.every(({ requests, sessions }) => requests === 0 && sessions === 0);
  const judged = (what: string, of: "wallMs" | "cpuMs"): string =>
    `In ${what} it is ${Number(rounded(ratio(of), 2)) <= GOAL ? "met" : "NOT met"}: ours took ${times("ours", of)}, the empty provider ${times("empty", of)}, a ratio of ${ratio(of).toFixed(2)}.`;
  return `**Goal: a no-op up of ${count} resources costs no more than ${GOAL.toFixed(2)} x the empty provider's, in time and in CPU.** ${judged("time", "wallMs")} ${judged("CPU", "cpuMs")} The vCenter saw ${silent ? "no request and no login" : "REQUESTS"} meanwhile.`;
}

function describeUsual(costs: EngineCosts, count: number): string {
  const seconds = (variant: "ours" | "usual"): number =>
    costs.seconds({ variant, count, operation: "no-op up" }, "wallMs");
  const bytes = (variant: "ours" | "usual"): number => (costs.size(variant, count)?.exportedBytes ?? NaN) / count;
  return `Beside a provider for each resource, a no-op up of ${count} takes ${rounded(seconds("ours") / seconds("usual"), 2)} of the time, and the state ${rounded(bytes("ours") / bytes("usual"), 2)} of the bytes.`;
}
