// SPDX-License-Identifier: Apache-2.0
// A program that waits for the key server's health after a replacement.

import type { Behaviour, Step } from "./behaviour";
import { THROUGH_HOST } from "./behaviour";
import {
  awaitsHealth,
  holds,
  isNotFinished,
  says,
  saysNothing,
  sees,
  seesNothing,
  shows,
  stillAwaitsHealth,
} from "./expectations";
import { REFUSED, REFUSES, WAITS, WAITS_BRIEFLY, WARNS } from "./key-server-answers";
import {
  answers,
  create,
  diff,
  FIRST,
  keyServerIs,
  later,
  nextRun,
  nextTask,
  refresh,
  refusal,
  remove,
  settled,
  somebodyPuts,
  update,
  wants,
} from "./steps";

export const KEY_SERVER_AWAITED: readonly Behaviour[] = [
  {
    name: "a program that waits for the key server succeeds when it accepts the certificate",
    on: THROUGH_HOST,
    steps: [
      keyServerIs(REFUSES),
      keyServerIs("OK", 1_500),
      create(wants("first", WAITS), holds("first"), sees({ writes: 1 }), saysNothing),
      diff(wants("first", WAITS), "none", seesNothing),
    ],
  },
  {
    name: "a key server that does not accept it in time leaves it not finished, and the next up asks for the health only",
    on: THROUGH_HOST,
    steps: [
      keyServerIs(REFUSES),
      create(
        wants("first", WAITS_BRIEFLY),
        awaitsHealth("ERR_KEY_SERVER_HEALTH", "first", REFUSED, /within 2 s/),
        sees({ writes: 1 }),
      ),
      nextRun,
      diff(wants("first", WAITS_BRIEFLY), "update", seesNothing),
      update(
        wants("first", WAITS_BRIEFLY),
        awaitsHealth("ERR_KEY_SERVER_HEALTH", "first", REFUSED),
        sees({ writes: 0, reads: 0 }),
      ),
      keyServerIs("OK"),
      nextRun,
      update(wants("first", WAITS), holds("first"), sees({ writes: 0, reads: 0, healthReads: 1 })),
      diff(wants("first", WAITS), "none", seesNothing),
    ],
  },
  {
    name: "a key server of which nothing is known in time leaves it not finished",
    steps: [
      keyServerIs("NONE"),
      create(wants("first", WAITS_BRIEFLY), awaitsHealth("ERR_KEY_SERVER_HEALTH", "first", /health NONE/)),
    ],
  },
  {
    name: "a WARNING at the end of the time succeeds, and says so",
    steps: [
      keyServerIs(WARNS),
      create(wants("first", WAITS_BRIEFLY), holds("first"), says("warning", /health WARNING/)),
    ],
  },
  {
    name: "an update that waits in vain keeps what it replaced, and a refresh keeps the wait until the health is OK",
    on: THROUGH_HOST,
    steps: [
      settled("second"),
      keyServerIs(REFUSES),
      update(wants("first", WAITS_BRIEFLY), awaitsHealth("ERR_KEY_SERVER_HEALTH", "first"), sees({ writes: 1 })),
      nextRun,
      refresh(stillAwaitsHealth("first"), sees({ writes: 0, healthReads: 1 })),
      diff(wants("first", WAITS), "update"),
      answers("readKeyProvider", refusal(500, "ERROR")),
      refresh(stillAwaitsHealth("first"), sees({ healthReads: 1 })),
      keyServerIs(undefined),
      refresh(shows("first"), sees({ healthReads: 1 })),
      diff(wants("first", WAITS_BRIEFLY), "none"),
    ],
  },
  {
    name: "a program that does not wait any longer ends the wait with a warning",
    steps: [
      keyServerIs(REFUSES),
      create(wants("first", WAITS_BRIEFLY), awaitsHealth("ERR_KEY_SERVER_HEALTH", "first")),
      update(FIRST, holds("first"), sees({ writes: 0, healthReads: 1 }), says("warning", REFUSED)),
      diff(FIRST, "none"),
    ],
  },
  {
    name: "another certificate is sent as usual while the health of the last is awaited, and a delete sends nothing",
    steps: [
      keyServerIs(REFUSES),
      create(wants("first", WAITS_BRIEFLY), awaitsHealth("ERR_KEY_SERVER_HEALTH", "first")),
      nextRun,
      update(wants("second", WAITS_BRIEFLY), awaitsHealth("ERR_KEY_SERVER_HEALTH", "second"), sees({ writes: 1 })),
      remove(seesNothing),
    ],
  },
  {
    name: "what somebody else puts there ends the wait: the next up sends the certificate, and waits anew",
    steps: [
      keyServerIs(REFUSES),
      create(wants("first", WAITS_BRIEFLY), awaitsHealth("ERR_KEY_SERVER_HEALTH", "first")),
      somebodyPuts("second"),
      refresh(shows("second"), sees({ healthReads: 0 })),
      keyServerIs(undefined),
      update(wants("first", WAITS), holds("first"), sees({ writes: 1, healthReads: 1 })),
    ],
  },
  ...(
    [
      [
        "update",
        update(wants("first", WAITS_BRIEFLY), awaitsHealth("ERR_KEY_SERVER_HEALTH", "first"), sees({ writes: 0 })),
      ],
      ["refresh", refresh(stillAwaitsHealth("first"), sees({ writes: 0, healthReads: 1 }))],
    ] as const
  ).map(([what, step]: readonly [string, Step]): Behaviour => ({
    name: `a replacement whose end only the next ${what} sees is waited for as well`,
    steps: [
      keyServerIs(REFUSES),
      nextTask({ steps: [{ status: "RUNNING", forMs: 3_000 }, { status: "SUCCEEDED" }] }),
      create(wants("first", WAITS_BRIEFLY), isNotFinished("ERR_TASK_TIMEOUT", "first")),
      later(3_000),
      step,
    ],
  })),
];
