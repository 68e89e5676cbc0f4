// SPDX-License-Identifier: Apache-2.0
// What belongs to a certificate beside its key: passphrases, signing requests, and values that a preview does not know.

import assert from "node:assert/strict";
import { unknownValue as UNKNOWN_VALUE } from "../support/dynamic-provider/properties";
import type { Behaviour, Step, Subject, Which } from "./behaviour";
import { THROUGH_HOST } from "./behaviour";
import { fails, holds, says, sees, seesNothing } from "./expectations";
import { bench, certificateOf, filesOf, keyOf } from "./files-of-row";
import { check, create, diff, nextRun, somebodyPuts, update, wants } from "./steps";
import type { Want } from "./steps";

const PASSPHRASE = "open sesame";
/** Is in the provider's environment anyway, and must not show anywhere. */
const VARIABLE = "VSPHERE_TRUST_AUTHORITY_PASSWORD";
const container = filesOf("container");
const unknown = filesOf("unknown");

const P12 = { certificateFile: container.path("client.p12"), privateKeyFile: container.path("client.p12") };
/** Rows run beside each other: a file that several read is written once, and stays. */
function oncePerSubject(make: (subject: Subject) => void): Step {
  const made = new WeakSet<Subject>();
  return ({ subject }) => {
    if (made.has(subject)) return;
    made.add(subject);
    make(subject);
  };
}

const MAKE_P12 = oncePerSubject((subject) => {
  bench.write("p12.key", keyOf(subject, "first"));
  bench.write("p12.pem", certificateOf(subject, "first"));
  const command = ["pkcs12", "-export", "-inkey", "p12.key", "-in", "p12.pem", "-out", "container-client.p12"];
  bench.run("openssl", [...command, "-passout", `pass:${PASSPHRASE}`]);
  bench.write("container-client.txt", `${PASSPHRASE}\r\n`);
});

const MAKE_REQUESTS = oncePerSubject((subject) => {
  for (const which of ["first", "second"] as const) {
    bench.write(`csr-${which}.key`, keyOf(subject, which));
    bench.run("openssl", ["req", "-new", "-key", `csr-${which}.key`, "-subj", "/CN=x", "-out", `csr-${which}`]);
  }
});

export const PASSPHRASES_AND_REQUESTS: readonly Behaviour[] = [
  {
    name: "a PKCS#12 is opened with the passphrase, its file or its variable, and refused without",
    on: THROUGH_HOST,
    vcenter: { password: PASSPHRASE },
    steps: [
      MAKE_P12,
      check(container.want(P12), [/needs a passphrase.*passphraseEnv/]),
      check(container.want({ ...P12, passphrase: "wrong" }), [/does not open with the given passphrase/]),
      ...[
        { passphrase: PASSPHRASE },
        { passphraseFile: container.path("client.txt") },
        { passphraseEnv: VARIABLE },
      ].flatMap((more) => [
        nextRun,
        create(container.want({ ...P12, ...more }), holds("first"), ({ driver }) => {
          assert.equal(JSON.stringify(driver.saved()?.outputs).includes(PASSPHRASE), false);
        }),
      ]),
      check(container.want({ ...P12, passphrase: "a", passphraseEnv: "B" }), [/passphrase and passphraseEnv are both/]),
    ],
  },
  {
    name: "a missing passphrase is a missing file",
    steps: [
      MAKE_P12,
      ...[{ passphraseFile: container.path("no.txt") }, { passphraseEnv: "constructor" }].flatMap((more) => [
        check(
          container.want({ ...P12, ...more }),
          [],
          says("warning", /passphrase(File|Env) names.*the certificate cannot be applied without it/),
        ),
        create(container.want({ ...P12, ...more }), fails("ERR_KEY_FILE", /passphrase(File|Env)/), seesNothing),
        nextRun,
      ]),
      create(container.want({ ...P12, passphrase: PASSPHRASE })),
      diff(container.want({ ...P12, passphraseEnv: "NO_SUCH_VARIABLE" }), "none"),
      nextRun,
      update(
        container.want({ ...P12, passphraseEnv: "NO_SUCH_VARIABLE" }),
        holds("first"),
        seesNothing,
        says("warning", /passphraseEnv names is not set; the certificate stays as it is/),
      ),
    ],
  },
  {
    name: "nothing that a preview does not know yet is a mistake",
    on: THROUGH_HOST,
    steps: [
      MAKE_P12,
      unknown.write("chain.pem", (subject) => certificateOf(subject, "first") + certificateOf(subject, "second")),
      ...[
        { certificate: UNKNOWN_VALUE, certificateFile: undefined, privateKeyFile: undefined },
        { certificateFile: UNKNOWN_VALUE, privateKeyFile: UNKNOWN_VALUE },
        { ...P12, passphrase: UNKNOWN_VALUE },
        { ...P12, passphraseFile: UNKNOWN_VALUE },
        { ...P12, passphraseEnv: UNKNOWN_VALUE },
        { certificateFile: unknown.path("chain.pem"), privateKeyFile: UNKNOWN_VALUE },
        { certificateFile: unknown.path("chain.pem"), privateKeyFile: undefined, privateKey: UNKNOWN_VALUE },
        {
          certificateFile: undefined,
          certificate: UNKNOWN_VALUE,
          privateKeyFile: undefined,
          signingRequest: UNKNOWN_VALUE,
        },
      ].map((more) => check(unknown.want(more), [], seesNothing)),
    ],
  },
  {
    name: "a certificate of another signing request is refused; one of the state only warns",
    on: THROUGH_HOST,
    steps: [
      MAKE_REQUESTS,
      check(requested("first", "second"), [/does not carry the public key of signingRequest/], seesNothing),
      nextRun,
      create(requested("first", "second"), fails("ERR_CERTIFICATE_INVALID", /signingRequest/), seesNothing),
      nextRun,
      create(requested("first", "first"), holds("first")),
      nextRun,
      update(requested("first", "second"), holds("first"), seesNothing, says("warning", /signingRequest.*have the CA/)),
      update(requested("second", "second"), holds("second")),
      check(wants("second", { signingRequest: "no request" }), [/the signing request is not PEM/]),
    ],
  },
  {
    name: "a signing request tells which of several certificates is meant",
    steps: [
      MAKE_REQUESTS,
      somebodyPuts("second"),
      create(
        wants("second", (subject) => ({
          ...requested("second", "second")(subject),
          certificate: certificateOf(subject, "first") + certificateOf(subject, "second"),
          privateKey: undefined,
          adopt: true,
        })),
        holds("second"),
        sees({ writes: 0 }),
      ),
    ],
  },
];

function requested(which: Which, request: Which): Want {
  return wants(which, () => ({ signingRequest: bench.read(`csr-${request}`).toString() }));
}
