// SPDX-License-Identifier: Apache-2.0
// What a program may declare: what a preview refuses, what it passes, and what the up then does. No preview sends a request.

import type { Behaviour, Step, Subject } from "./behaviour";
import { EVERYWHERE, THROUGH_HOST } from "./behaviour";
import { fails, hasInputs, hasOutputs, holds, says, saysNothing, sees, seesNothing, shows } from "./expectations";
import {
  check,
  create,
  diff,
  FIRST,
  nextRun,
  refresh,
  remove,
  saved,
  settled,
  somebodyPuts,
  update,
  wants,
} from "./steps";

const MISTAKES: readonly (readonly [input: object, mistake: RegExp])[] = [
  [{ timeoutSeconds: -1 }, /timeoutSeconds must be a number of seconds above 0/],
  [{ expiryWarningDays: "many" }, /expiryWarningDays must be a number of days/],
  [{ detectDrift: "never" }, /detectDrift must be "onRefresh" or "always"/],
  [{ adopt: "yes" }, /adopt must be true or false/],
  [{ waitForHealth: 1 }, /waitForHealth must be true or false/],
  [{ keyProvider: ".." }, /keyProvider must not be "\.\."/],
  [{ privateKeyFile: "kms.key" }, /privateKey and privateKeyFile are both given/],
  [{ onDelete: "generateSelfSigned" }, /onDelete.*declare a KmsSelfSignedClientCertificate/],
];

/** The first is still on the server. */
const STAYS: Step = ({ subject, simulator }) => {
  subject.assertHeld(simulator, "first", simulator);
};

const KEY_FILE = { privateKey: undefined, privateKeyFile: "no-such.key" };

/** The same certificate with text before it and CRLF lines. */
const rewritten = (subject: Subject): { readonly certificate: string } => ({
  certificate: `Certificate:\n    Data:\n${String(subject.inputs("first")["certificate"])}`.replaceAll("\n", "\r\n"),
});
const REWRITTEN = wants("first", rewritten);

/** As `.env` files and variables of CI have it. */
const escaped = (text: unknown): string => `"${String(text).replaceAll("\n", "\\n")}"`;
const ESCAPED = wants("first", (subject) => {
  const { certificate, privateKey } = subject.inputs("first");
  return { certificate: escaped(certificate), privateKey: escaped(privateKey) };
});

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
    name: "the same certificate written in another way is no change, and a refresh leaves it as it was written",
    on: EVERYWHERE,
    steps: [
      create(REWRITTEN, holds("first")),
      nextRun,
      diff(FIRST, "none", seesNothing),
      refresh(
        shows("first"),
        hasInputs(({ subject }) => rewritten(subject)),
      ),
      update(FIRST, holds("first"), seesNothing, saysNothing),
    ],
  },
  {
    name: "a certificate whose line ends were escaped is taken, with its key, and the state has it with line ends",
    steps: [
      create(ESCAPED, holds("first")),
      hasInputs(({ subject }) => ({ certificate: subject.inputs("first")["certificate"] })),
      hasOutputs(({ subject }) => ({ certificate: subject.inputs("first")["certificate"] })),
      update(ESCAPED, holds("first"), seesNothing, saysNothing),
      update(FIRST, holds("first"), seesNothing, saysNothing),
    ],
  },
  {
    name: "what changes nothing on the server is no change",
    steps: [
      create(FIRST),
      ...[
        KEY_FILE,
        { adopt: true },
        { expiryWarningDays: 5 },
        { detectDrift: "onRefresh" },
        { __provider: "exports.handler = () => 'of another release'" },
        { __urn: "urn:pulumi:test::trial::pulumi-nodejs:dynamic/trustauthority:KmsClientCertificate::renamed" },
      ].map((more) => diff(wants("first", more), "none", seesNothing)),
    ],
  },
  {
    name: "a state of 0.1.0 that asks for a self-signed certificate at its end is deleted without a request, and says so",
    on: THROUGH_HOST,
    steps: [
      somebodyPuts("first"),
      saved("first", { onDelete: "generateSelfSigned" }),
      remove(seesNothing, says("warning", /generateSelfSigned is no longer carried out/)),
      STAYS,
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
