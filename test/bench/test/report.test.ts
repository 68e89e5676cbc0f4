// SPDX-License-Identifier: Apache-2.0
// What the benchmarks' report writes: the same picture for the same figures, ours in front, and tables as Prettier wants them.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { check } from "prettier";
import type { Chart } from "../benchmark";
import { laidOut, tableText } from "../report/markdown";
import { looksOf } from "../report/series-look";
import { svgOf } from "../report/svg-chart";

const chart: Chart = {
  name: "lag",
  title: "Lag & more",
  kind: "line",
  xTitle: "T (s)",
  x: [0.2, 1, 30],
  yTitle: "lag (ms)",
  yScale: "log",
  series: [
    { name: "ours", values: [60, 70, 500] },
    { name: "other", values: [900, null, 2000] },
  ],
};

describe("the report of a benchmark", () => {
  it("draws the same picture whatever was drawn before", () => {
    const first = svgOf(chart);
    svgOf({ ...chart, kind: "bar" });
    assert.equal(svgOf(chart), first);
    assert.match(first, /<title>Lag &amp; more<\/title>/);
  });

  it("gives every series a look of its own, and highlights ours alone", () => {
    const looks = looksOf(["ours", "a", "b", "c", "d", "e", "f", "g"]);
    assert.deepEqual(
      looks.map(({ highlighted }) => highlighted),
      [true, false, false, false, false, false, false, false],
    );
    for (const part of ["colour", "symbol"] as const) {
      assert.equal(new Set(looks.map((look) => look[part])).size, looks.length, part);
    }
  });

  it("aligns tables as the format check wants them, numbers to the right", async () => {
    const text = await laidOut(
      tableText({
        title: "T",
        columns: ["who", "ms"],
        rows: [
          ["a | b", 12],
          ["c", "1.50"],
        ],
      }),
    );
    assert.equal(text, "## T\n\n| who    |   ms |\n| ------ | ---: |\n| a \\| b |   12 |\n| c      | 1.50 |\n");
    assert.equal(await check(text, { parser: "markdown" }), true);
  });
});
