// SPDX-License-Identifier: Apache-2.0
// The figures of the runs: a table, a sentence and pictures.

import type { Chart, Table } from "../benchmark";
import { spreadOf } from "../spread";
import type { RunFigures } from "./run-client";
import type { Way } from "./ways";

const MIB = 2 ** 20;

/** The runs of each way, in the order in which they are printed. */
export type Runs = ReadonlyMap<Way, readonly RunFigures[]>;

/**
 * What the list saves, and what it costs in lag.
 *
 * @param runs - what was measured
 * @returns a paragraph, made from the figures
 */
export function finding(runs: Runs): string {
  const [list, each] = [...runs.values()];
  if (list === undefined || each === undefined) throw new Error("there are two ways to compare");
  const times = (figure: (run: RunFigures) => number): string => (mean(each, figure) / mean(list, figure)).toFixed(1);
  const lagMs = (runsOfOne: readonly RunFigures[]): number =>
    Math.round(mean(runsOfOne, (run) => spreadOf(run.lagsMs).mean));
  return (
    `**One GET for each takes ${times((run) => run.requestsAtMs.length)} times the requests and ${times((run) => run.cpuSeconds)} times ` +
    `the processor time** of one list for all. The mean lag is ${lagMs(list)} ms with the list and ${lagMs(each)} ms without: ` +
    "the list is no way to see an end earlier, only a cheaper one."
  );
}

/**
 * All figures, a column for each way.
 *
 * @param runs - what was measured
 */
export function tableOf(runs: Runs): Table {
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
    columns: ["figure", ...ways.map(([{ name }]) => name)],
    rows: rows.map(([heading, figure]) => [heading, ...ways.map(([, own]) => figure(own))]),
  };
}

/**
 * How the requests fall over time.
 *
 * @param runs - what was measured
 * @param seconds - the seconds to show, from 1
 * @param tasks - how many ran
 */
export function requestsChart(runs: Runs, seconds: readonly number[], tasks: number): Chart {
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

/**
 * What the waiting costs the processor.
 *
 * @param runs - what was measured
 * @param tasks - how many ran
 */
export function cpuChart(runs: Runs, tasks: number): Chart {
  const ways = [...runs];
  return {
    name: "cpu",
    title: `Processor time of waiting for ${tasks} tasks`,
    kind: "bar",
    xTitle: "way of looking",
    x: ways.map(([{ name }]) => name),
    yTitle: "processor time (s)",
    series: [
      { name: "processor time", values: ways.map(([, own]) => Number(mean(own, (run) => run.cpuSeconds).toFixed(2))) },
    ],
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
