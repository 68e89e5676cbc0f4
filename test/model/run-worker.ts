// SPDX-License-Identifier: Apache-2.0
// Starts a process that plays histories before a provider of one's choice.

import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Report, Wish } from "./worker";

const TIMEOUT_MS = 10 * 60_000;

/**
 * Plays histories in a process of their own.
 *
 * @param wish - how many, from which seed
 * @param providerSources - the provider's modules, as `MODEL_PROVIDER_SOURCES`
 * @returns what came of it
 * @throws Error where the process itself fails
 */
export async function runWorker(wish: Wish, providerSources: string): Promise<Report> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--import", "tsx", join(__dirname, "worker.ts"), JSON.stringify(wish)],
    {
      cwd: join(__dirname, "../.."),
      // The test runner's own variables would make it report to the runner.
      env: { ...process.env, NODE_TEST_CONTEXT: undefined, MODEL_PROVIDER_SOURCES: providerSources },
      maxBuffer: 16 * 1024 * 1024,
      timeout: TIMEOUT_MS,
    },
  );
  return JSON.parse(stdout) as Report;
}
