// SPDX-License-Identifier: Apache-2.0

// `npm run record`: runs the demonstration, and draws what it printed as `docs/demo.svg`. Dots of progress and what changes with
// every run (addresses, seconds) are left out, so that the picture changes only if the demonstration does.

import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { svgOfTerminal } from "./svg-terminal";

const picture = resolve(__dirname, "../../docs/demo.svg");

/** Keeps the lines that tell the story: headings, commands, what became of each resource, and what was checked. */
export function storyOf(output: string): string[] {
  const finished = /^ ([+~-]) {2}pulumi-nodejs:dynamic\/trustauthority:(\w+) (\S+) (created|updated|deleted)\b/;
  const told = output.split("\n").flatMap((line) => {
    const [, sign, type, name, became] = finished.exec(line) ?? [];
    if (sign !== undefined) return [` ${sign}  ${type ?? ""} ${name ?? ""} ${became ?? ""}`];
    if (/^━━━|^Every step/.test(line)) return ["", line];
    return /^ {4}(\$|✓|✗)/.test(line) ? [line] : [];
  });
  return told.slice(1);
}

function record(): void {
  const child = spawn(process.execPath, ["--import", "tsx", resolve(__dirname, "main.ts")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
    process.stdout.write(text);
  });
  child.once("close", (status) => {
    process.exitCode = status ?? 1;
    if (status !== 0) return;
    writeFileSync(picture, svgOfTerminal(storyOf(output), "What npm run demo prints"));
    process.stdout.write(`\nDrawn as ${picture}\n`);
  });
}

if (require.main === module) record();
