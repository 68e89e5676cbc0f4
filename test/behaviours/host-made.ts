// SPDX-License-Identifier: Apache-2.0
// What is true of what the hosts make themselves: triggers, adoption, and somebody else who had another one made.

import type { Behaviour, Step } from "./behaviour";
import { EVERYWHERE, THROUGH_HOST } from "./behaviour";
import {
  byTask,
  fails,
  hasOutputs,
  holds,
  isNotFinished,
  says,
  saysAnotherStack,
  saysNothing,
  sees,
  seesNothing,
  shows,
} from "./expectations";
import {
  answers,
  BRIEFLY,
  check,
  create,
  diff,
  FIRST,
  forget,
  later,
  nextRun,
  nextTask,
  refresh,
  refusal,
  saved,
  settled,
  somebodyPuts,
  update,
  wants,
} from "./steps";

const ADOPT = { adopt: true };
const ONLY_IDS = /Check cluster and keyProvider: `npx pulumi-vsphere-trust-authority list` shows the ids\. \[/;
const DAY_MS = 86_400_000;
const SECRET = "a-trigger-that-nobody-may-read";
/** What the engine sends for a value that a preview does not know. */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const triggers = (...values: readonly unknown[]): { readonly triggers: readonly unknown[] } => ({ triggers: values });

const neverRepeatsTheSecret: Step = ({ driver }) => {
  if (JSON.stringify(driver.notices()).includes(SECRET)) throw new Error("a trigger was printed");
};

/** Of every such type. */
export const HOST_MADE: readonly Behaviour[] = [
  {
    name: "an adopting create takes what is there and sends nothing but one read; changed triggers make a new one",
    on: THROUGH_HOST,
    steps: [
      somebodyPuts("first"),
      create(wants("first", ADOPT), holds("first"), byTask("nobody"), sees({ writes: 0, reads: 1 }), saysNothing),
      nextRun,
      diff(FIRST, "none"),
      update(wants("second", ADOPT), holds("second"), byTask("the last write"), sees({ writes: 1 })),
    ],
  },
  {
    name: "an adopting create makes one if there is none",
    steps: [somebodyPuts(undefined), create(wants("first", ADOPT), holds("first"), sees({ writes: 1 }))],
  },
  {
    name: "an adopting create fails before any write when the read fails: nobody knows what would be overwritten",
    steps: [
      somebodyPuts("second"),
      answers("read", refusal(403, "UNAUTHORIZED"), 2),
      create(wants("first", ADOPT), fails("ERR_AUTHORIZATION", /TrustedAdmin\.ReadKMSTrust/), sees({ writes: 0 })),
    ],
  },
  {
    name: "a refused argument, at once or in the task, points to the ids alone: nothing else was sent",
    steps: [
      answers("write", refusal(400, "INVALID_ARGUMENT")),
      create(FIRST, fails("ERR_API", ONLY_IDS), sees({ writes: 1 })),
      nextTask({ steps: [{ status: "FAILED", fields: { error: { error_type: "INVALID_ARGUMENT", messages: [] } } }] }),
      create(FIRST, fails("ERR_TASK_FAILED", ONLY_IDS), sees({ writes: 1 })),
    ],
  },
  {
    name: "a create that does not adopt makes a new one, whatever is there",
    steps: [somebodyPuts("second"), create(FIRST, holds("first"), byTask("the last write"), sees({ writes: 1 }))],
  },
  {
    name: "triggers are compared by value at any depth; what a preview does not know is a change",
    steps: [
      create(wants("first", triggers({ a: 1, b: [true, null] }))),
      diff(wants("first", triggers({ b: [true, null], a: 1 })), "none", seesNothing),
      ...[triggers(), triggers({ a: 1 }), triggers(UNKNOWN), triggers({ a: UNKNOWN }), { triggers: UNKNOWN }].map(
        (more) => diff(wants("first", more), "update", seesNothing),
      ),
    ],
  },
  {
    name: "no triggers and an empty list of them are the same",
    steps: [
      create(wants("first", { triggers: undefined })),
      diff(wants("first", triggers()), "none"),
      diff(wants("first", { triggers: undefined }), "none", seesNothing),
      diff(FIRST, "update"),
    ],
  },
  {
    name: "a preview tells every mistake at once, and never repeats a trigger",
    on: THROUGH_HOST,
    steps: [
      check(
        wants("first", { triggers: SECRET, adopt: "yes", timeoutSeconds: "soon" }),
        [/^: triggers must be a list/m, /adopt must be true or false/, /timeoutSeconds must be a number/],
        neverRepeatsTheSecret,
        seesNothing,
      ),
    ],
  },
  {
    name: "another time-out is no reason for a new one",
    steps: [
      settled("first"),
      diff(wants("first", { timeoutSeconds: 60 }), "update"),
      update(wants("first", { timeoutSeconds: 60 }), holds("first"), seesNothing, saysNothing),
      diff(wants("first", { timeoutSeconds: 60 }), "none"),
    ],
  },
  {
    name: "one that was never made is made in the next run, also if a refresh has seen that its task FAILED",
    on: THROUGH_HOST,
    steps: [
      settled("second"),
      nextTask({ steps: [{ status: "RUNNING", forMs: 3_500 }, { status: "FAILED" }], effect: "never" }),
      update(wants("first", BRIEFLY), isNotFinished("ERR_TASK_TIMEOUT", "first", "second")),
      nextRun,
      later(3_500),
      refresh(shows("second"), hasOutputs({ pendingReplaces: "anything" }), saysNothing),
      // The state has the triggers of the write that failed: nothing else would say that it is still wanted.
      diff(wants("first", BRIEFLY), "update", seesNothing),
      update(FIRST, holds("first"), sees({ writes: 1 })),
    ],
  },
  {
    name: "what an earlier run has brought is not taken for what newer triggers want",
    steps: [
      settled("second"),
      nextTask({ steps: [{ status: "RUNNING" }], effect: "never" }),
      update(wants("first", BRIEFLY), isNotFinished("ERR_TASK_TIMEOUT", "first", "second")),
      // It still runs: this run sends nothing, and its triggers are not those of the write that is awaited.
      update(
        wants("first", { ...BRIEFLY, ...triggers("newer") }),
        isNotFinished("ERR_TASK_TIMEOUT", "first", "second"),
      ),
      hasOutputs(triggers("first")),
    ],
  },
];

/** Of a signing request. */
export const SIGNING_REQUESTS: readonly Behaviour[] = [
  {
    name: "a refresh takes over a signing request that somebody else had made, warns, and forces nothing",
    on: EVERYWHERE,
    steps: [
      create(FIRST),
      somebodyPuts("second"),
      nextRun,
      refresh(shows("second"), says("warning", /signed from the earlier one can no longer be installed/)),
      diff(FIRST, "none", seesNothing),
      refresh(shows("second"), saysNothing),
    ],
  },
];

const dated = (fromMs: number, toMs: number): { readonly notBefore: string; readonly notAfter: string } => ({
  notBefore: new Date(Date.now() + fromMs).toISOString(),
  notAfter: new Date(Date.now() + toMs).toISOString(),
});

const tellsTheSecondAsPrevious: Step = (s) =>
  hasOutputs({ previousSha256Fingerprint: String(s.subject.outputs("second", "")["sha256Fingerprint"]) })(s);

/** Of a self-signed certificate. */
export const SELF_SIGNED_CERTIFICATES: readonly Behaviour[] = [
  {
    name: "another certificate is drift: a refresh shows it, and the next up makes a new one",
    on: EVERYWHERE,
    steps: [
      create(FIRST),
      somebodyPuts("second"),
      nextRun,
      refresh(shows("second"), sees({ writes: 0 }), saysAnotherStack),
      nextRun,
      diff(FIRST, "update", seesNothing),
      forget("first"),
      update(FIRST, holds("first"), sees({ writes: 1 })),
      tellsTheSecondAsPrevious,
      nextRun,
      refresh(shows("first"), saysNothing),
      diff(FIRST, "none"),
    ],
  },
  {
    name: "it is renewed within earlyRenewalHours of its end, and after its end",
    steps: [
      somebodyPuts("first"),
      saved("first", dated(-20 * DAY_MS, 2 * DAY_MS)),
      diff(wants("first", { earlyRenewalHours: 47, expiryWarningDays: 0 }), "none", saysNothing, seesNothing),
      diff(wants("first", { earlyRenewalHours: "48.5" }), "update", seesNothing),
      forget("first"),
      update(wants("first", { earlyRenewalHours: 49 }), holds("first"), sees({ writes: 1 })),
      diff(wants("first", { earlyRenewalHours: 49 }), "none"),
      saved("first", dated(-20 * DAY_MS, -1_000)),
      diff(wants("first", { expiryWarningDays: 0 }), "update", seesNothing),
    ],
  },
  {
    name: "its end is announced: a third of its lifetime before, 30 days at most, or as the program says",
    steps: [
      ...(
        [
          [dated(-DAY_MS, 2.1 * DAY_MS), undefined, false],
          [dated(-2.1 * DAY_MS, DAY_MS), undefined, true],
          [dated(-300 * DAY_MS, 31 * DAY_MS), undefined, false],
          [dated(-300 * DAY_MS, 29 * DAY_MS), undefined, true],
          [dated(-300 * DAY_MS, 29 * DAY_MS), 1, false],
        ] as const
      ).flatMap(([dates, expiryWarningDays, warns]) => [
        saved("first", dates),
        nextRun,
        diff(
          wants("first", { expiryWarningDays }),
          "none",
          warns ? says("warning", /expires at .*change triggers or raise earlyRenewalHours/) : saysNothing,
        ),
      ]),
    ],
  },
  {
    name: "an early renewal that is longer than the certificate lives is told",
    steps: [
      create(
        wants("first", { earlyRenewalHours: 24 * 400 }),
        holds("first"),
        says("warning", /every `pulumi up` makes a new one; set it lower/),
      ),
    ],
  },
];
