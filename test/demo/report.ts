// SPDX-License-Identifier: Apache-2.0

// What the demonstration prints around Pulumi's own display. It decides nothing.

import type { Received } from "./record";

/** One line that holds or not. */
export interface Finding {
  readonly claim: string;
  readonly holds: boolean;
}

/** One step that has run. */
export interface StepReport {
  readonly title: string;
  readonly received: Received;
  readonly findings: readonly Finding[];
}

const print = (text: string): void => void process.stdout.write(`${text}\n`);

/** Prints a heading before Pulumi's display begins. */
export function printHeading(title: string, command: string): void {
  print(`\n━━━ ${title}\n    $ ${command}\n`);
}

/** Prints what was checked after a step, at the simulator and in the stack's state. */
export function printFindings(findings: readonly Finding[]): void {
  for (const { claim, holds } of findings) print(`    ${holds ? "✓" : "✗ NOT TRUE:"} ${claim}`);
}

/** Prints what vCenter received, a line a step. */
export function printTable(steps: readonly StepReport[]): void {
  const header = [
    "What vCenter received",
    "logins",
    "PATCH",
    "POST",
    "GET",
    "open sessions",
    "kms-1 has now (SHA-256)",
  ];
  const rows = steps.map(({ title, received }) => [
    title,
    String(received.logins),
    String(received.patches),
    String(received.posts),
    String(received.reads),
    String(received.openSessions),
    `${received.fingerprint.slice(0, 23)}…`,
  ]);
  const widths = header.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const isNumber = (column: number): boolean => column > 0 && column < header.length - 1;
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (isNumber(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join("  ")
      .trimEnd();
  print(`\n${line(header)}\n${line(widths.map((width) => "─".repeat(width)))}`);
  for (const row of rows) print(line(row));
}
