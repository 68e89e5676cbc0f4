// SPDX-License-Identifier: Apache-2.0

// Pulumi's own download, through the installer of its Automation API. On a closed network it must fail within seconds.

import { rename } from "node:fs/promises";
import { resolve } from "node:path";
import { cacheEntry } from "./cache";
import { engineVersion } from "./go-build";
import { runTool } from "./run-tool";

const site = "https://get.pulumi.com/install.sh";
const reachableWithinMs = 5_000;
const installedWithinMs = 5 * 60_000;

/** The directory, in the cache, of the official CLI. It may not be there yet. */
export function downloadEntry(cache: string): string {
  return resolve(cache, `download-${engineVersion()}-${process.platform}-${process.arch}`);
}

/**
 * Downloads the official CLI into the cache, unless it is there.
 *
 * @returns the directory with the executables.
 * @throws Error, when the site isn't reachable within 5 s or the installer fails; its message says which.
 */
export async function downloadCli(cache: string, report: (line: string) => void): Promise<string> {
  const entry = await cacheEntry(downloadEntry(cache), (staging) => install(staging, report), report);
  return resolve(entry, "bin");
}

async function install(staging: string, report: (line: string) => void): Promise<void> {
  await fetch(site, { method: "HEAD", signal: AbortSignal.timeout(reachableWithinMs) }).catch((error: unknown) => {
    throw new Error(`${site} is not reachable (${innermostMessage(error)})`);
  });
  const version = engineVersion().slice(1);
  report(`downloading Pulumi ${version} …`);
  // In a process of its own: the installer starts a shell with curl, which only the end of its group ends for certain.
  // Without a version it takes the one that was released with the installed SDK, which is older than what people have.
  const program = `const { createRequire } = require("node:module");
    const { SemVer } = createRequire(require.resolve("@pulumi/pulumi"))("semver");
    const [, root, version] = process.argv;
    require("@pulumi/pulumi/automation").PulumiCommand.install({ root, version: new SemVer(version) })
    .catch((error) => { console.error(error.message); process.exit(1); });`;
  const root = resolve(staging, "installation");
  const result = await runTool(process.execPath, ["-e", program, root, version], {
    cwd: __dirname,
    environment: { ...process.env, HOME: staging },
    timeoutMs: installedWithinMs,
  });
  if (result.timedOut) throw new Error(`the download took more than ${installedWithinMs / 60_000} minutes`);
  if (result.status !== 0) throw new Error(`the installer failed: ${result.stderr.trim().slice(-500)}`);
  await rename(resolve(root, "bin"), resolve(staging, "bin"));
}

function innermostMessage(error: unknown): string {
  let inner = error;
  while (inner instanceof Error && inner.cause !== undefined) inner = inner.cause;
  return inner instanceof Error ? inner.message : String(inner);
}
