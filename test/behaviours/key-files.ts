// SPDX-License-Identifier: Apache-2.0
// The certificate as text, its key in a file: what the state keeps of it, and when the file is read.

import assert from "node:assert/strict";
import type { Behaviour, Step, Subject, Which } from "./behaviour";
import { THROUGH_HOST } from "./behaviour";
import { hasInputs, holds, saysNothing, sees, seesNothing, shows } from "./expectations";
import { certificateOf, filesOf, keyOf } from "./files-of-row";
import { check, create, diff, nextRun, refresh, somebodyPuts, update, wants } from "./steps";
import type { Want } from "./steps";

const rotated = filesOf("rotation-only");
const optional = filesOf("optional");
const ignored = filesOf("ignored-key");

const OPTIONS = { timeoutSeconds: 21, expiryWarningDays: 5, detectDrift: "onRefresh", adopt: false };

const keyed = (files: ReturnType<typeof filesOf>, more: Readonly<Record<string, unknown>> = {}): Want =>
  wants("first", { privateKey: undefined, privateKeyFile: files.path("client.key"), ...more });
const writeKey = (files: ReturnType<typeof filesOf>): Step =>
  files.write("client.key", (subject) => keyOf(subject, "first"));

/** What a refresh leaves for the engine to compare with the program: this certificate, and all else as it was given. */
const hasOnlyDrifted =
  (want: Want, which: Which): Step =>
  async (s) => {
    const given = { ...want(s.subject), certificate: certificateOf(s.subject, which) };
    await hasInputs(() => given)(s);
    const names = Object.keys(s.driver.saved()?.inputs ?? {}).filter((name) => !name.startsWith("__"));
    assert.deepEqual(names.sort(), Object.keys(given).sort());
  };

/** `ignoreChanges: ["privateKeyFile"]`: the engine puts the state's input in place of the program's. */
const updateIgnoringKeyFile =
  (...expectations: readonly Step[]): Step =>
  (s) =>
    update(keyed(ignored, { privateKeyFile: s.driver.saved()?.inputs["privateKeyFile"] }), ...expectations)(s);

const der = (subject: Subject): Buffer =>
  Buffer.from(keyOf(subject, "first").replace(/-----[^-]+-----|\s/g, ""), "base64");
const KEY_TEXTS: readonly ((subject: Subject) => string)[] = [
  (subject) => keyOf(subject, "first"),
  (subject) => keyOf(subject, "first").replaceAll("\n", " "),
  (subject) => Buffer.from(keyOf(subject, "first")).toString("base64"),
  (subject) => der(subject).toString("base64"),
  (subject) => der(subject).toString("hex"),
];

export const KEY_FILES: readonly Behaviour[] = [
  {
    name: "a key file that is there for the rotation alone is not missed in a no-op, nor in a refresh",
    on: THROUGH_HOST,
    steps: [
      writeKey(rotated),
      create(keyed(rotated), holds("first")),
      rotated.remove("client.key"),
      nextRun,
      diff(keyed(rotated), "none", seesNothing, saysNothing),
      update(keyed(rotated), shows("first"), seesNothing, saysNothing),
      nextRun,
      refresh(shows("first"), saysNothing),
    ],
  },
  {
    name: "a refresh that finds drift changes the certificate alone, whatever options the program gives",
    on: THROUGH_HOST,
    steps: [
      writeKey(optional),
      create(keyed(optional, OPTIONS), holds("first")),
      somebodyPuts("second"),
      nextRun,
      refresh(shows("second")),
      hasOnlyDrifted(keyed(optional, OPTIONS), "second"),
      update(keyed(optional, OPTIONS), holds("first"), sees({ writes: 1 })),
      hasOnlyDrifted(keyed(optional, OPTIONS), "first"),
    ],
  },
  {
    name: "with ignoreChanges on the key file, what has drifted is repaired with the key of the state, in one up",
    on: THROUGH_HOST,
    steps: [
      writeKey(ignored),
      create(keyed(ignored), holds("first")),
      somebodyPuts("second"),
      nextRun,
      refresh(shows("second")),
      updateIgnoringKeyFile(holds("first"), sees({ writes: 1 })),
      updateIgnoringKeyFile(shows("first"), seesNothing, saysNothing),
    ],
  },
  {
    name: "the text of a key in place of its path is refused, in any form, and never shown",
    on: THROUGH_HOST,
    steps: KEY_TEXTS.flatMap((text) => [
      check(
        (subject) => keyed(optional, { privateKeyFile: text(subject) })(subject),
        [/privateKeyFile is not a path.*for the text use privateKey/],
        seesNothing,
      ),
      nextRun,
    ]),
  },
];
