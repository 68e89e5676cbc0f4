// SPDX-License-Identifier: Apache-2.0
// The fault matrix: 60 faults, each with the phases in which it can happen. Data only; the tests are held against it.
//
// Phases: V validate, L login, G0 read before (if there is one), S send the write, A its 202 answer, P poll,
// R read-back, H the look at the key server's health, O return and save, X logout. A row runs for each kind of write (the PATCH of a certificate, the POST of a
// certificate, the POST of a CSR), or says why that would tell nothing new.

/** A phase of an operation; "–" is a fault between two operations. */
export type Phase = "V" | "L" | "G0" | "S" | "A" | "P" | "R" | "H" | "O" | "X" | "–";

/** A kind of write. */
export type WriteName = "PATCH" | "POST of a certificate" | "POST of a CSR";

/** Every kind of write. */
export const WRITE_NAMES: readonly WriteName[] = ["PATCH", "POST of a certificate", "POST of a CSR"];

/** One row of the matrix. */
export interface Row {
  readonly row: number;
  readonly fault: string;
  readonly phases: readonly Phase[];
  /** Why it is not tried with every kind of write; undefined: it is. */
  readonly notForEach: string | undefined;
}

const NOTHING_SENT = "no write has begun";
const NO_INPUT = "what the hosts make is not in the program";
const ANY_OTHER = "what the hosts make is any other one";
const ONLY_SENT = "the key server is asked about a certificate that was sent";
const ONE_CODE = "the code does not know what is written";

const rows: readonly (readonly [row: number, fault: string, phases: string, notForEach?: string])[] = [
  [1, "login 401", "L", NOTHING_SENT],
  [2, "login 503, no session left", "L", NOTHING_SENT],
  [3, "login 503 with Retry-After, then ok", "L", NOTHING_SENT],
  [4, "login 200 that is no session id", "L", NOTHING_SENT],
  [5, "10 resources start at once", "L", ONE_CODE],
  [6, "401 on the write", "S"],
  [7, "401 in the wait", "P"],
  [8, "401 for ever", "P"],
  [9, "403, privilege or expired session", "S P"],
  [10, "429 with and without Retry-After", "L S P R"],
  [11, "500 with an HTML page", "S P R"],
  [12, "408, 502 and 504 after it was applied", "S"],
  [13, "503 with Retry-After", "S P R"],
  [14, "refused, DNS, connect timeout", "L S P R"],
  [15, "reset before the request was read", "S"],
  [16, "reset after the write was accepted", "S"],
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
  [28, "the read shows a third certificate", "R", ANY_OTHER],
  [29, "the read fails, the provider is gone", "R"],
  [30, "PEM in another encoding", "R", ONE_CODE],
  // V: refused by check; S: one turn at a time in one process; R: what the loser sees.
  [31, "two resources on one key provider", "V S R", ONE_CODE],
  [32, "two stacks, or a person", "R", ANY_OTHER],
  [33, "certificate dates, clocks that are off", "V", NO_INPUT],
  [34, "wrong, encrypted, odd keys and PEM", "V", NO_INPUT],
  [35, "TLS that must not be trusted", "L", NOTHING_SENT],
  [36, "redirects", "L S P R"],
  [37, "proxies", "L", NOTHING_SENT],
  // V and O send nothing, so nothing can hang there.
  [38, "stalls, drips, black holes", "L G0 S A P R X"],
  [39, "kill -9 of the provider process", "V L G0 S A P R O X"],
  // To the engine every phase before the PATCH is S; after it, P stands for A and R as well, since each test is a real
  // run of the CLI; row 39 has them one by one.
  [40, "kill -9 of engine and CLI, half a state file", "S P O"],
  [41, "kill -9 of the vCenter, restart", "S A P R"],
  [42, "crash after the 202, program set back", "–", "what the hosts had before cannot be asked for again"],
  [43, "SIGINT, SIGTERM", "P X"],
  [44, "logout 500, hang, 401", "X", "the write has ended"],
  [45, "preview with unknown inputs", "V", NO_INPUT],
  [46, "ids of another form, provider deleted", "R"],
  [47, "the system clock jumps", "P"],
  [48, "disk full, stderr closed", "V L G0 S A P R O X", ONE_CODE],
  [49, "tasks that name only the cluster", "S"],
  [50, "a front's pages in place of every answer", "L G0 S P R H X"],
  [51, "a task list that fails once, or for good", "S"],
  [52, "the machine is suspended", "P"],
  [53, "a 202 later than a request waits", "A"],
  [54, "a task or a certificate that shows late", "A R"],
  [55, "50 changes at once", "S P", ONE_CODE],
  [56, "the end of the time in a write's back-off", "S"],
  [57, "the end of the time in a login", "L", NOTHING_SENT],
  [58, "one to three faults drawn by lot", "L S A P R"],
  [59, "a look at the key server's health that fails", "H", ONLY_SENT],
  [60, "such looks in the wait for it", "H", ONLY_SENT],
];

/** Every row, in order. */
export const MATRIX: readonly Row[] = rows.map(([row, fault, phases, notForEach]) => ({
  row,
  fault,
  phases: phases.split(" ") as Phase[],
  notForEach,
}));
