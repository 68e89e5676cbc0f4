// SPDX-License-Identifier: Apache-2.0
// Histories by name: counterexamples that random ones have found, shrunk (each was a bug once), and courses that are too
// rare to be met by chance.

import type { Fault } from "./faults";
import type { History } from "./histories";

/** A PATCH that was carried out, and answered 502. */
function lostAnswer(lastsMs: number): Fault {
  return { kind: "patch", what: "status", status: 502, applied: true, lastsMs };
}

const FAILED_LISTS: readonly Fault[] = Array.from({ length: 4 }, () => ({
  kind: "taskList",
  what: "status",
  status: 500,
  errorType: "ERROR",
}));
const ORDINARY = {
  options: {},
  declares: ["certificate"],
  targets: "cluster",
  listIsRefused: false,
  settled: false,
} as const;

/** One `up` of a signing request and a certificate in which the POST meets a fault. */
function besideAnUnfinishedPost(fault: Fault, targets: History["targets"]): History {
  return {
    ...{ options: {}, declares: ["signing request", "certificate"], targets, listIsRefused: false, settled: false },
    events: [{ event: "up", faults: [fault], disturbances: [] }],
  };
}

/** Played before the random ones. */
export const KNOWN: Readonly<Record<string, History>> = {
  // The look at the open task swallowed the failed login, and the read after it logged in with the same password.
  "a refresh with an open task sends a refused password once": {
    ...ORDINARY,
    events: [
      {
        event: "up",
        faults: [{ kind: "patch", what: "task", lastsMs: 200_000, ends: "SUCCEEDED" }],
        disturbances: [],
      },
      { event: "refresh", faults: [{ kind: "login", what: "status", status: 401 }], disturbances: [] },
    ],
  },
  // The time of sending was kept by the system clock, and compared with the server's after a jump: the running task was
  // not found, and the PATCH sent again.
  "the task of a lost answer is found although the clock jumps while the PATCH is under way": {
    ...ORDINARY,
    events: [
      {
        event: "up",
        faults: [{ kind: "patch", what: "status", status: 502, applied: true }],
        disturbances: [{ atRequest: 1, what: "clockBack" }],
      },
    ],
  },
  // Its names say that a task of the cluster is not surely ours: it FAILED, and the replacement was applied.
  "the failure of a sibling's task is not taken for that of a lost answer's": {
    ...ORDINARY,
    events: [{ event: "up", faults: [lostAnswer(500)], disturbances: [{ atRequest: 4, what: "sibling" }] }],
  },
  "a task that still runs is not passed over before the second PATCH": {
    ...ORDINARY,
    events: [{ event: "up", faults: [lostAnswer(6_000)], disturbances: [] }],
  },
  "a list that fails does not settle an open write in the next up": {
    ...ORDINARY,
    events: [
      { event: "up", faults: [lostAnswer(200_000)], disturbances: [] },
      { event: "up", faults: FAILED_LISTS, disturbances: [] },
    ],
  },
  "a list that fails does not settle an open write in a refresh": {
    ...ORDINARY,
    events: [
      { event: "up", faults: [lostAnswer(200_000)], disturbances: [] },
      { event: "refresh", faults: FAILED_LISTS, disturbances: [] },
    ],
  },
  // Both have the same code: the failure of the read's task was taken for that of the write's.
  "a read that FAILS while a lost task is looked for is no failure of the write": {
    ...ORDINARY,
    events: [
      {
        event: "up",
        faults: [
          { kind: "patch", what: "id-lost" },
          { kind: "read", what: "task-fails", errorType: "UNAUTHORIZED" },
        ],
        disturbances: [],
      },
    ],
  },
  "no third PATCH follows two that nobody knows the end of": {
    ...ORDINARY,
    events: [
      {
        event: "up",
        faults: Array.from({ length: 4 }, () => ({ kind: "patch", what: "reset-before" }) as const),
        disturbances: [],
      },
    ],
  },
  // The second PATCH is refused because the key provider is busy: with the first one.
  "a busy key provider after a lost PATCH is looked at before the next one": {
    ...ORDINARY,
    events: [
      {
        event: "up",
        faults: [
          { kind: "patch", what: "taken-up-late", afterMs: 2_150, hangs: false },
          { kind: "patch", what: "status", status: 500, errorType: "RESOURCE_BUSY" },
        ],
        disturbances: [],
      },
    ],
  },
  // The list before the first write had failed, so that the task of the destroyed state was not known. It was open, named the
  // key provider, and was taken for that of the lost answer: its failure, for this run's.
  "the failure of a task that began before the PATCH is not that of a lost answer's": {
    ...{ options: {}, declares: ["certificate"], targets: "key-provider", listIsRefused: false, settled: false },
    events: [
      { event: "up", faults: [{ kind: "patch", what: "task", lastsMs: 80_000, ends: "FAILED" }], disturbances: [] },
      { event: "destroy", faults: [], disturbances: [] },
      {
        event: "up",
        faults: [
          { kind: "taskList", what: "reset-before" },
          { kind: "patch", what: "status", status: 500, errorType: "TIMED_OUT" },
        ],
        disturbances: [],
      },
    ],
  },
  "the failure of another task is not that of a forgotten one's": {
    ...{ options: {}, declares: ["certificate"], targets: "key-provider", listIsRefused: false, settled: false },
    events: [
      { event: "up", faults: [{ kind: "patch", what: "task", lastsMs: 80_000, ends: "FAILED" }], disturbances: [] },
      { event: "destroy", faults: [], disturbances: [] },
      {
        event: "up",
        faults: [
          { kind: "taskList", what: "reset-before" },
          { kind: "patch", what: "task", lastsMs: 0, ends: "vanishes" },
        ],
        disturbances: [],
      },
    ],
  },
  // Each has a time of its own: the certificate was sent beside the POST of the signing request, which had given up.
  "a certificate is not sent beside the POST of a signing request whose time is over": besideAnUnfinishedPost(
    { kind: "patch", what: "task", lastsMs: 200_000, ends: "SUCCEEDED" },
    "cluster",
  ),
  ...Object.fromEntries(
    (["key-provider", "cluster"] as const).map((targets) => [
      `a certificate is not sent beside the lost POST of a signing request whose task names the ${targets}`,
      besideAnUnfinishedPost(lostAnswer(200_000), targets),
    ]),
  ),
  // The page of a proxy ended the wait, and the PATCH was sent beside the running task.
  "an earlier run's task is waited for although a look at it is refused": {
    ...ORDINARY,
    events: [
      { event: "up", faults: [{ kind: "patch", what: "task", lastsMs: 75_000, ends: "SUCCEEDED" }], disturbances: [] },
      { event: "destroy", faults: [], disturbances: [] },
      { event: "up", faults: [{ kind: "taskGet", what: "status", status: 403 }], disturbances: [] },
    ],
  },
  // The certificate that was there all the time was taken for the one that the lost POST was to make.
  "an absence that is not true, before a POST that is lost": {
    ...{ options: {}, declares: ["self-signed"], targets: "cluster", listIsRefused: false, settled: false },
    events: [
      {
        event: "up",
        faults: [
          { kind: "read", what: "task-fails", errorType: "NOT_FOUND" },
          { kind: "patch", what: "status", status: 500 },
        ],
        disturbances: [],
      },
    ],
  },
  // The POST of a killed run was taken up late and showed another signing request, while this run's own POST still ran.
  "a certificate is not sent beside a lost POST that an earlier one's effect seems to prove": {
    ...ORDINARY,
    declares: ["signing request", "certificate"],
    events: [
      {
        event: "up",
        faults: [{ kind: "patch", what: "taken-up-late", afterMs: 33_000, hangs: true }],
        disturbances: [{ atRequest: 6, what: "kill" }],
      },
      {
        event: "up",
        faults: [{ kind: "patch", what: "taken-up-late", afterMs: 1_000, hangs: false }],
        disturbances: [],
      },
    ],
  },
  // The task of a killed run's POST of a certificate, taken up late, FAILED while this run looked for its lost POST.
  "the failure of a certificate's task is not that of a signing request's": {
    ...ORDINARY,
    declares: ["signing request", "self-signed"],
    targets: "key-provider",
    events: [
      {
        event: "up",
        faults: [
          { kind: "patch", what: "task", lastsMs: 0, ends: "SUCCEEDED" },
          { kind: "patch", what: "taken-up-late", afterMs: 4_300, hangs: false, ends: "FAILED" },
        ],
        disturbances: [{ atRequest: 12, what: "kill" }],
      },
      { event: "want", index: 2, rewritten: false },
      {
        event: "up",
        faults: [
          { kind: "patch", what: "task", lastsMs: 0, ends: "SUCCEEDED" },
          { kind: "patch", what: "reset-before" },
        ],
        disturbances: [],
      },
    ],
  },
};
