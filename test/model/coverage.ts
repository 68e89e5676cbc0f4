// SPDX-License-Identifier: Apache-2.0
// What random histories must have reached, so that no command of theirs is dead.

const EVENTS = [
  "up",
  "upRefresh",
  "refresh",
  "destroy",
  "want",
  "someoneElse",
  "removeProvider",
  "restoreProvider",
  "restartServer",
  "keyServer",
  "advanceClock",
  "jumpClock",
];
const DISTURBANCES = [
  "kill",
  "expireSessions",
  "restartKeep",
  "restartForget",
  "someoneElse",
  "clockAhead",
  "clockBack",
  "front503",
  "front404",
  "sibling",
];
const OUTCOMES = [
  ...["create ok", "create failed", "create not finished", "create killed"],
  ...["update ok", "update failed", "update not finished", "update killed"],
  ...["read ok", "read failed", "read killed"],
  ...["delete ok"],
  "none ok",
];
/** A certificate that is sent, a certificate and a signing request that the hosts are asked for. */
const WRITES = ["patch", "post", "post csr"];
const READS = ["read", "read csr"];
const REQUESTS = ["login", ...WRITES, ...READS, "health", "taskGet", "taskList"];
const WIRE_FAULTS = ["refused", "reset-before", "reset-after", "hang", "garbage", "401", "403", "429", "500", "503"];
const TASKS = ["SUCCEEDED", "FAILED", "CANCELED", "vanishes"].flatMap((end) => [end, `${end} blocked`]);
const FAULTS = [
  ...REQUESTS.flatMap((request) => WIRE_FAULTS.map((fault) => `${request} ${fault}`)),
  ...WRITES.flatMap((write) =>
    [
      ...["500 applied", "502 applied", "504 applied", "taken up late", "taken up late after a hang"],
      ...["id-lost", "done", "absent", ...TASKS.map((end) => `task ${end}`)],
    ].map((fault) => `${write} ${fault}`),
  ),
  ...READS.flatMap((read) => [`${read} absent`, `${read} task-fails`]),
];

/** All that must have happened at least once. */
const WANTED: readonly string[] = [
  ...["certificate", "self-signed", "signing request"].map((declared) => `program ${declared}`),
  ...["signing request and certificate", "signing request and self-signed", "certificate and second certificate"].map(
    (declared) => `program ${declared}`,
  ),
  ...EVENTS.map((name) => `event ${name}`),
  ...DISTURBANCES.map((name) => `during ${name}`),
  ...OUTCOMES,
  ...FAULTS.map((name) => `fault ${name}`),
];

/**
 * What did not happen.
 *
 * @returns the names of what is missing
 */
export function missingFrom(counts: ReadonlyMap<string, number>): readonly string[] {
  return WANTED.filter((what) => !counts.has(what));
}

/**
 * The counts as lines to print.
 *
 * @returns one line per event, disturbance and outcome, one for all faults
 */
export function table(counts: ReadonlyMap<string, number>): readonly string[] {
  const isFault = (what: string): boolean => what.startsWith("fault ");
  const rest = [...counts].filter(([what]) => !isFault(what)).sort(([a], [b]) => a.localeCompare(b));
  const faults = [...counts].filter(([what]) => isFault(what));
  const met = faults.reduce((sum, [, count]) => sum + count, 0);
  return [...rest.map(([what, count]) => `${what}: ${count}`), `${faults.length} kinds of faults met ${met} requests`];
}
