// SPDX-License-Identifier: Apache-2.0

// One run of the CLI as a process: its start, its output, its signals and its end. What is run is decided elsewhere.

import { spawn } from "node:child_process";
import type { EngineRecord } from "./events";
import { readEventLog } from "./events";
import type { RunningProcess } from "./process-tree";
import { killProcess, processTree } from "./process-tree";

/** How one run of the CLI ended. */
export interface OperationResult extends EngineRecord {
  /** Exit status; `null` when a signal ended it. */
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Empty when the run wrote to the terminal itself. */
  readonly stdout: string;
  readonly stderr: string;
  readonly elapsedMs: number;
}

/** A run of the CLI that may still go on. */
export interface Operation {
  readonly pid: number;
  /** Resolves at the end, whatever the exit status is; rejects only when the run exceeds its time limit. */
  readonly result: Promise<OperationResult>;
  /** Resolves as soon as stdout and stderr together match; rejects when the run ends or `timeoutMs` (60 s) pass first. */
  readonly waitFor: (pattern: RegExp, timeoutMs?: number) => Promise<void>;
  /** One Ctrl-C, as the CLI gets it from a terminal; its plugins are in process groups of their own. */
  readonly interrupt: () => void;
  /**
   * `kill -9`: without a pattern the CLI and everything below it, as when the machine loses power; with one, those of them
   * whose command line matches. Returns what was killed; throws when nothing was.
   */
  readonly kill: (pattern?: RegExp) => readonly RunningProcess[];
  /** Kills what an earlier {@link Operation.kill} has orphaned; to be called when the stack is given up. */
  readonly reap: () => void;
}

/** What a run of the CLI is started with. */
export interface OperationOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The whole environment. */
  readonly environment: NodeJS.ProcessEnv;
  /** Where the run writes its events; read at its end. */
  readonly eventLog: string;
  readonly timeoutMs: number;
  /** `terminal` hands our stdin, stdout and stderr on, so that people see Pulumi's own display. */
  readonly display: "captured" | "terminal";
}

/**
 * Starts the CLI. Node starts every process with the default signal handling, so SIGINT is never inherited as ignored,
 * which would cost every operation five seconds.
 */
export function startOperation(options: OperationOptions): Operation {
  const startedMs = performance.now();
  const stdio = options.display === "terminal" ? "inherit" : "pipe";
  const child = spawn(options.command, options.args, { cwd: options.cwd, env: options.environment, stdio });
  child.stdin?.end();
  const pid = child.pid ?? 0;
  let seen: RunningProcess[] = [];
  let stdout = "";
  let stderr = "";
  const watchers = new Set<() => void>();
  const collect = (append: (text: string) => void) => (text: string) => {
    append(text);
    for (const watcher of watchers) watcher();
  };
  child.stdout?.setEncoding("utf8").on(
    "data",
    collect((text) => (stdout += text)),
  );
  child.stderr?.setEncoding("utf8").on(
    "data",
    collect((text) => (stderr += text)),
  );
  const remember = (): RunningProcess[] => {
    const tree = processTree(pid);
    seen = [...seen, ...tree];
    return tree;
  };
  const result = new Promise<OperationResult>((resolve, reject) => {
    const limit = setTimeout(() => {
      remember().forEach(killProcess);
      const what = `pulumi ${options.args.join(" ")}`;
      reject(new Error(`${what} took more than ${options.timeoutMs} ms and was killed\n${stdout}\n${stderr}`));
    }, options.timeoutMs);
    child.once("error", (error) => {
      clearTimeout(limit);
      reject(error);
    });
    // "exit", not "close": after a kill -9 an orphaned plugin may hold the pipes open for as long as it likes.
    child.once("exit", (status, signal) => {
      clearTimeout(limit);
      setTimeout(() => {
        const record = readEventLog(options.eventLog);
        resolve({ status, signal, stdout, stderr, elapsedMs: performance.now() - startedMs, ...record });
      }, drainMs);
    });
  });
  // Whoever started it decides when to look; until then a failure is not an unhandled one.
  result.catch(() => undefined);
  return {
    pid,
    result,
    waitFor: (pattern, timeoutMs = 60_000) =>
      new Promise((resolve, reject) => {
        const finish = (settle: () => void): void => {
          clearTimeout(limit);
          watchers.delete(look);
          settle();
        };
        const fail = (why: string): void => {
          finish(() => {
            reject(new Error(`${String(pattern)} did not show ${why}:\n${stdout}\n${stderr}`));
          });
        };
        const look = (): void => {
          if (pattern.test(stdout + stderr)) finish(resolve);
        };
        const limit = setTimeout(() => {
          fail(`within ${timeoutMs} ms`);
        }, timeoutMs);
        watchers.add(look);
        child.once("close", () => {
          fail("before the end");
        });
        look();
      }),
    interrupt: () => {
      child.kill("SIGINT");
    },
    kill: (pattern) => {
      const killed = remember().filter((one) => (pattern?.test(one.command) ?? true) && killProcess(one));
      if (killed.length === 0) throw new Error(`no process of this run matches ${String(pattern)}`);
      return killed;
    },
    reap: () => {
      remember().forEach(killProcess);
      seen.forEach(killProcess);
    },
  };
}

/** Output that was written before the exit may arrive shortly after it. */
const drainMs = 50;
