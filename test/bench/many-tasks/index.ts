// SPDX-License-Identifier: Apache-2.0
// Benchmark `many-tasks`: what it costs to wait for many tasks of one vCenter at once, with one list for all and with a
// request for each.

import type { Benchmark, Measurement } from "../benchmark";
import { packageVersion } from "../package-version";
import { cpuChart, finding, requestsChart, tableOf } from "./figures";
import { runClient } from "./run-client";
import type { RunFigures } from "./run-client";
import { WAYS } from "./ways";
import type { Way } from "./ways";

const FULL = { tasks: 200, lengthSeconds: 10, repeats: 3 };
const QUICK = { tasks: 40, lengthSeconds: 2, repeats: 1 };
/** The tasks' lengths are spread evenly over the middle ± this share. */
const JITTER = 0.2;

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
      notes: [...notes(tasks, lengthSeconds, repeats), finding(runs)],
      tables: [tableOf(runs)],
      charts: [requestsChart(runs, seconds, tasks), cpuChart(runs, tasks)],
      versions: { undici: packageVersion("undici", "provider") },
    };
  },
};

function notes(tasks: number, lengthSeconds: number, repeats: number): string[] {
  return [
    `${tasks} tasks of one vCenter begin at the same moment and end after ${lengthSeconds} s ± ${JITTER * 100} %, evenly spread. One process ` +
      "waits for all of them with the provider's own task board, HTTP client and session (six sockets at most, four of them for writes). In one way the " +
      "server has `POST /api/cis/tasks?action=list`, and one list answers for all that wait, at the pace of the youngest; in the other " +
      "it refuses it with a 404, and each task is asked for by itself, at the same schedule. The refused list is the only " +
      "difference.",
    "Processor time and memory are those of the waiting process alone, measured by itself; the server runs in another, on " +
      "the same machine. Sockets, session and modules are there before the tasks begin. " +
      `Each way ran ${repeats} times, in alternating order; the table holds the means, p95 and maximum of the lag over all runs.`,
    "The list costs more bytes per request, and where a single task is awaited none is sent: then ours is the plain GET.",
  ];
}
