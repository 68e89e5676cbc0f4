// SPDX-License-Identifier: Apache-2.0
// After a replacement, what vCenter says of the key server is told once. Health is never an output. A look that fails: rows 59
// and 60 of the fault matrix.

import type { Behaviour } from "./behaviour";
import { THROUGH_HOST } from "./behaviour";
import { holds, says, saysNothing, sees, seesNothing } from "./expectations";
import { REFUSED, REFUSES, WAITS, WARNS } from "./key-server-answers";
import { create, FIRST, keyServerIs, nextRun, refresh, SECOND, somebodyPuts, update, wants } from "./steps";

const ONCE = sees({ writes: 1, healthReads: 1 });

export const KEY_SERVER_TOLD: readonly Behaviour[] = [
  {
    name: "a replacement that the key server accepts says nothing of it",
    steps: [create(FIRST, holds("first"), ONCE, saysNothing), update(SECOND, holds("second"), ONCE, saysNothing)],
  },
  ...(
    [
      ["NONE", "info", "NONE", /it is not known yet whether the key server accepts it/],
      ["a WARNING", "warning", WARNS, /health WARNING \(One of two does not answer\)/],
      ["an ERROR", "warning", REFUSES, REFUSED],
    ] as const
  ).map(([what, severity, health, text]): Behaviour => ({
    name: `a replacement after which vCenter reports ${what} succeeds, and says so once`,
    on: what === "an ERROR" ? THROUGH_HOST : ["in process"],
    steps: [
      keyServerIs(health),
      create(FIRST, holds("first"), ONCE, says(severity, text)),
      nextRun,
      update(FIRST, seesNothing, saysNothing),
      refresh(holds("first"), sees({ healthReads: 0 }), saysNothing),
    ],
  })),
  {
    name: "nobody asks the key server when nothing was replaced",
    steps: [
      keyServerIs(REFUSES),
      somebodyPuts("first"),
      create(
        wants("first", { adopt: true, ...WAITS }),
        holds("first"),
        sees({ writes: 0, healthReads: 0 }),
        saysNothing,
      ),
      update(wants("first", { detectDrift: "always", timeoutSeconds: 10 }), sees({ writes: 0, healthReads: 0 })),
    ],
  },
];
