// SPDX-License-Identifier: Apache-2.0
// What the hosts make themselves, as the table sees it. Nobody knows beforehand what "the first" will be: it is what the
// server holds when it is met for the first time, and from then on nothing else.

import assert from "node:assert/strict";
import {
  fingerprintOfPem,
  makeCertificate,
  makeSigningRequest,
  publicKeyOfRequest,
} from "../fixtures/certificates/make";
import type { Simulator } from "../simulator";
import { SELF_SIGNED, SIGNING_REQUEST } from "../support/driver";
import type { Properties } from "../support/driver";
import type { Subject, Target, Which } from "./behaviour";

const TARGET = { cluster: "domain-c8", keyProvider: "kms-1" };

/** How one kind is written and told apart. */
interface Kind extends Pick<Subject, "type" | "write" | "read" | "afterDelete"> {
  /** The output that tells one from another. */
  readonly told: "sha256Fingerprint" | "publicKeySha256";
  /** What {@link told} is for what the server holds; "null" if that is nothing. */
  readonly live: (simulator: Simulator, target: Target) => string;
  readonly put: (simulator: Simulator, pem: string | null) => void;
  /** Some that somebody else has made: PEM, and what it is told by. */
  readonly made: Readonly<Record<Which, { readonly pem: string; readonly told: string }>>;
  readonly pemOutput: "certificate" | "csr";
}

/** KmsSelfSignedClientCertificate. */
export async function makeSelfSignedSubject(): Promise<Subject> {
  const [first, second] = await Promise.all([makeCertificate(), makeCertificate()]);
  const made = ({ certificatePem, fingerprint }: typeof first): { pem: string; told: string } => ({
    pem: certificatePem,
    told: fingerprint,
  });
  return subjectOf({
    type: SELF_SIGNED,
    write: "post",
    read: "readCertificate",
    afterDelete: /the certificate stays on the hosts/,
    told: "sha256Fingerprint",
    live: (simulator, { cluster, keyProvider }) => fingerprintOfPem(simulator.certificate(cluster, keyProvider)),
    put: (simulator, pem) => {
      simulator.setCertificate(pem);
    },
    made: { first: made(first), second: made(second) },
    pemOutput: "certificate",
  });
}

/** KmsClientCertificateSigningRequest. */
export async function makeSigningRequestSubject(): Promise<Subject> {
  const [first, second] = await Promise.all([makeSigningRequest(), makeSigningRequest()]);
  const made = ({ csrPem, publicKeySha256 }: typeof first): { pem: string; told: string } => ({
    pem: csrPem,
    told: publicKeySha256,
  });
  return subjectOf({
    type: SIGNING_REQUEST,
    write: "createCsr",
    read: "readCsr",
    afterDelete: /the signing request stays on the hosts/,
    told: "publicKeySha256",
    live: (simulator, { cluster, keyProvider }) => {
      const pem = simulator.csr(cluster, keyProvider);
      return pem == null ? String(pem) : publicKeyOfRequest(pem);
    },
    put: (simulator, pem) => {
      simulator.setCsr(pem);
    },
    made: { first: made(first), second: made(second) },
    pemOutput: "csr",
  });
}

function subjectOf(kind: Kind): Subject {
  const { type, write, read, afterDelete, told, live, made, pemOutput } = kind;
  const met = new WeakMap<Simulator, Map<string, string>>();
  const metOn = (simulator: Simulator): Map<string, string> => {
    const known = met.get(simulator) ?? new Map<string, string>();
    met.set(simulator, known);
    return known;
  };
  const keyOf = (which: Which, { cluster, keyProvider }: Target): string => `${which} ${cluster}/${keyProvider}`;
  /** What it is told by: from the first meeting on the same, and never what another one is told by. */
  const toldBy = (simulator: Simulator, which: Which, target: Target): string => {
    const known = metOn(simulator);
    const key = keyOf(which, target);
    const seen = known.get(key) ?? live(simulator, target);
    assert.ok(seen.length > 40, `the server holds ${seen}`);
    for (const [other, value] of known) if (other !== key) assert.notEqual(seen, value, `${key} is ${other}`);
    known.set(key, seen);
    return seen;
  };
  return {
    ...{ type, write, read, afterDelete, keys: [] },
    inputs: (which) => ({ ...TARGET, triggers: [which] }),
    outputs: (which, server) => ({
      ...{ ...TARGET, __provider: type.handlerLine, server, triggers: [which] },
      ...{ [pemOutput]: made[which].pem, [told]: made[which].told },
    }),
    put: (simulator, which) => {
      if (which !== undefined) metOn(simulator).set(keyOf(which, TARGET), made[which].told);
      kind.put(simulator, which === undefined ? null : made[which].pem);
    },
    forget: (simulator, which) => {
      const known = metOn(simulator);
      const key = keyOf(which, TARGET);
      known.set(`an earlier ${key}`, known.get(key) ?? "");
      known.delete(key);
    },
    assertShows: (outputs, which, simulator) => {
      assert.equal(outputs[told], which && toldBy(simulator, which, targetOf(outputs)));
    },
    assertAwaits: (outputs, which) => {
      const replaces = outputs["pendingReplaces"];
      // A refresh that finds that a write has failed leaves "anything": the next run makes a new one.
      if (which === undefined) assert.ok(replaces === undefined || replaces === "anything", String(replaces));
      else assert.match(String(replaces), /^(nothing|(?:[0-9A-F]{2}:){31}[0-9A-F]{2})$/);
    },
    assertHeld: (simulator, which, target) => {
      assert.equal(live(simulator, target), toldBy(simulator, which, target));
      assert.ok(metOn(simulator).get(keyOf(which, target)) !== undefined);
    },
  };
}

function targetOf(outputs: Properties): Target {
  return { cluster: String(outputs["cluster"]), keyProvider: String(outputs["keyProvider"]) };
}
