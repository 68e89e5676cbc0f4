// SPDX-License-Identifier: Apache-2.0
// The fault matrix: 58 faults, each with the phases in which it can happen. Data only; the tests are held against it.
//
// Phases: V validate, L login, G0 read before (where one is made), S send the PATCH, A its 202 answer, P poll,
// R read-back, O return and save, X logout.

/** A phase of an operation; "–" is a fault between two operations. */
export type Phase = "V" | "L" | "G0" | "S" | "A" | "P" | "R" | "O" | "X" | "–";

/** One row of the matrix. */
export interface Row {
  readonly row: number;
  readonly fault: string;
  readonly phases: readonly Phase[];
}

const rows: readonly (readonly [row: number, fault: string, phases: string])[] = [
  [1, "login 401", "L"],
  [2, "login 503, no session left", "L"],
  [3, "login 503 with Retry-After, then ok", "L"],
  [4, "login 200 that is no session id", "L"],
  [5, "10 resources start at once", "L"],
  [6, "401 on the PATCH", "S"],
  [7, "401 in the wait", "P"],
  [8, "401 for ever", "P"],
  [9, "403, privilege or expired session", "S P"],
  [10, "429 with and without Retry-After", "L S P R"],
  [11, "500 with an HTML page", "S P R"],
  [12, "502 and 504 after it was applied", "S"],
  [13, "503 with Retry-After", "S P R"],
  [14, "refused, DNS, connect timeout", "L S P R"],
  [15, "reset before the request was read", "S"],
  [16, "reset after the PATCH was accepted", "S"],
  [17, "202 without a usable task id", "A"],
  [18, "200 or 204 instead of 202", "A"],
  [19, "task id with special characters", "A P"],
  [20, "ordinary course, T from 0.05 to 300 s", "P"],
  [21, "FAILED with nested messages", "P"],
  [22, "FAILED with CANCELED, unknown statuses", "P"],
  [23, "BLOCKED", "P"],
  [24, "task forgotten by a restart", "P"],
  [25, "task of another operation or service", "P"],
  [26, "SUCCEEDED, then RUNNING; partial result", "P"],
  [27, "the read shows the old certificate", "R"],
  [28, "the read shows a third certificate", "R"],
  [29, "the read fails, the provider is gone", "R"],
  [30, "PEM in another encoding", "R"],
  // V: refused by check; S: one turn at a time in one process; R: what the loser sees.
  [31, "two resources on one key provider", "V S R"],
  [32, "two stacks, or a person", "R"],
  [33, "certificate dates, clocks that are off", "V"],
  [34, "wrong, encrypted, odd keys and PEM", "V"],
  [35, "TLS that must not be trusted", "L"],
  [36, "redirects", "L S P R"],
  [37, "proxies", "L"],
  // V and O send nothing, so nothing can hang there.
  [38, "stalls, drips, black holes", "L G0 S A P R X"],
  [39, "kill -9 of the provider process", "V L G0 S A P R O X"],
  // To the engine every phase before the PATCH is S; after it, P stands for A and R as well, since each test is a real
  // run of the CLI; row 39 has them one by one.
  [40, "kill -9 of engine and CLI, half a state file", "S P O"],
  [41, "kill -9 of the vCenter, restart", "S A P R"],
  [42, "crash after the 202, program set back", "–"],
  [43, "SIGINT, SIGTERM", "P"],
  [44, "logout 500, hang, 401", "X"],
  [45, "preview with unknown inputs", "V"],
  [46, "ids of another form, provider deleted", "R"],
  [47, "the system clock jumps", "P"],
  [48, "disk full, stderr closed", "V L G0 S A P R O X"],
  [49, "tasks that name only the cluster", "S"],
  [50, "a front's pages in place of every answer", "L S P R"],
  [51, "a task list that fails once, or for good", "S"],
  [52, "the machine is suspended", "P"],
  [53, "a 202 later than a request waits", "A"],
  [54, "a task or a certificate that shows late", "A R"],
  [55, "50 changes at once", "S P"],
  [56, "the end of the time in a write's back-off", "S"],
  [57, "the end of the time in a login", "L"],
  [58, "one to three faults drawn by lot", "L S A P R"],
];

/** Every row, in order. */
export const MATRIX: readonly Row[] = rows.map(([row, fault, phases]) => ({
  row,
  fault,
  phases: phases.split(" ") as Phase[],
}));
