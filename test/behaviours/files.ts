// SPDX-License-Identifier: Apache-2.0
// Certificate and key in files: when they are read, what a missing one means, and what the state keeps. In which forms they
// may come is held in test/unit/x509.

import assert from "node:assert/strict";
import type { Behaviour, Which } from "./behaviour";
import { EVERYWHERE, THROUGH_HOST } from "./behaviour";
import { fails, hasInputs, holds, says, saysNothing, sees, seesNothing, shows } from "./expectations";
import { certificateOf, filesOf, keyOf } from "./files-of-row";
import {
  check,
  create,
  diff,
  FIRST,
  nextRun,
  onceChecked,
  refresh,
  SECOND,
  somebodyPuts,
  update,
  wants,
} from "./steps";
import type { Want } from "./steps";

const rotated = filesOf("rotated");
const moved = filesOf("moved");
const absent = filesOf("absent");
const changed = filesOf("changed");
const combined = filesOf("combined");
const drifted = filesOf("drifted");
const ignored = filesOf("ignored");

const CHANGED = /certificateFile has changed since it was checked.*Run `[^`]+` again; nothing was sent/;

/** What the program gives while the engine's `ignoreChanges: ["certificate"]` puts the state's beside it. */
const certificateOfState =
  (want: Want, which: Which): Want =>
  (subject) => ({ ...want(subject), certificate: certificateOf(subject, which) });

export const FILES: readonly Behaviour[] = [
  {
    name: "certificate and key come from files, a no-op reads no key file, and a new certificate in its file is a change",
    on: EVERYWHERE,
    steps: [
      ...rotated.pair("first"),
      create(rotated.want(), holds("first"), sees({ writes: 1 })),
      hasInputs(({ subject }) => ({
        certificate: certificateOf(subject, "first"),
        certificateFile: rotated.path("client.pem"),
        privateKeyFile: rotated.path("client.key"),
      })),
      rotated.remove("client.key"),
      nextRun,
      diff(rotated.want(), "none", seesNothing, saysNothing),
      update(rotated.want(), holds("first"), seesNothing, saysNothing),
      ...rotated.pair("second"),
      nextRun,
      diff(rotated.want(), "update", seesNothing),
      update(rotated.want(), holds("second"), sees({ writes: 1 })),
    ],
  },
  {
    name: "a certificate that moves from text to file, with its key, is no change",
    steps: [
      create(FIRST),
      ...moved.pair("first"),
      update(moved.want(), holds("first"), seesNothing, saysNothing),
      update(FIRST, holds("first"), seesNothing, saysNothing),
    ],
  },
  {
    name: "a missing certificateFile fails a create before any request; with a certificate in the state it warns, and nothing changes",
    on: THROUGH_HOST,
    steps: [
      check(absent.want(), [], seesNothing, ({ driver }) => {
        const texts = driver.notices().map(({ text }) => text);
        assert.equal(
          texts.filter((text) =>
            /client\.(pem|key)" does not exist.*the certificate cannot be applied without it/.test(text),
          ).length,
          2,
        );
      }),
      nextRun,
      create(absent.want(), fails("ERR_CERTIFICATE_FILE", /absent-client\.pem" does not exist/), seesNothing),
      ...absent.pair("first"),
      nextRun,
      create(absent.want(), holds("first")),
      absent.remove("client.pem"),
      absent.remove("client.key"),
      nextRun,
      diff(absent.want(), "none", seesNothing, says("warning", /client\.pem" does not exist; the certificate stays/)),
      update(absent.want(), holds("first"), seesNothing),
      hasInputs(({ subject }) => ({ certificate: certificateOf(subject, "first") })),
    ],
  },
  {
    name: "a certificateFile that changes between check and the write fails without a write; run again, it works",
    steps: [
      ...changed.pair("first"),
      onceChecked(...changed.pair("second")),
      create(changed.want(), fails("ERR_CERTIFICATE_FILE", CHANGED), sees({ writes: 0 })),
      create(changed.want(), holds("second"), sees({ writes: 1 })),
      ...changed.pair("first"),
      onceChecked(...changed.pair("second")),
      update(changed.want(), fails("ERR_CERTIFICATE_FILE", CHANGED), sees({ writes: 0 })),
      // The file holds what the server has: nothing is left to do.
      update(changed.want(), shows("second"), seesNothing),
      ...changed.pair("first"),
      update(changed.want(), holds("first"), sees({ writes: 1 })),
    ],
  },
  {
    name: "a file with the key, given as certificate alone, is refused; the remedy, followed to the letter, works",
    on: THROUGH_HOST,
    steps: [
      combined.write("client.pem", (subject) => keyOf(subject, "first") + certificateOf(subject, "first")),
      check(
        combined.want({ privateKeyFile: undefined }),
        [/also holds a private key.*set privateKeyFile to the same path/],
        seesNothing,
      ),
      nextRun,
      create(combined.want({ privateKeyFile: undefined }), fails("ERR_INPUT_INVALID", /privateKeyFile/), seesNothing),
      nextRun,
      create(combined.want({ privateKeyFile: combined.path("client.pem") }), holds("first"), sees({ writes: 1 })),
    ],
  },
  {
    name: "of several certificates the one that fits the key is sent, and the state keeps it alone",
    on: THROUGH_HOST,
    steps: [
      create(
        wants("first", (subject) => ({
          certificate: certificateOf(subject, "second") + certificateOf(subject, "first"),
        })),
        holds("first"),
        says("info", /of 2 certificates, CN=kms-client is sent, and not the 1 beside it/),
        hasInputs(({ subject }) => ({ certificate: certificateOf(subject, "first") })),
      ),
      nextRun,
      check(
        wants("first", (subject) => ({
          certificate: certificateOf(subject, "second") + certificateOf(subject, "first"),
          privateKey: undefined,
        })),
        [/2 certificates could be the client's/],
      ),
    ],
  },
  {
    name: "a refresh keeps the paths, and what has drifted is repaired from the files",
    on: THROUGH_HOST,
    steps: [
      ...drifted.pair("first"),
      create(drifted.want({ passphraseEnv: "NOT_NEEDED" }), holds("first")),
      somebodyPuts("second"),
      nextRun,
      refresh(shows("second")),
      hasInputs(({ subject }) => ({
        certificate: certificateOf(subject, "second"),
        certificateFile: drifted.path("client.pem"),
        privateKeyFile: drifted.path("client.key"),
        passphraseEnv: "NOT_NEEDED",
      })),
      update(drifted.want({ passphraseEnv: "NOT_NEEDED" }), holds("first"), sees({ writes: 1 })),
    ],
  },
  {
    name: "with ignoreChanges on the certificate, what has drifted stays, and needs no key",
    steps: [
      create(FIRST),
      somebodyPuts("second"),
      refresh(shows("second")),
      update(certificateOfState(FIRST, "second"), shows("second"), seesNothing, saysNothing),
      ...ignored.pair("first"),
      create(ignored.want(), holds("first")),
      somebodyPuts("second"),
      refresh(shows("second")),
      update(certificateOfState(ignored.want(), "second"), shows("second"), seesNothing, saysNothing),
      check(certificateOfState(ignored.want(), "first"), [/certificate and certificateFile are both given/]),
    ],
  },
  {
    name: "what is given as text and as file, or not at all, is refused",
    steps: [
      check(wants("first", { certificateFile: "client.pem" }), [/certificate and certificateFile are both given/]),
      check(wants("first", { certificate: undefined }), [/certificate is missing: give it, or certificateFile/]),
      check(
        (subject) => ({
          ...SECOND(subject),
          certificate: undefined,
          certificateFile: certificateOf(subject, "second"),
        }),
        [/certificateFile is not a path: it holds the text of a PEM block/],
      ),
    ],
  },
];
