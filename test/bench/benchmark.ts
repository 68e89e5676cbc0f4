// SPDX-License-Identifier: Apache-2.0
// What a benchmark is: it measures, and hands back facts for a table and pictures. How they are written is the report's.

/** One benchmark. */
export interface Benchmark {
  /** File name of its page and of `npm run bench -- <name>`, e.g. `wait`. */
  readonly name: string;
  /** Heading of its page, e.g. `How soon the end of a task is seen`. */
  readonly title: string;
  /**
   * Measures everything in one run, so that ratios hold.
   *
   * @param options - how much to measure, and whom to tell of progress
   * @returns what was measured
   */
  readonly measure: (options: BenchmarkOptions) => Promise<Measurement>;
}

/** How a benchmark is run. */
export interface BenchmarkOptions {
  /** True: a short run that shows that the benchmark works; its figures are not written to docs. */
  readonly quick: boolean;
  /** Tells a person what is being measured, one line each. */
  readonly report: (line: string) => void;
}

/** What a benchmark has measured. */
export interface Measurement {
  /** Paragraphs (Markdown): what was measured, against what, and how; what the figures say. */
  readonly notes: readonly string[];
  readonly tables: readonly Table[];
  readonly charts: readonly Chart[];
  /** Name and version of everything that takes part, e.g. `undici` → `7.30.2`. */
  readonly versions: Readonly<Record<string, string>>;
}

/** A table of figures. */
export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  /** Numbers are written as they are: rounded by whoever measured them, in the unit that the column's heading names. */
  readonly rows: readonly (readonly (string | number)[])[];
}

/** A picture of figures. */
export interface Chart {
  /** Its file is `<benchmark>-<name>.svg`. */
  readonly name: string;
  readonly title: string;
  readonly kind: "bar" | "line";
  /** Heading of the horizontal axis, with its unit. */
  readonly xTitle: string;
  readonly x: readonly (string | number)[];
  /** Heading of the vertical axis, with its unit. */
  readonly yTitle: string;
  /** Default `linear`. */
  readonly yScale?: "linear" | "log";
  /** One value for each `x`; null where there is none. */
  readonly series: readonly { readonly name: string; readonly values: readonly (number | null)[] }[];
}
