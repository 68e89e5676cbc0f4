// SPDX-License-Identifier: Apache-2.0
// Counterexamples that random histories have found, shrunk and named: each was a bug once, and must not come back.

import { before, describe, it } from "node:test";
import { makeCertificates } from "./certificates";
import type { Certificates } from "./certificates";
import type { History } from "./histories";
import { play } from "./play";

const ORDINARY = { options: {}, targets: "cluster", listIsRefused: false, settled: false } as const;

const KNOWN: Readonly<Record<string, History>> = {
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
};

describe("a history that once broke an invariant", () => {
  let certificates: Certificates;

  before(async () => {
    certificates = await makeCertificates();
  });

  for (const [name, history] of Object.entries(KNOWN)) it(`holds: ${name}`, () => play(history, certificates));
});
