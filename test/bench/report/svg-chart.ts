// SPDX-License-Identifier: Apache-2.0
// One picture: an SVG of a chart, drawn by echarts without a browser. The same data give the same text, so that a diff
// of the docs shows a change of the figures and nothing else.

import { init } from "echarts";
import type { EChartsOption } from "echarts";
import type { Chart } from "../benchmark";
import { looksOf } from "./series-look";
import { valueAxis, xAxis } from "./chart-axes";

const WIDTH_PX = 960;
const HEIGHT_PX = 520;
const FONT_SIZE_PX = 14;
/** Broader than any letter of the font is in the mean: a name in the legend must not be cut. */
const LETTER_PX = 7.6;
/** Beyond this many bars their values would overlap; the table has them. */
const MAX_LABELLED_BARS = 18;
const FONT = "DejaVu Sans, Verdana, Helvetica, Arial, sans-serif";

/**
 * Draws a chart.
 *
 * @param chart - what to draw; ours, a series or the bar of an only series, is highlighted as {@link looksOf} says
 * @returns the text of an SVG file, white background, 960 × 520
 */
export function svgOf(chart: Chart): string {
  const picture = init(null, null, { renderer: "svg", ssr: true, width: WIDTH_PX, height: HEIGHT_PX });
  try {
    picture.setOption(optionsOf(chart));
    return withTitle(withoutCounters(picture.renderToSVGString()), chart.title);
  } finally {
    picture.dispose();
  }
}

function optionsOf(chart: Chart): EChartsOption {
  const names = chart.series.map(({ name }) => name);
  const legendPx = names.length < 2 ? 0 : Math.ceil(Math.max(...names.map(({ length }) => length)) * LETTER_PX) + 50;
  return {
    animation: false,
    backgroundColor: "#ffffff",
    textStyle: { fontFamily: FONT, fontSize: FONT_SIZE_PX, color: "#222222" },
    title: { text: chart.title, left: 12, top: 10, textStyle: { fontSize: 17, fontFamily: FONT, color: "#111111" } },
    legend: {
      show: names.length > 1,
      orient: "vertical",
      left: WIDTH_PX - legendPx - 8,
      top: 64,
      itemGap: 12,
      itemWidth: 30,
      textStyle: { fontSize: FONT_SIZE_PX, fontFamily: FONT, color: "#222222" },
    },
    grid: { left: 84, right: legendPx + 36, top: 64, bottom: 64, containLabel: false },
    xAxis: xAxis(chart),
    yAxis: valueAxis(chart),
    series: seriesOf(chart),
  };
}

function seriesOf(chart: Chart): NonNullable<EChartsOption["series"]> {
  const looks = looksOf(chart.series.map(({ name }) => name));
  const bars = chart.x.length * chart.series.length;
  const barColours = chart.series.length === 1 ? coloursOfBars(chart.x) : undefined;
  return chart.series.map(({ name, values }, index) => {
    const look = looks[index];
    if (chart.kind === "bar") {
      return {
        type: "bar",
        name,
        data: values.map((value, at) => ({
          value: value ?? "-",
          itemStyle: { color: barColours?.[at] ?? look?.colour ?? "#000000" },
        })),
        barMaxWidth: 70,
        itemStyle: { color: look?.colour ?? "#000000" },
        label: { show: bars <= MAX_LABELLED_BARS, position: "top", fontSize: 13, fontFamily: FONT, color: "#222222" },
      };
    }
    return {
      type: "line",
      name,
      data: values.map((value, at) => (typeof chart.x[at] === "number" ? [chart.x[at], value ?? "-"] : (value ?? "-"))),
      symbol: look?.symbol ?? "circle",
      symbolSize: look?.symbolPx ?? 9,
      showAllSymbol: true,
      connectNulls: true,
      // Ours lies over the others, and of two that coincide the smaller mark over the larger.
      z: look?.highlighted === true ? 100 : 50 - index,
      itemStyle: { color: look?.colour ?? "#000000" },
      lineStyle: { width: look?.highlighted === true ? 4 : 2, type: look?.dash ?? "solid" },
    };
  });
}

/** Where the bars of the only series are the ways compared, ours stands out. */
function coloursOfBars(x: Chart["x"]): string[] | undefined {
  const looks = looksOf(x.map(String));
  if (!looks.some(({ highlighted }) => highlighted)) return undefined;
  const other = looks.find(({ highlighted }) => !highlighted);
  return looks.map((look) => (look.highlighted ? look : (other ?? look)).colour);
}

/** echarts numbers its names through the whole process; the numbers would depend on what was drawn before. */
function withoutCounters(svg: string): string {
  const names = new Map<string, string>();
  return svg.replace(/\bzr\d+-[a-z]+-?\d+\b/g, (name) => {
    const own = names.get(name) ?? `mark-${names.size}`;
    names.set(name, own);
    return own;
  });
}

/** What a screen reader says, and a browser shows under the pointer. */
function withTitle(svg: string, title: string): string {
  const text = title.replace(/&/g, "&amp;").replace(/</g, "&lt;");
  return `${svg.replace(/<svg\b[^>]*>/, (head) => `${head}\n<title>${text}</title>`)}\n`;
}
