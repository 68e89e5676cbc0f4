// SPDX-License-Identifier: Apache-2.0
// Benchmark `many-tasks`: what it costs to wait for many tasks of one vCenter at once, with one list for all and with a
// request for each.

import type { Benchmark, Chart, Measurement, Table } from "../benchmark";
import { packageVersion } from "../package-version";
import { spreadOf } from "../spread";
import { runClient } from "./run-client";
import type { RunFigures } from "./run-client";

interface Way {
  readonly name: string;
  readonly refuseLists: boolean;
}

/** The second is what the provider falls back to where vCenter refuses the list: the same code and schedule. */
const WAYS: readonly Way[] = [
  { name: "ours: one list for all", refuseLists: false },
  { name: "one GET for each", refuseLists: true },
];
const FULL = { tasks: 200, lengthSeconds: 10, repeats: 3 };
const QUICK = { tasks: 40, lengthSeconds: 2, repeats: 1 };
/** The tasks' lengths are spread evenly over the middle ± this share. */
const JITTER = 0.2;
const MIB = 2 ** 20;

/** Many tasks of one vCenter: requests, processor time and memory. */
export const manyTasksBenchmark: Benchmark = {
  name: "many-tasks",
  title: "Many tasks at once",
  measure: async ({ quick, report }): Promise<Measurement> => {
    const { tasks, lengthSeconds, repeats } = quick ? QUICK : FULL;
    const taskLengthsMs = Array.from(
      { length: tasks },
      (_, at) => lengthSeconds * 1000 * (1 - JITTER + (2 * JITTER * at) / (tasks - 1)),
    );
    const runs = new Map<Way, RunFigures[]>(WAYS.map((way) => [way, []]));
    for (let repeat = 1; repeat <= repeats; repeat += 1) {
      // Every other time the other way round: neither is always the first.
      for (const way of repeat % 2 === 1 ? WAYS : [...WAYS].reverse()) {
        report(`${way.name}, run ${repeat} of ${repeats}`);
        runs.get(way)?.push(await runClient({ refuseLists: way.refuseLists, taskLengthsMs }));
      }
    }
    const seconds = Array.from({ length: Math.ceil(lengthSeconds * (1 + JITTER)) + 1 }, (_, at) => at + 1);
    return {
      notes: notes(tasks, lengthSeconds, repeats),
      tables: [tableOf(runs)],
      charts: [requestsChart(runs, seconds, tasks), cpuChart(runs, tasks)],
      versions: { undici: packageVersion("undici", "provider") },
    };
  },
};

function notes(tasks: number, lengthSeconds: number, repeats: number): string[] {
  return [
    `${tasks} tasks of one vCenter begin at the same moment and end after ${lengthSeconds} s ± ${JITTER * 100} %, evenly spread. One process ` +
      "waits for all of them with the provider's own task board, HTTP client and session (four sockets at most). Once the " +
      "server has `POST /api/cis/tasks?action=list`, and one list answers for all that wait, at the pace of the youngest; once " +
      "it refuses it with a 404, and each task is asked for by itself, at the same schedule. The refused list is the only " +
      "difference.",
    "Processor time and memory are those of the waiting process alone, measured by itself; the server runs in another, on " +
      "the same machine. Sockets, session and modules are there before the tasks begin. " +
      `Each way ran ${repeats} times, in alternating order; the table holds the means, p95 and maximum of the lag over all runs.`,
    "The list costs more bytes per request, and where a single task is awaited none is sent: then ours is the plain GET.",
  ];
}

function tableOf(runs: ReadonlyMap<Way, readonly RunFigures[]>): Table {
  const rows: [string, (own: readonly RunFigures[]) => string | number][] = [
    ["requests", (own) => Math.round(mean(own, (run) => run.requestsAtMs.length))],
    [
      "requests per second, mean",
      (own) => mean(own, (run) => run.requestsAtMs.length / run.durationSeconds).toFixed(1),
    ],
    ["requests in the busiest second", (own) => Math.round(mean(own, busiestSecond))],
    ["processor time (s)", (own) => mean(own, (run) => run.cpuSeconds).toFixed(2)],
    ["memory at its highest (MiB)", (own) => mean(own, (run) => run.peakBytes / MIB).toFixed(1)],
    [
      "of it grown since the beginning (MiB)",
      (own) => mean(own, (run) => (run.peakBytes - run.idleBytes) / MIB).toFixed(1),
    ],
    ["lag, mean (ms)", (own) => Math.round(spreadOf(own.flatMap((run) => run.lagsMs)).mean)],
    ["lag, median (ms)", (own) => Math.round(spreadOf(own.flatMap((run) => run.lagsMs)).median)],
    ["lag, p95 (ms)", (own) => Math.round(spreadOf(own.flatMap((run) => run.lagsMs)).p95)],
    ["lag, max (ms)", (own) => Math.round(spreadOf(own.flatMap((run) => run.lagsMs)).max)],
  ];
  const ways = [...runs];
  return {
    title: "Figures",
    columns: ["", ...ways.map(([{ name }]) => name)],
    rows: rows.map(([heading, figure]) => [heading, ...ways.map(([, own]) => figure(own))]),
  };
}

function requestsChart(
  runs: ReadonlyMap<Way, readonly RunFigures[]>,
  seconds: readonly number[],
  tasks: number,
): Chart {
  return {
    name: "requests",
    title: `Requests per second while ${tasks} tasks run`,
    kind: "line",
    xTitle: "second since the tasks began",
    x: seconds,
    yTitle: "requests in this second",
    yScale: "log",
    series: [...runs].map(([{ name }, own]) => ({
      name,
      values: seconds.map((second) => {
        const requests = mean(own, (run) => inSecond(run, second));
        return requests > 0 ? Math.round(requests * 10) / 10 : null;
      }),
    })),
  };
}

function cpuChart(runs: ReadonlyMap<Way, readonly RunFigures[]>, tasks: number): Chart {
  const ways = [...runs];
  return {
    name: "cpu",
    title: `Processor time of waiting for ${tasks} tasks`,
    kind: "bar",
    xTitle: "way of looking",
    x: ways.map(([{ name }]) => name),
    yTitle: "processor time (s)",
    series: [{ name: "ours", values: ways.map(([, own]) => Number(mean(own, (run) => run.cpuSeconds).toFixed(2))) }],
  };
}

function inSecond(run: RunFigures, second: number): number {
  return run.requestsAtMs.filter((atMs) => Math.ceil(atMs / 1000) === second).length;
}

function busiestSecond(run: RunFigures): number {
  return Math.max(...Array.from({ length: Math.ceil(run.durationSeconds) }, (_, at) => inSecond(run, at + 1)));
}

function mean(runs: readonly RunFigures[], figure: (run: RunFigures) => number): number {
  return spreadOf(runs.map(figure)).mean;
}
