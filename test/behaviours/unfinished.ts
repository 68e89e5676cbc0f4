// SPDX-License-Identifier: Apache-2.0
// Writes whose end a run does not see: what is saved, and that the next runs ask after the same task instead of writing
// beside it. No call fails because a task of an earlier run has. True of every type.

import type { TaskScript, TaskStep } from "../simulator";
import type { Behaviour, Step, Which } from "./behaviour";
import { EVERYWHERE, THROUGH_HOST } from "./behaviour";
import { byTask, holds, isNotFinished, sees, seesNothing, shows, stillAwaits } from "./expectations";
import {
  answers,
  BRIEFLY,
  create,
  diff,
  FIRST,
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

/** The run gives up after three seconds; what its task becomes, it becomes later. */
const LATER_MS = 4_000;
/** What still runs when the next run asks, but ends within its time. With the engine a run alone takes three seconds. */
const LONG_MS = 12_000;
const SUCCEEDED: TaskStep = { status: "SUCCEEDED" };
const FAILED: TaskStep = {
  status: "FAILED",
  fields: { error: { error_type: "ERROR", messages: [{ id: "x", default_message: "No entropy.", args: [] }] } },
};
const VANISHED: TaskStep = { status: "RUNNING", vanish: true };
const runsFor = (ms: number, end: TaskStep, effect: TaskScript["effect"] = "never"): TaskScript => ({
  steps: [{ status: "RUNNING", forMs: ms }, end],
  effect: end === SUCCEEDED ? "onSuccess" : effect,
});
const NEVER_ENDS: TaskScript = { steps: [{ status: "RUNNING" }], effect: "never" };
const BLOCKED: TaskScript = { steps: [{ status: "BLOCKED" }], effect: "never" };
const ALL_THE_SAME: TaskScript["effect"] = { afterMs: LATER_MS - 100 };

/** A create that gives up, and then another run. */
const unfinishedCreate = (script: TaskScript): readonly Step[] => [
  nextTask(script),
  create(wants("first", BRIEFLY), isNotFinished("ERR_TASK_TIMEOUT", "first"), sees({ writes: 1 })),
  nextRun,
];

/** An update from the second to the first that gives up, and then another run. */
const unfinishedUpdate = (script: TaskScript): readonly Step[] => [
  settled("second"),
  nextTask(script),
  update(wants("first", BRIEFLY), isNotFinished("ERR_TASK_TIMEOUT", "first", "second"), sees({ writes: 1 })),
  nextRun,
];

const ENDS: readonly (readonly [end: string, script: TaskScript, now: Which])[] = [
  ["SUCCEEDED", runsFor(LATER_MS, SUCCEEDED), "first"],
  ["FAILED", runsFor(LATER_MS, FAILED), "second"],
  ["vanished", runsFor(LATER_MS, VANISHED), "second"],
];
/** What a proxy, or a vCenter whose services still start, says of a task. */
const NOT_VCENTERS_WORD = [
  ["a refusal", refusal(400, "ERROR")],
  ["a NOT_FOUND that passes, as of a replica that is behind,", refusal(404, "NOT_FOUND")],
  ["an HTML page with 404", { kind: "respond", status: 404, body: "<html>Not Found</html>" }],
  [
    "the router's 404",
    {
      kind: "respond",
      status: 404,
      body: {
        error_type: "NOT_FOUND",
        messages: [{ id: "com.vmware.vapi.rest.httpNotFound", default_message: "Not found.", args: [] }],
      },
    },
  ],
] as const;

export const UNFINISHED: readonly Behaviour[] = [
  {
    name: "it is saved with its task, is a change in every preview, and the next run waits for the same task",
    on: EVERYWHERE,
    steps: [
      ...unfinishedCreate(runsFor(LONG_MS, SUCCEEDED)),
      diff(wants("first", BRIEFLY), "update", seesNothing),
      update(FIRST, holds("first"), byTask("the last write"), sees({ writes: 0, logins: 1 })),
      diff(FIRST, "none"),
    ],
  },
  {
    name: "it is still known after a refresh, which keeps the old facts, and ends in the next run",
    on: EVERYWHERE,
    steps: [
      create(SECOND),
      nextTask(runsFor(2 * LONG_MS, SUCCEEDED)),
      update(wants("first", BRIEFLY), isNotFinished("ERR_TASK_TIMEOUT", "first", "second"), sees({ writes: 1 })),
      nextRun,
      refresh(stillAwaits("first", "second"), sees({ writes: 0 })),
      nextRun,
      diff(SECOND, "update"),
      update(wants("first", { timeoutSeconds: 60 }), holds("first"), sees({ writes: 0 })),
    ],
  },
  {
    name: "it is sent once more, in the same run, when its task has FAILED",
    on: THROUGH_HOST,
    steps: [
      ...unfinishedCreate(runsFor(LATER_MS, FAILED)),
      later(LATER_MS),
      update(FIRST, holds("first"), byTask("the last write"), sees({ writes: 1 })),
    ],
  },
  {
    name: "it is sent once more, in the same run, when its task has vanished and the server holds the old one",
    steps: [
      ...unfinishedCreate(runsFor(LATER_MS, VANISHED)),
      later(LATER_MS),
      update(FIRST, holds("first"), sees({ writes: 1 })),
    ],
  },
  ...(
    [
      ["FAILED", FAILED],
      ["vanished", VANISHED],
    ] as const
  ).map(([end, step]): Behaviour => ({
    name: `it is done when its task has ${end} and the server holds it all the same`,
    steps: [
      ...unfinishedCreate(runsFor(LATER_MS, step, ALL_THE_SAME)),
      later(LATER_MS),
      update(FIRST, holds("first"), sees({ writes: 0 })),
    ],
  })),
  {
    name: "it is done when its task has SUCCEEDED meanwhile, by one read and under that task's id",
    steps: [
      ...unfinishedCreate(runsFor(LATER_MS, SUCCEEDED)),
      later(LATER_MS),
      update(FIRST, holds("first"), byTask("the last write"), sees({ writes: 0, reads: 1 })),
    ],
  },
  {
    name: "it stays unfinished under the same task when that still runs at the end of the time, whatever is wanted now",
    steps: [
      ...unfinishedCreate(NEVER_ENDS),
      update(wants("first", BRIEFLY), isNotFinished("ERR_TASK_TIMEOUT", "first"), sees({ writes: 0 })),
      update(wants("second", BRIEFLY), isNotFinished("ERR_TASK_TIMEOUT", "first"), sees({ writes: 0 })),
    ],
  },
  {
    name: "it ends first when another one is wanted by now, and then comes the one that is",
    steps: [
      ...unfinishedCreate(runsFor(LATER_MS + 1_500, SUCCEEDED)),
      update(SECOND, holds("second"), sees({ writes: 1 })),
    ],
  },
  {
    name: "a delete sends nothing, though its task still runs",
    steps: [...unfinishedCreate(NEVER_ENDS), remove(seesNothing)],
  },
  {
    name: "a refresh keeps a task that is BLOCKED",
    on: THROUGH_HOST,
    steps: [...unfinishedUpdate(BLOCKED), refresh(stillAwaits("first", "second")), diff(SECOND, "update")],
  },
  ...ENDS.map(([end, script, now]): Behaviour => ({
    name: `a refresh drops the task when that has ${end}, and tells what the server holds`,
    steps: [
      ...unfinishedUpdate(script),
      later(LATER_MS),
      refresh(shows(now), sees({ writes: 0 })),
      diff(wants("first", BRIEFLY), now === "first" ? "none" : "update"),
    ],
  })),
  ...NOT_VCENTERS_WORD.map(([what, action]): Behaviour => ({
    name: `a refresh keeps the task when ${what} is the answer to the question after it`,
    steps: [...unfinishedUpdate(NEVER_ENDS), answers("taskGet", action), refresh(stillAwaits("first", "second"))],
  })),
  {
    name: "a refresh does not drop the resource meanwhile, though the server holds nothing",
    steps: [...unfinishedUpdate(NEVER_ENDS), somebodyPuts(undefined), refresh(stillAwaits("first", "second"))],
  },
];
