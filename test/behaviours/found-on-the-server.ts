// SPDX-License-Identifier: Apache-2.0
// What the server holds is not what the state says, or was there before: refresh, detectDrift and adopt. A refresh that cannot
// read, or reads the same in another form: rows 29 and 30 of the fault matrix.

import type { Behaviour, Step } from "./behaviour";
import { EVERYWHERE, THROUGH_HOST } from "./behaviour";
import {
  byTask,
  fails,
  hasInputs,
  hasOutputs,
  holds,
  isGone,
  says,
  saysAnotherStack,
  sees,
  seesNothing,
  shows,
} from "./expectations";
import { answers, create, diff, FIRST, nextRun, refresh, refusal, settled, somebodyPuts, update, wants } from "./steps";

const ALWAYS = { detectDrift: "always" };
const ALWAYS_FIRST = wants("first", ALWAYS);
const ADOPT = { adopt: true };
const NO_ANSWER = refusal(400, "NOT_ALLOWED_IN_CURRENT_STATE");

const GONE: readonly (readonly [what: string, take: Step])[] = [
  ["its certificate", somebodyPuts(undefined)],
  [
    "its key provider",
    ({ simulator }) => {
      simulator.removeKeyProvider();
    },
  ],
  [
    "its cluster",
    ({ simulator }) => {
      simulator.removeCluster();
    },
  ],
];

const REFRESH: readonly Behaviour[] = [
  {
    name: "a refresh takes over what somebody else has put there, and the next up repairs it",
    on: THROUGH_HOST,
    steps: [
      create(FIRST),
      somebodyPuts("second"),
      nextRun,
      refresh(shows("second"), sees({ writes: 0 }), saysAnotherStack),
      hasInputs(({ subject }) => ({ certificate: subject.inputs("second")["certificate"], privateKey: undefined })),
      diff(FIRST, "update", seesNothing),
      update(FIRST, holds("first"), sees({ writes: 1 })),
    ],
  },
  ...GONE.map(([what, take]): Behaviour => ({
    name: `a refresh drops the resource when ${what} is gone, and the next up creates it anew or says why not`,
    on: what === "its key provider" ? EVERYWHERE : THROUGH_HOST,
    steps: [
      create(FIRST),
      take,
      nextRun,
      refresh(isGone, sees({ writes: 0 })),
      create(FIRST, ...(what === "its certificate" ? [holds("first")] : [fails("ERR_KEY_PROVIDER_NOT_FOUND")])),
    ],
  })),
];

const DETECT_DRIFT: readonly Behaviour[] = [
  {
    name: "drift is not looked for by default, nor with onRefresh",
    steps: [
      settled("first"),
      somebodyPuts("second"),
      diff(FIRST, "none", seesNothing),
      diff(wants("first", { detectDrift: "onRefresh" }), "none", seesNothing),
    ],
  },
  {
    name: "drift shows in every preview of a program that always looks, by one read, and is repaired",
    on: EVERYWHERE,
    steps: [
      create(ALWAYS_FIRST),
      nextRun,
      diff(ALWAYS_FIRST, "none", sees({ writes: 0, reads: 1 })),
      somebodyPuts("second"),
      diff(ALWAYS_FIRST, "update", sees({ writes: 0, reads: 1 }), saysAnotherStack),
      nextRun,
      // The diff reads, the update reads before it sends, and reads back.
      update(ALWAYS_FIRST, holds("first"), hasOutputs({ detectDrift: "always" }), sees({ writes: 1, reads: 3 })),
    ],
  },
  {
    name: "drift that somebody repairs between preview and up costs no write",
    steps: [
      create(ALWAYS_FIRST),
      update(wants("first", { ...ALWAYS, timeoutSeconds: 19 }), shows("first"), sees({ writes: 0, reads: 1 })),
    ],
  },
  {
    name: "a certificate that is gone is drift as well",
    steps: [
      create(ALWAYS_FIRST),
      somebodyPuts(undefined),
      diff(ALWAYS_FIRST, "update", sees({ reads: 1 }), says("warning", /the server holds no certificate/)),
    ],
  },
  {
    name: "drift is not looked for if the program wants another certificate anyway",
    steps: [create(FIRST), diff(wants("second", ALWAYS), "update", seesNothing)],
  },
  {
    name: "drift that cannot be looked for warns at the resource, and fails no preview",
    on: THROUGH_HOST,
    steps: [
      create(FIRST),
      answers("read", NO_ANSWER),
      diff(ALWAYS_FIRST, "none", says("warning", /drift could not be checked.*\[ERR_API\]/)),
    ],
  },
];

const ADOPTION: readonly Behaviour[] = [
  {
    name: "an adopting create sends nothing but one read when the server holds the certificate, and needs no key",
    on: EVERYWHERE,
    steps: [
      somebodyPuts("first"),
      create(
        wants("first", { ...ADOPT, privateKey: undefined }),
        holds("first"),
        byTask("nobody"),
        sees({ writes: 0, reads: 1 }),
      ),
      nextRun,
      diff(FIRST, "none"),
      update(wants("second", ADOPT), holds("second"), byTask("the last write"), sees({ writes: 1 })),
    ],
  },
  {
    name: "an adopting create fails before any write when the server holds another certificate, and names both",
    on: THROUGH_HOST,
    steps: [
      somebodyPuts("second"),
      (s) =>
        create(
          wants("first", ADOPT),
          fails(
            "ERR_ALREADY_PRESENT",
            ...(["first", "second"] as const).map((which) => String(s.subject.outputs(which, "")["sha256Fingerprint"])),
          ),
          sees({ writes: 0 }),
        )(s),
      ({ subject, simulator }) => {
        subject.assertHeld(simulator, "second", simulator);
      },
    ],
  },
  {
    name: "an adopting create is an ordinary one when the server holds nothing",
    steps: [
      somebodyPuts(undefined),
      create(wants("first", ADOPT), holds("first"), byTask("the last write"), sees({ writes: 1 })),
    ],
  },
  {
    name: "an adopting create fails before any write when the read fails: nobody knows what would be overwritten",
    steps: [
      somebodyPuts("second"),
      answers("read", refusal(403, "UNAUTHORIZED"), 2),
      create(wants("first", ADOPT), fails("ERR_AUTHORIZATION", /TrustedAdmin\.ReadKMSTrust/), sees({ writes: 0 })),
    ],
  },
];

export const FOUND_ON_THE_SERVER: readonly Behaviour[] = [...REFRESH, ...DETECT_DRIFT, ...ADOPTION];
