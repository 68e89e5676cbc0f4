// SPDX-License-Identifier: Apache-2.0
// What the figures say, in sentences made from them: where ours holds its promise, and where somebody else is level or
// better.

import type { MeasuredWait } from "./measure-waits";
import { ours } from "./ours";
import type { WaitSummary } from "./summary";

/** A mean lag that differs from ours by this share at most counts as level: that is the noise of so many samples. */
const LEVEL = 0.15;

/**
 * How late ours was, measured against its promise.
 *
 * @param waits - all that were measured
 */
export function promiseKept(waits: readonly MeasuredWait[]): string {
  const own = waits.filter(({ waiter }) => waiter === ours);
  const overMs = own.map(({ lagMs, taskMs }) => lagMs - Math.min(1000, Math.max(100, taskMs / 10)));
  const worstMs = Math.max(...overMs);
  return (
    "**The promise of ours** is a lag of at most max(100 ms, 10 % of T), never more than 1 s, plus two round trips. " +
    (worstMs <= 0
      ? `All ${own.length} waits were below it even without the round trips, the closest by ${round(-worstMs)} ms.`
      : `Of ${own.length} waits ${overMs.filter((over) => over > 0).length} took longer than it is without the round trips, by ${round(worstMs)} ms at most.`)
  );
}

/**
 * Who was earlier than ours or level, and who needed fewer GETs, at each length of task.
 *
 * @param summaries - all waiters and lengths
 * @returns a Markdown list
 */
export function whereOthersAreBetter(summaries: readonly WaitSummary[]): string {
  const lines = summaries
    .filter(({ name }) => name === ours.name)
    .map((own) => {
      const others = summaries.filter(
        ({ name, lengthSeconds }) => lengthSeconds === own.lengthSeconds && name !== own.name,
      );
      const differs = ({ lagMs }: WaitSummary): number => lagMs.mean / own.lagMs.mean - 1;
      const earlier = others.filter((other) => differs(other) < -LEVEL);
      const level = others.filter((other) => Math.abs(differs(other)) <= LEVEL);
      const cheaper = others.filter(({ looks }) => looks.mean < own.looks.mean);
      return [
        `- At ${own.lengthSeconds} s, ours: ${milliseconds(own)}, ${round(own.looks.mean)} GETs.`,
        `Earlier: ${listed(earlier, milliseconds)}.`,
        `Level (within ${LEVEL * 100} %): ${listed(level, milliseconds)}.`,
        `Fewer GETs: ${listed(cheaper, ({ looks }) => `${round(looks.mean)}`)}.`,
      ].join(" ");
    });
  return ["**Where others are level or better** (means):", lines.join("\n")].join("\n\n");
}

function listed(summaries: readonly WaitSummary[], figure: (summary: WaitSummary) => string): string {
  if (summaries.length === 0) return "nobody";
  return summaries.map((summary) => `${summary.name} (${figure(summary)})`).join(", ");
}

function milliseconds({ lagMs }: WaitSummary): string {
  return `${Math.round(lagMs.mean)} ms`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
