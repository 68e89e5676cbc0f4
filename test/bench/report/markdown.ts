// SPDX-License-Identifier: Apache-2.0
// Markdown of a measurement's parts. Prettier lays it out, so that tables are aligned and the format check is content.

import { format, resolveConfig } from "prettier";
import type { Table } from "../benchmark";

/**
 * A table under its heading, not laid out yet. Columns of numbers are set to the right.
 *
 * @param table - the figures
 */
export function tableText({ title, columns, rows }: Table): string {
  const isNumeric = columns.map((_, at) => rows.every((row) => isNumber(row[at])));
  const lines = [
    columns.map(cell),
    isNumeric.map((numeric) => (numeric ? "---:" : "---")),
    ...rows.map((row) => row.map(cell)),
  ];
  return `## ${title}\n\n${lines.map((line) => `| ${line.join(" | ")} |`).join("\n")}\n`;
}

/**
 * Lays Markdown out as the rest of the project is.
 *
 * @param text - Markdown
 */
export async function laidOut(text: string): Promise<string> {
  return format(text, { ...(await resolveConfig(__filename)), parser: "markdown" });
}

function isNumber(value: string | number | undefined): boolean {
  return typeof value === "number" || /^[-+]?[\d,.]+$/.test(value ?? "");
}

function cell(value: string | number): string {
  return String(value).replace(/\|/g, "\\|").replace(/\s+/g, " ");
}
