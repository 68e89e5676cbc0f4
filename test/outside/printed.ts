// SPDX-License-Identifier: Apache-2.0
// What a command prints, and its comparison with reviewed texts (test/golden/cli; UPDATE_GOLDEN=1 writes them anew).

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { doctor } from "../../provider/src/cli/doctor/index";
import { run } from "../../provider/src/cli/run";
import type { Simulator } from "../simulator";
import type { ProgramDirectory } from "./program-directory";

const GOLDEN = join(__dirname, "../golden/cli");
/** The Node that `doctor` is told it runs on. */
const NODE = "22.21.0";

/** What was printed, and the exit status. */
export interface Printed {
  readonly text: string;
  readonly status: number;
}

/** Runs one command in this process. */
export async function runIn(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  directory: ProgramDirectory,
  nodeVersion = NODE,
): Promise<Printed> {
  let text = "";
  const print = (more: string): void => {
    text += more;
  };
  const surroundings = {
    environment: { ...environment, PATH: directory.PATH },
    directory: directory.path,
    out: print,
    err: print,
  };
  const [command] = args;
  const isPlainDoctor = command === "doctor" && args.length === 1;
  const status = await (isPlainDoctor ? doctor({}, surroundings, nodeVersion) : run(args, surroundings));
  return { text, status };
}

/** Without what differs from run to run. */
export function stable(text: string, simulator: Simulator | undefined, directory: ProgramDirectory): string {
  return text
    .replaceAll(directory.path, "/program")
    .replaceAll(String(simulator?.port ?? "no port"), "8443")
    .replace(/(?:[0-9A-F]{2}:){31}[0-9A-F]{2}/g, "AA:BB:…")
    .replace(/-----BEGIN [\s\S]*?-----END [A-Z ]+-----\\n/g, "PEM")
    .replace(/"serialNumber": "[0-9A-F]+"/g, '"serialNumber": "0A"')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "2027-01-01T00:00:00.000Z")
    .replace("(EAI_AGAIN)", "(ENOTFOUND)")
    .replace(/in \d+ (days|hours|min|ms)/g, "in 9 $1")
    .replace(/127\.0\.0\.1:\d+/g, "127.0.0.1:8443");
}

/** Compares with a file of test/golden/cli. */
export function assertGolden(name: string, text: string): void {
  const file = join(GOLDEN, `${name}.txt`);
  if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(file, text);
  const lines = text.split("\n");
  const golden = readFileSync(file, "utf8").split("\n");
  // Line by line, since the comparison of long texts by node:assert takes minutes.
  lines.push(...golden.slice(lines.length).map(() => "nothing"));
  for (const [index, line] of lines.entries())
    assert.equal(line, golden[index] ?? "nothing", `${file}:${String(index + 1)}`);
}
