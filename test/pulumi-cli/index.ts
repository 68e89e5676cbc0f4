// SPDX-License-Identifier: Apache-2.0

// Finds a Pulumi CLI on any machine: the one rule about the order of sources, and what is printed about the choice. How
// each source works stands in its own file.

import { cacheDirectory, exists } from "./cache";
import { downloadCli, downloadEntry } from "./download";
import { buildCli, goBuildEntry } from "./go-build";
import { inspectInstallation } from "./installation";
import type { PulumiCli, PulumiSource } from "./installation";

export type { PulumiCli, PulumiSource } from "./installation";

/** A program on the user's machine, then what is cheap, then what takes minutes. */
const order: readonly PulumiSource[] = ["path", "download", "go"];

let found: Promise<PulumiCli> | undefined;

/**
 * Returns the Pulumi CLI to test with: `pulumi` on PATH, else one from the project's cache, else Pulumi's download, else
 * one built from Go modules. `PULUMI_CLI_SOURCE` (`path`, `download` or `go`) forces one of them. Searched once a process;
 * the choice and the progress of a build go to stderr.
 *
 * @throws Error, when no source gives a working CLI; its message says what each one lacked and what to do.
 */
export function findPulumiCli(): Promise<PulumiCli> {
  found ??= search(process.env, (line) => process.stderr.write(`pulumi-cli: ${line}\n`));
  return found;
}

async function search(environment: NodeJS.ProcessEnv, report: (line: string) => void): Promise<PulumiCli> {
  const forced = forcedSource(environment["PULUMI_CLI_SOURCE"]);
  const cache = cacheDirectory(environment);
  const candidates = forced === undefined ? await sensibleOrder(cache) : [forced];
  const reasons: string[] = [];
  for (const source of candidates) {
    const cli = await obtain(source, cache, environment["PATH"] ?? "", report).catch((error: unknown) =>
      error instanceof Error ? error.message : String(error),
    );
    if (typeof cli !== "string") {
      report(`using ${cli.version} (${description[cli.source]}): ${cli.command}`);
      return cli;
    }
    reasons.push(`${source}: ${cli}`);
    if (source !== "path" && candidates.length > 1) report(`no CLI by ${source}: ${cli}`);
  }
  throw new Error(
    `No Pulumi CLI.\n  ${reasons.join("\n  ")}\n` +
      "Install it (https://www.pulumi.com/docs/install/) so that pulumi and pulumi-language-nodejs are on PATH, or install " +
      "Go 1.26.6 or later, with which it is built from Go modules. PULUMI_CLI_SOURCE forces path, download or go.",
  );
}

/** What was built once is nearer than the network. */
async function sensibleOrder(cache: string): Promise<readonly PulumiSource[]> {
  const built = (await exists(goBuildEntry(cache))) && !(await exists(downloadEntry(cache)));
  return built ? order.filter((source) => source !== "download") : order;
}

const description: Readonly<Record<PulumiSource, string>> = {
  path: "on PATH",
  download: "Pulumi's download",
  go: "built from Go modules; its Node language host is an older one than Pulumi's download has",
};

async function obtain(
  source: PulumiSource,
  cache: string,
  searchPath: string,
  report: (line: string) => void,
): Promise<PulumiCli | string> {
  switch (source) {
    case "path":
      return inspectInstallation(source, searchPath);
    case "download":
      return inspectInstallation(source, await downloadCli(cache, report));
    case "go":
      return inspectInstallation(source, await buildCli(cache, report));
  }
}

function forcedSource(value: string | undefined): PulumiSource | undefined {
  if (value === undefined || value === "") return undefined;
  const source = order.find((known) => known === value);
  if (source === undefined) throw new Error(`PULUMI_CLI_SOURCE is "${value}"; it can be path, download or go`);
  return source;
}
