// SPDX-License-Identifier: Apache-2.0
// The axes of a picture: which scale, and where it is labelled. Measured points are labelled, since they are what the
// figures hold for.

import type { EChartsOption } from "echarts";
import type { Chart } from "../benchmark";

const TITLE_STYLE = { fontSize: 14, color: "#222222" };
const LABEL_STYLE = { fontSize: 13, color: "#222222" };
const LINE = { lineStyle: { color: "#444444" } };
const GRID_LINE = { lineStyle: { color: "#dddddd" } };
/** Numbers that lie further apart than this factor would crowd at one end of a linear axis. */
const LOG_FROM_SPREAD = 20;
/** More points than this are labelled by the axis itself. */
const MAX_LABELLED_POINTS = 16;

/**
 * The horizontal axis: numbers of a line chart where they belong, everything else side by side.
 *
 * @param chart - the chart
 */
export function xAxis(chart: Chart): NonNullable<EChartsOption["xAxis"]> {
  const frame = {
    name: chart.xTitle,
    nameLocation: "middle" as const,
    nameGap: 36,
    nameTextStyle: TITLE_STYLE,
    axisLine: { ...LINE, onZero: false },
  };
  const numbers = chart.x.filter((x) => typeof x === "number");
  if (chart.kind === "bar" || numbers.length < chart.x.length) {
    return {
      ...frame,
      type: "category",
      data: chart.x.map(String),
      axisTick: { alignWithLabel: true },
      axisLabel: { ...LABEL_STYLE, interval: chart.x.length > 16 ? "auto" : 0 },
    };
  }
  const least = Math.min(...numbers);
  const most = Math.max(...numbers);
  const points = numbers.length > MAX_LABELLED_POINTS ? {} : { customValues: numbers };
  return {
    ...frame,
    type: least > 0 && most / least > LOG_FROM_SPREAD ? "log" : "value",
    min: least,
    max: most,
    axisTick: points,
    axisLabel: { ...LABEL_STYLE, ...points },
    splitLine: { show: false },
  };
}

/**
 * The vertical axis.
 *
 * @param chart - the chart
 */
export function valueAxis(chart: Chart): NonNullable<EChartsOption["yAxis"]> {
  return {
    type: chart.yScale === "log" ? "log" : "value",
    name: chart.yTitle,
    nameLocation: "middle",
    nameGap: 58,
    nameTextStyle: TITLE_STYLE,
    axisLine: { show: true, ...LINE },
    axisLabel: LABEL_STYLE,
    splitLine: GRID_LINE,
    ...(chart.yScale === "log" ? { minorTick: { show: true, splitNumber: 9 } } : {}),
  };
}
