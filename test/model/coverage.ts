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
const KINDS = ["login", "patch", "read", "health", "taskGet", "taskList"];
const WIRE_FAULTS = ["refused", "reset-before", "reset-after", "hang", "garbage", "401", "403", "429", "500", "503"];
const TASKS = ["SUCCEEDED", "FAILED", "CANCELED", "vanishes"].flatMap((end) => [end, `${end} blocked`]);
const FAULTS = [
  ...KINDS.flatMap((kind) => WIRE_FAULTS.map((fault) => `${kind} ${fault}`)),
  ...["patch 500 applied", "patch 502 applied", "patch 504 applied"],
  ...["patch taken up late", "patch taken up late after a hang"],
  ...["patch id-lost", "patch done", "patch absent", "read absent", "read task-fails"],
  ...TASKS.map((end) => `patch task ${end}`),
];

/** All that must have happened at least once. */
const WANTED: readonly string[] = [
  ...["type certificate", "type self-signed"],
  ...EVENTS.map((name) => `event ${name}`),
  ...DISTURBANCES.map((name) => `during ${name}`),
  ...OUTCOMES,
  ...FAULTS.map((name) => `fault ${name}`),
];

/**
 * What did not happen.
 *
 * @param counts - how often each thing happened
 * @returns the names of what is missing
 */
export function missingFrom(counts: ReadonlyMap<string, number>): readonly string[] {
  return WANTED.filter((what) => !counts.has(what));
}

/**
 * The counts as lines to print.
 *
 * @param counts - how often each thing happened
 * @returns one line per event, disturbance and outcome, one for all faults
 */
export function table(counts: ReadonlyMap<string, number>): readonly string[] {
  const isFault = (what: string): boolean => what.startsWith("fault ");
  const rest = [...counts].filter(([what]) => !isFault(what)).sort(([a], [b]) => a.localeCompare(b));
  const faults = [...counts].filter(([what]) => isFault(what));
  const met = faults.reduce((sum, [, count]) => sum + count, 0);
  return [...rest.map(([what, count]) => `${what}: ${count}`), `${faults.length} kinds of faults met ${met} requests`];
}
