// SPDX-License-Identifier: Apache-2.0
// What becomes of a measurement: its tables on the terminal, and for a full run its page and pictures in the docs.

import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Benchmark, Measurement } from "../benchmark";
import { INDEX_FILE, indexText } from "./index-page";
import { laidOut, tableText } from "./markdown";
import { pageText, pictureFile } from "./page";
import { svgOf } from "./svg-chart";

/** Where pages and pictures are written. */
export const BENCHMARK_DOCS: string = resolve(__dirname, "../../../docs/benchmarks");

/**
 * The tables of a measurement, for a terminal.
 *
 * @param measurement - the figures
 */
export function tablesText(measurement: Measurement): Promise<string> {
  return laidOut(measurement.tables.map(tableText).join("\n"));
}

/**
 * Writes a benchmark's page and pictures, and the list of pages.
 *
 * @param benchmark - what was measured
 * @param measurement - its figures
 * @param folder - where to; default the project's docs
 * @returns the files that were written
 */
export async function writePage(
  benchmark: Benchmark,
  measurement: Measurement,
  folder: string = BENCHMARK_DOCS,
): Promise<readonly string[]> {
  await mkdir(folder, { recursive: true });
  const written: string[] = [];
  const write = async (file: string, text: string): Promise<void> => {
    await writeFile(join(folder, file), text);
    written.push(join(folder, file));
  };
  for (const chart of measurement.charts) await write(pictureFile(benchmark.name, chart), svgOf(chart));
  const date = new Date().toISOString().slice(0, 10);
  await write(`${benchmark.name}.md`, await pageText(benchmark, measurement, date));
  await write(INDEX_FILE, await indexText(folder));
  return written;
}
