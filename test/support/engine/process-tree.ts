// SPDX-License-Identifier: Apache-2.0

// The processes below one process, so that a test can kill what it started and nothing else.

import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";

/** One running process. */
export interface RunningProcess {
  readonly pid: number;
  readonly parent: number;
  /** Its command line, parts separated by blanks. */
  readonly command: string;
}

/**
 * Returns the process `root` and all below it, parents before children.
 *
 * @param root - a process id; nothing is returned when it doesn't run.
 */
export function processTree(root: number): RunningProcess[] {
  const all = existsSync("/proc/self/stat") ? fromProc() : fromPs();
  const tree = all.filter((one) => one.pid === root);
  for (const parent of tree) tree.push(...all.filter((one) => one.parent === parent.pid));
  return tree;
}

/**
 * Sends SIGKILL to one process if it is still the one that was seen, and not another that got its number since.
 *
 * @param seen - an earlier finding of {@link processTree}.
 * @returns whether the signal was sent.
 */
export function killProcess(seen: RunningProcess): boolean {
  if (!processTree(seen.pid).some((now) => now.pid === seen.pid && now.command === seen.command)) return false;
  process.kill(seen.pid, "SIGKILL");
  return true;
}

// A slim container has no ps.
function fromProc(): RunningProcess[] {
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      // The name in parentheses may itself hold blanks and parentheses.
      const status = readFileSync(`/proc/${name}/stat`, "utf8");
      const parent = Number(status.slice(status.lastIndexOf(")") + 2).split(" ")[1]);
      const command = readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ").trim();
      // A process that has ended but wasn't waited for has no command line any more.
      return command === "" ? [] : [{ pid: Number(name), parent, command }];
    } catch {
      return []; // It ended while we looked.
    }
  });
}

function fromPs(): RunningProcess[] {
  const lines = execFileSync("ps", ["-axo", "pid=,ppid=,args="], { encoding: "utf8" }).split("\n");
  return lines.flatMap((line) => {
    const [, pid, parent, command] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return pid === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), command: command ?? "" }];
  });
}
