// SPDX-License-Identifier: Apache-2.0
// CPU time of processes that this one has started, as the kernel counts it (getrusage's RUSAGE_CHILDREN): it is known when
// a child has ended and was waited for, and includes whatever that child had itself waited for.

import { readFileSync } from "node:fs";

/** Linux counts these in hundredths of a second on every machine that Node runs on (USER_HZ). */
const TICK_MS = 10;

/**
 * User and system time of all children that have ended so far, with their own ended children. The difference of two
 * calls is the cost of what ran in between, exact to 10 ms, as long as nothing else ends in that time.
 *
 * @returns milliseconds; NaN where there is no /proc
 */
export function endedChildrenCpuMs(): number {
  let status: string;
  try {
    status = readFileSync("/proc/self/stat", "utf8");
  } catch {
    return NaN;
  }
  // Source: proc(5), fields 16 (cutime) and 17 (cstime). The command name may hold blanks and parentheses.
  const fields = status.slice(status.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[13]) + Number(fields[14])) * TICK_MS;
}
