// SPDX-License-Identifier: Apache-2.0
// The life of a resource: created, kept, rotated, moved and given up. True of every type.

import type { Behaviour, Step } from "./behaviour";
import { EVERYWHERE, THROUGH_HOST } from "./behaviour";
import { fails, hasOutputs, holds, saysNothing, says, sees, seesNothing } from "./expectations";
import {
  answers,
  create,
  diff,
  FIRST,
  nextRun,
  refresh,
  remove,
  saved,
  SECOND,
  settled,
  somebodyPuts,
  update,
  wants,
} from "./steps";

const FAILED = {
  steps: [
    {
      status: "FAILED",
      fields: { error: { error_type: "ERROR", messages: [{ id: "x.y", default_message: "Not trusted.", args: [] }] } },
    },
  ],
  effect: "never",
} as const;

const theClusterGoes: Step = ({ simulator }) => {
  simulator.removeCluster();
};

const saysGoodbye: Step = (s) => says("info", s.subject.afterDelete)(s);

export const LIFE: readonly Behaviour[] = [
  {
    name: "it is created, costs nothing while nothing changes, is refreshed, changed in place, and given up",
    on: [...EVERYWHERE, "host process of the lowest SDK"],
    steps: [
      create(FIRST, holds("first"), sees({ writes: 1, logins: 1 }), saysNothing),
      update(FIRST, holds("first"), seesNothing),
      nextRun,
      diff(FIRST, "none", seesNothing),
      diff(SECOND, "update", seesNothing),
      refresh(holds("first"), sees({ writes: 0, logins: 1, reads: 1 }), saysNothing),
      nextRun,
      update(SECOND, holds("second"), sees({ writes: 1, logins: 1 }), saysNothing),
      nextRun,
      remove(seesNothing, says("info", /key provider "kms-1" in cluster "domain-c8": /), saysGoodbye),
    ],
  },
  {
    name: "one login serves every method of a process",
    on: THROUGH_HOST,
    steps: [
      create(FIRST, sees({ logins: 1 })),
      refresh(sees({ logins: 0 })),
      update(SECOND, holds("second"), sees({ writes: 1, logins: 0 })),
      remove(seesNothing),
    ],
  },
  {
    name: "it is replaced when it moves to another key provider or cluster",
    on: THROUGH_HOST,
    steps: [
      create(FIRST),
      diff(wants("first", { cluster: "domain-c9", keyProvider: "kms-2" }), "replace", seesNothing),
      ...[{ keyProvider: "kms-2" }, { cluster: "domain-c9" }].flatMap((target) => [
        nextRun,
        update(wants("first", target), holds("first", target), sees({ writes: 1, logins: 1 })),
      ]),
    ],
  },
  {
    name: "a task that has FAILED fails the create, and nothing is saved",
    on: THROUGH_HOST,
    steps: [
      answers("write", { kind: "taskScript", script: FAILED }),
      create(FIRST, fails("ERR_TASK_FAILED", /Not trusted/), sees({ writes: 1 })),
      create(FIRST, holds("first")),
    ],
  },
  {
    name: "a task that has FAILED fails the update, and what was saved stays saved",
    on: THROUGH_HOST,
    steps: [
      settled("first"),
      answers("write", { kind: "taskScript", script: FAILED }),
      update(SECOND, fails("ERR_TASK_FAILED", /Not trusted/), sees({ writes: 1 })),
      diff(FIRST, "none"),
      diff(SECOND, "update"),
    ],
  },
  ...(["vsphere-9", "no-trust-authority"] as const).map((profile): Behaviour => ({
    name: `a vCenter of the profile ${profile} is an error in every method that asks it, and nothing looks deleted`,
    on: THROUGH_HOST,
    vcenter: { profile },
    steps: [
      create(FIRST, fails("ERR_ENDPOINT_ABSENT", /vSphere 9 no longer has this API/)),
      saved("first"),
      refresh(fails("ERR_ENDPOINT_ABSENT", /vSphere 9 no longer has this API/)),
      update(SECOND, fails("ERR_ENDPOINT_ABSENT")),
      diff(FIRST, "none"),
      remove(seesNothing),
    ],
  })),
  {
    name: "an update does not hang on a server that went away: it fails, and keeps what was saved",
    steps: [
      settled("first"),
      theClusterGoes,
      update(SECOND, fails("ERR_KEY_PROVIDER_NOT_FOUND")),
      hasOutputs({ cluster: "domain-c8", keyProvider: "kms-1" }),
    ],
  },
  {
    name: "a state of another vCenter fails a refresh, which names both, is replaced, and is deleted without a request",
    steps: [
      somebodyPuts("first"),
      saved("first", { server: "other-vcenter.example:8443" }),
      refresh(fails("ERR_SERVER_CHANGED", /other-vcenter\.example:8443/, /127\.0\.0\.1:\d+/), seesNothing),
      diff(FIRST, "replace", seesNothing),
      remove(seesNothing),
    ],
  },
];
