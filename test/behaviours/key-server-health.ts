// SPDX-License-Identifier: Apache-2.0
// After a replacement: what vCenter says of the key server is told once, or waited for. Health is never an output.

import type { RequestAction, StatedHealth } from "../simulator";
import type { Behaviour, Step } from "./behaviour";
import { EVERYWHERE, THROUGH_HOST } from "./behaviour";
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
  SECOND,
  settled,
  somebodyPuts,
  update,
  wants,
} from "./steps";

const WAITS = { waitForHealth: true };
/** Gives up after what a write takes and two looks. */
const WAITS_BRIEFLY = { ...WAITS, timeoutSeconds: 2 };
const REFUSES: StatedHealth = { health: "ERROR", details: ["The key server does not know it."] };
const REFUSED =
  /health ERROR \(The key server does not know it\).*key server "kms-1 server": ERROR, it does not trust the hosts/;
const WARNS: StatedHealth = { health: "WARNING", details: ["One of two does not answer."], serverTrustsClient: true };

const ONCE = sees({ writes: 1, healthReads: 1 });
const NO_LOOK: readonly (readonly [what: string, answer: RequestAction, times?: number])[] = [
  ["is refused", refusal(403, "UNAUTHORIZED"), 2],
  ["is answered by a front", { kind: "respond", status: 503, body: "<html>Starting</html>" }],
  ["is cut off", { kind: "reset" }],
  ["is garbled", { kind: "respond", status: 202, body: "not JSON" }],
  ["fails in its task", { kind: "taskScript", script: { steps: [{ status: "FAILED" }] } }],
  ["says a word that vSphere does not have", result({ status: { health: "GRAY", details: [], servers: [] } })],
  ["says nothing", result({})],
];

function result(value: object): RequestAction {
  return { kind: "taskScript", script: { steps: [{ status: "SUCCEEDED", fields: { result: value } }] } };
}

const TOLD: readonly Behaviour[] = [
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
  ...NO_LOOK.map(([what, answer, times]): Behaviour => ({
    name: `a look at the health that ${what} fails nothing, and is not repeated`,
    steps: [
      answers("readKeyProvider", answer, times),
      create(
        FIRST,
        holds("first"),
        says("info", /health could not be read: /),
        sees({ writes: 1, healthReads: times ?? 1 }),
      ),
    ],
  })),
  {
    name: "a look at the health that hangs is given up at the end of the time, and fails nothing",
    steps: [
      answers("readKeyProvider", { kind: "stall", at: "headers" }),
      create(wants("first", { timeoutSeconds: 2 }), holds("first"), says("info", /health could not be read: /)),
    ],
  },
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

const WAITED: readonly Behaviour[] = [
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
    on: EVERYWHERE,
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
  {
    name: "an outage within the time is waited out",
    steps: [
      answers("readKeyProvider", { kind: "respond", status: 503, body: "<html>Starting</html>" }, 2),
      answers("readKeyProvider", { kind: "reset" }),
      create(wants("first", WAITS), holds("first"), sees({ writes: 1, healthReads: 4 }), saysNothing),
    ],
  },
  ...(
    [
      [
        "hangs",
        { kind: "stall", at: "headers" },
        Infinity,
        "ERR_KEY_SERVER_HEALTH",
        /health could not be read: .*within 2 s/,
      ],
      [
        "is not answered by vCenter",
        { kind: "respond", status: 503, body: "<html>Starting</html>" },
        Infinity,
        "ERR_KEY_SERVER_HEALTH",
        /health could not be read: .*within 2 s.*503/,
      ],
      [
        "is not allowed",
        refusal(403, "UNAUTHORIZED"),
        2,
        "ERR_AUTHORIZATION",
        /hosts hold the certificate, but.*TrustedAdmin\.ReadKMSTrust/,
      ],
      ["is garbled", result({}), 2, "ERR_RESPONSE_INVALID", /hosts hold the certificate, but/],
    ] as const
  ).map(([what, answer, times, code, text]): Behaviour => ({
    name: `a wait for the health that ${what} leaves it not finished`,
    steps: [
      answers("readKeyProvider", answer, times),
      create(wants("first", WAITS_BRIEFLY), awaitsHealth(code, "first", text), sees({ writes: 1 })),
    ],
  })),
];

export const KEY_SERVER_HEALTH: readonly Behaviour[] = [...TOLD, ...WAITED];
