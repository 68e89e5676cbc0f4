// SPDX-License-Identifier: Apache-2.0
// One benchmark's page: what was measured, the pictures, the figures, where, and how to repeat it.

import type { Benchmark, Chart, Measurement } from "../benchmark";
import { machine } from "./machine";
import { laidOut, tableText } from "./markdown";

/** File name of a picture of a benchmark. */
export function pictureFile(benchmarkName: string, chart: Chart): string {
  return `${benchmarkName}-${chart.name}.svg`;
}

/**
 * The Markdown of a page.
 *
 * @param benchmark - what was measured
 * @param measurement - its figures
 * @param date - when, as it is to be printed
 */
export function pageText(benchmark: Benchmark, measurement: Measurement, date: string): Promise<string> {
  const { notes, tables, charts, versions } = measurement;
  const facts = Object.entries({ date, ...machine(), ...versions }).map(([name, value]) => `- ${name}: ${value}`);
  const pictures = charts.map((chart) => `![${chart.title}](${pictureFile(benchmark.name, chart)})`);
  return laidOut(
    [
      `# ${benchmark.title}`,
      ...notes,
      ...pictures,
      ...tables.map(tableText),
      "## Where it was measured",
      facts.join("\n"),
      `Repeat it with \`npm run bench -- ${benchmark.name}\`, which writes this page anew.`,
    ].join("\n\n"),
  );
}
