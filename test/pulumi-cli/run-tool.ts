// SPDX-License-Identifier: Apache-2.0

// Runs one outside program to its end with a time limit. It knows nothing of Pulumi or Go.

import { spawn } from "node:child_process";
import { constants, setPriority } from "node:os";

const { PRIORITY_BELOW_NORMAL } = constants.priority;

/** How a program ended. */
export interface ToolResult {
  /** Exit status; `null` when a signal ended it or it could not be started. */
  readonly status: number | null;
  /** Everything it wrote to stdout. */
  readonly stdout: string;
  /** Everything it wrote to stderr, or why it could not be started. */
  readonly stderr: string;
  /** True when `timeoutMs` ended it. */
  readonly timedOut: boolean;
}

/** What a program is started with. */
export interface ToolOptions {
  readonly cwd?: string;
  /** The whole environment of the program. */
  readonly environment: NodeJS.ProcessEnv;
  /** The program and all that it started are killed after this time. */
  readonly timeoutMs: number;
  /** What else runs on the machine goes first. Default false. */
  readonly inBackground?: boolean;
  /** Receives each line of stderr as it comes. */
  readonly onLine?: (line: string) => void;
}

/** Runs `command` and waits for its end. It never rejects: a program that isn't there is a result too. */
export function runTool(command: string, args: readonly string[], options: ToolOptions): Promise<ToolResult> {
  return new Promise((resolve) => {
    // A process group of its own, so that the time limit also reaches what it started.
    const child = spawn(command, args, {
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      env: options.environment,
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    if (options.inBackground === true && child.pid !== undefined) setPriority(child.pid, PRIORITY_BELOW_NORMAL);
    let stdout = "";
    let stderr = "";
    let unfinished = "";
    let timedOut = false;
    const killGroup = (): void => {
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, "SIGKILL");
      } catch {
        // It has ended by itself meanwhile.
      }
    };
    // The group no longer hears the terminal's Ctrl-C; it must not outlive us either.
    process.once("exit", killGroup);
    const interrupted = (): void => {
      process.exit(130);
    };
    process.once("SIGINT", interrupted);
    const limit = setTimeout(() => {
      timedOut = true;
      killGroup();
    }, options.timeoutMs);
    const settle = (status: number | null): void => {
      clearTimeout(limit);
      process.off("exit", killGroup);
      process.off("SIGINT", interrupted);
      resolve({ status, stdout, stderr, timedOut });
    };
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
      const lines = (unfinished + text).split("\n");
      unfinished = lines.pop() ?? "";
      for (const line of lines) options.onLine?.(line);
    });
    child.once("error", (error) => {
      stderr += error.message;
      settle(null);
    });
    child.once("close", settle);
  });
}
