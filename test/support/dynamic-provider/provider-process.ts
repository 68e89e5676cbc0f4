// SPDX-License-Identifier: Apache-2.0

// The real process that Pulumi runs dynamic resources in: its start as the engine starts it, and its end. What is said
// to it is in index.ts.

import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";

/** How the process ended. */
export interface ProviderExit {
  /** Exit status; `null` when a signal ended it. */
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  /** From the request to stop until the end. */
  readonly elapsedMs: number;
}

/** A running provider process. */
export interface ProviderProcess {
  readonly pid: number;
  /** Where it listens, on 127.0.0.1. */
  readonly port: number;
  /** What it printed after the port, and what it wrote to stderr: the engine shows both to the user. */
  readonly output: () => { readonly stdout: string; readonly stderr: string };
  /** Closes the readers of stdout and stderr: whatever the process writes from now on fails with EPIPE. */
  readonly closeOutput: () => void;
  /** Sends a signal, by default SIGINT as the engine does at the end of every run, and waits for the end. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<ProviderExit>;
}

const portWithinMs = 10_000;
/** The engine kills it after 5 s. */
const stopsWithinMs = 10_000;

/** Which release of the SDK runs the process: the newest that Node 20 bears, or the lowest that the package allows. */
export type Sdk = "newest" | "lowest";

const scripts: Readonly<Record<Sdk, string>> = {
  newest: require.resolve("@pulumi/pulumi/cmd/dynamic-provider"),
  lowest: require.resolve("pulumi-sdk-floor/cmd/dynamic-provider"),
};

/**
 * Starts the process and waits for its port, which is the first line that it prints; the engine allows 10 s for that.
 *
 * @param engineAddress - `host:port` of the engine, the last argument of the process.
 * @param cwd - the directory of the program; modules are looked up from there.
 * @param stderrFile - where stderr goes instead of {@link ProviderProcess.output}.
 * @throws Error, with what the process wrote, when it ends or is silent.
 */
export async function startProviderProcess(
  engineAddress: string,
  cwd: string,
  environment: NodeJS.ProcessEnv,
  sdk: Sdk,
  stderrFile?: string,
): Promise<ProviderProcess> {
  const stderrFd = stderrFile === undefined ? undefined : openSync(stderrFile, "a");
  const child = spawn(process.execPath, [scripts[sdk], engineAddress], {
    cwd,
    env: environment,
    stdio: ["ignore", "pipe", stderrFd ?? "pipe"],
  });
  if (stderrFd !== undefined) closeSync(stderrFd);
  let stdout = "";
  let stderr = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const ended = new Promise<Omit<ProviderExit, "elapsedMs">>((resolve) => {
    child.once("close", (status, signal) => {
      resolve({ status, signal });
    });
  });
  // A test that throws before it stops the process must not leave it behind.
  const killAtExit = (): void => void child.kill("SIGKILL");
  process.once("exit", killAtExit);
  void ended.then(() => process.off("exit", killAtExit));
  const port = await firstLine(child, () => stdout).catch((error: unknown) => {
    child.kill("SIGKILL");
    throw new Error(`the provider process gave no port: ${String(error)}\n${stderr}`);
  });
  return {
    pid: child.pid ?? 0,
    port: Number(port),
    output: () => ({ stdout: stdout.slice(port.length + 1), stderr }),
    closeOutput: () => {
      child.stdout?.destroy();
      child.stderr?.destroy();
    },
    stop: async (signal = "SIGINT") => {
      const startedMs = performance.now();
      child.kill(signal);
      // The test then sees another signal than its own.
      const limit = setTimeout(killAtExit, stopsWithinMs);
      const exit = await ended;
      clearTimeout(limit);
      return { ...exit, elapsedMs: performance.now() - startedMs };
    },
  };
}

function firstLine(child: ChildProcess, stdout: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => {
      reject(new Error(`no line within ${portWithinMs} ms`));
    }, portWithinMs);
    const look = (): void => {
      const end = stdout().indexOf("\n");
      if (end >= 0) {
        clearTimeout(limit);
        resolve(stdout().slice(0, end));
      }
    };
    child.stdout?.on("data", look);
    child.once("error", reject);
    child.once("close", () => {
      clearTimeout(limit);
      reject(new Error("it ended"));
    });
  });
}
