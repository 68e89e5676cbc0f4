// SPDX-License-Identifier: Apache-2.0
// What a program may declare: what a preview refuses, what it passes, and what the up then does. No preview sends a request.

import type { Behaviour } from "./behaviour";
import { EVERYWHERE } from "./behaviour";
import { fails, holds, says, saysNothing, sees, seesNothing } from "./expectations";
import { check, create, diff, FIRST, nextRun, settled, update, wants } from "./steps";

const MISTAKES: readonly (readonly [input: object, mistake: RegExp])[] = [
  [{ timeoutSeconds: -1 }, /timeoutSeconds must be a number of seconds above 0/],
  [{ expiryWarningDays: "many" }, /expiryWarningDays must be a number of days/],
  [{ detectDrift: "never" }, /detectDrift must be "onRefresh" or "always"/],
  [{ adopt: "yes" }, /adopt must be true or false/],
  [{ keyProvider: ".." }, /keyProvider must not be "\.\."/],
  [{ privateKeyFile: "kms.key" }, /privateKey and privateKeyFile are both given/],
];

const KEY_FILE = { privateKey: undefined, privateKeyFile: "no-such.key" };

export const DECLARED: readonly Behaviour[] = [
  {
    name: "a preview tells every mistake at once",
    on: EVERYWHERE,
    steps: [
      check(
        wants("first", (subject) => ({
          ...Object.fromEntries(MISTAKES.flatMap(([input]) => Object.entries(input))),
          privateKey: subject.inputs("second")["privateKey"],
        })),
        [...MISTAKES.map(([, mistake]) => mistake), /does not belong/],
        seesNothing,
      ),
    ],
  },
  {
    name: "a preview passes without the key file, with a warning, and the up fails before any request",
    on: EVERYWHERE,
    steps: [
      check(wants("first", KEY_FILE), [], seesNothing, says("warning", /no-such\.key" does not exist/)),
      nextRun,
      create(wants("first", KEY_FILE), fails("ERR_KEY_FILE", /no-such\.key/), seesNothing),
      nextRun,
      create(FIRST, holds("first"), sees({ writes: 1 })),
    ],
  },
  {
    name: "the same certificate written in another way, or with its key in a file, is no change",
    on: EVERYWHERE,
    steps: [
      create(FIRST),
      nextRun,
      ...[
        (text: string): string => `Certificate:\n    Data:\n${text}`.replaceAll("\n", "\r\n"),
        (text: string): string => `${text.replaceAll("\n", "\r\n")}\r\n`,
      ].map((rewritten) =>
        update(
          wants("first", (subject) => ({ certificate: rewritten(String(subject.inputs("first")["certificate"])) })),
          holds("first"),
          seesNothing,
          saysNothing,
        ),
      ),
      ...[KEY_FILE, { adopt: true }, { expiryWarningDays: 5 }, { detectDrift: "onRefresh" }].map((more) =>
        diff(wants("first", more), "none", seesNothing),
      ),
    ],
  },
  {
    name: "an option of the state is a change without a request",
    steps: [
      settled("first"),
      diff(wants("first", { timeoutSeconds: 60 }), "update", seesNothing),
      update(wants("first", { timeoutSeconds: 60 }), holds("first")),
      diff(wants("first", { timeoutSeconds: 60 }), "none"),
    ],
  },
];
