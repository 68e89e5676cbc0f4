// SPDX-License-Identifier: Apache-2.0
// Benchmark `wait`: how soon after its end a task is reported as done, and how many GETs that takes.

import type { Benchmark, Chart, Measurement, Table } from "../benchmark";
import { packageVersion } from "../package-version";
import { promiseKept, whereOthersAreBetter } from "./findings";
import { measureWaits } from "./measure-waits";
import { FULL, plannedWaits, QUICK } from "./plan";
import type { WaitSummary } from "./summary";
import { summarize } from "./summary";
import { WAITERS } from "./waiters";

/** How soon the end of a task is seen, ours against the libraries that cloud clients wait with. */
export const waitBenchmark: Benchmark = {
  name: "wait",
  title: "How soon the end of a task is seen",
  measure: async ({ quick, report }): Promise<Measurement> => {
    const lengths = quick ? QUICK : FULL;
    const lengthsSeconds = lengths.map(({ lengthSeconds }) => lengthSeconds);
    const names = WAITERS.map(({ name }) => name);
    const { waits, timersLateMs } = await measureWaits(plannedWaits(lengths), report);
    const summaries = summarize(waits, names, lengthsSeconds);
    return {
      notes: [
        HOW,
        WHO,
        promiseKept(waits),
        whereOthersAreBetter(summaries),
        `What the machine adds: timers of the measuring process fired ${timersLateMs.p99.toFixed(0)} ms late or less in 99 % of cases, ` +
          `${timersLateMs.max.toFixed(0)} ms at worst.`,
      ],
      tables: lengthsSeconds.map((lengthSeconds) => tableOf(lengthSeconds, summaries)),
      charts: [
        chartOf("lag", "Mean time from a task's end to its report", "lag (ms)", ({ lagMs }) => lagMs.mean),
        chartOf("gets", "Mean number of GETs of one wait", "GETs", ({ looks }) => looks.mean),
      ].map((chart) => chart(lengthsSeconds, names, summaries)),
      versions: {
        undici: packageVersion("undici", "provider"),
        "@azure/core-lro": packageVersion("@azure/core-lro"),
        "@smithy/util-waiter": packageVersion("@smithy/util-waiter"),
        "google-gax": packageVersion("google-gax"),
      },
    };
  },
};

const HOW =
  "A task of length T runs on a server that knows its end. The lag is the time from that end to the moment at which the " +
  "waiter reports it, both by the machine's monotonic clock, in real time, over TLS on the loopback interface. Lengths " +
  "differ by ±20 % around T with a fixed seed and are the same for everybody; the waits of all begin in a shuffled order, " +
  "100 ms apart, and run side by side.";
const WHO =
  "Everybody looks through the same HTTP client (the provider's, on undici with keep-alive), so that only the times of " +
  "looking differ. Ours is the task board that `create` and `update` wait with, one per task. `@azure/core-lro` looks at " +
  "once and every 2 s, `@smithy/util-waiter` at once and then after a random time between 2 s and 2 s × 2^n (120 s at most), " +
  "`google-gax` at once and then after 100 ms × 1.3^n (60 s at most): the defaults of each. The fixed loops look at once and " +
  "after every interval; 1 s is that of VMware's samples, 10 s that of govmomi. The newest `@azure/core-lro` (3.4) and " +
  "`google-gax` (6) need Node.js 22; the ones measured here are the last for Node.js 20.";

function tableOf(lengthSeconds: number, summaries: readonly WaitSummary[]): Table {
  return {
    title: `T = ${lengthSeconds} s`,
    columns: ["waiter", "lag, mean (ms)", "median (ms)", "p95 (ms)", "max (ms)", "GETs, mean", "GETs, max", "samples"],
    rows: summaries
      .filter((summary) => summary.lengthSeconds === lengthSeconds)
      .map(({ name, lagMs, looks, samples }) => [
        name,
        ...[lagMs.mean, lagMs.median, lagMs.p95, lagMs.max].map(Math.round),
        looks.mean.toFixed(1),
        looks.max,
        samples,
      ]),
  };
}

type ChartMaker = (
  lengthsSeconds: readonly number[],
  names: readonly string[],
  summaries: readonly WaitSummary[],
) => Chart;

function chartOf(name: string, title: string, yTitle: string, figure: (summary: WaitSummary) => number): ChartMaker {
  return (lengthsSeconds, names, summaries) => ({
    name,
    title,
    kind: "line",
    xTitle: "length of the task, T (s)",
    x: lengthsSeconds,
    yTitle,
    yScale: "log",
    series: names.map((waiter) => ({
      name: waiter,
      values: lengthsSeconds.map((lengthSeconds) => {
        const found = summaries.find((summary) => summary.name === waiter && summary.lengthSeconds === lengthSeconds);
        return found === undefined ? null : Math.round(figure(found) * 10) / 10;
      }),
    })),
  });
}
