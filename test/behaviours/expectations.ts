// SPDX-License-Identifier: Apache-2.0
// What a step must end as, say, and have vCenter see.

import assert from "node:assert/strict";
import type { Outcome, Properties } from "../support/driver";
import { describe } from "../support/driver/outcome";
import type { Traffic } from "../support/traffic";
import { NOTHING, takeTraffic } from "../support/traffic";
import type { Stage, Step, Target, Which } from "./behaviour";
import { writeTask } from "./steps";

function ended<K extends Outcome["kind"]>({ outcome }: Stage, kind: K): Extract<Outcome, { kind: K }> {
  assert.ok(outcome?.kind === kind, `wanted ${kind}, got ${outcome === undefined ? "nothing" : describe(outcome)}`);
  return outcome as Extract<Outcome, { kind: K }>;
}

/** Success; the outputs show it and nothing else is awaited. */
export const shows =
  (which: Which): Step =>
  (s) => {
    const { properties } = ended(s, "success");
    s.subject.assertShows(properties, which, s.simulator);
    s.subject.assertAwaits(properties, undefined);
    assert.deepEqual([properties["pendingTaskId"], properties["pendingHealth"]], [undefined, undefined]);
    assert.equal(properties["__provider"], s.subject.type.handlerLine);
    for (const name of ["privateKey", "passphrase", "__urn"]) assert.equal(name in properties, false, name);
    assert.equal(s.driver.saved()?.notFinished, false);
  };

/** Success, proved: the outputs show it and the server holds it. */
export const holds =
  (which: Which, target: Partial<Target> = {}): Step =>
  async (s) => {
    await shows(which)(s);
    const open = Object.keys(s.driver.saved()?.outputs ?? {}).filter((name) => name.startsWith("pending"));
    assert.deepEqual(open, []);
    const { cluster, keyProvider } = { cluster: s.simulator.cluster, keyProvider: s.simulator.keyProvider, ...target };
    s.subject.assertHeld(s.simulator, which, { cluster, keyProvider });
    assert.equal(s.driver.saved()?.id, `${cluster}/${keyProvider}`);
  };

/** Success under the task of the last write; `not`: under another one than that which was `pending`. */
export const byTask =
  (of: "the last write" | "nobody"): Step =>
  (s) => {
    const { properties } = ended(s, "success");
    assert.equal(properties["taskId"], of === "nobody" ? undefined : writeTask(s).id);
  };

/** A plain failure: what was saved before stays saved. */
export const fails =
  (code: string, ...texts: readonly (string | RegExp)[]): Step =>
  (s) => {
    const failure = ended(s, "failure");
    assert.equal(failure.code, code, failure.message);
    for (const text of texts) assert.ok(new RegExp(text, "s").test(failure.message), failure.message);
  };

/** Saved as not finished, with the task of the last write. */
export const isNotFinished =
  (code: string, awaited: Which, shown?: Which): Step =>
  (s) => {
    const outcome = ended(s, "not-finished");
    assert.equal(outcome.code, code, outcome.message);
    assert.equal(outcome.id, `${s.simulator.cluster}/${s.simulator.keyProvider}`);
    assert.deepEqual(outcome.reasons, [outcome.message]);
    assert.ok(outcome.message.includes(writeTask(s).id), outcome.message);
    assertAwaits(s, outcome.properties, awaited, shown);
    assert.equal(s.driver.saved()?.notFinished, true);
  };

/** Saved as not finished: the server holds it, and only the key server's health is awaited. */
export const awaitsHealth =
  (code: string, held: Which, ...texts: readonly RegExp[]): Step =>
  (s) => {
    const outcome = ended(s, "not-finished");
    assert.equal(outcome.code, code, outcome.message);
    for (const text of texts) assert.match(outcome.message, text);
    assertAwaitsHealth(s, outcome.properties, held);
    assert.equal(s.driver.saved()?.notFinished, true);
  };

/** A refresh after which the health is still awaited. */
export const stillAwaitsHealth =
  (held: Which): Step =>
  (s) => {
    assertAwaitsHealth(s, ended(s, "success").properties, held);
  };

function assertAwaitsHealth(s: Stage, properties: Properties, held: Which): void {
  s.subject.assertShows(properties, held, s.simulator);
  s.subject.assertAwaits(properties, undefined);
  assert.deepEqual([properties["pendingTaskId"], properties["pendingHealth"]], [undefined, true]);
  assert.equal(properties["__provider"], s.subject.type.handlerLine);
  s.subject.assertHeld(s.simulator, held, s.simulator);
}

/** A success after which the task of the last write is still awaited, and the old facts stay facts. */
export const stillAwaits =
  (awaited: Which, shown?: Which): Step =>
  (s) => {
    const { id, properties } = ended(s, "success");
    assert.equal(id, `${s.simulator.cluster}/${s.simulator.keyProvider}`);
    assertAwaits(s, properties, awaited, shown);
  };

function assertAwaits(s: Stage, properties: Properties, awaited: Which, shown: Which | undefined): void {
  s.subject.assertShows(properties, shown, s.simulator);
  s.subject.assertAwaits(properties, awaited);
  assert.equal(properties["pendingTaskId"], writeTask(s).id);
  assert.equal(properties["__provider"], s.subject.type.handlerLine);
}

/** A refresh that drops the resource. */
export const isGone: Step = (s) => {
  assert.equal(ended(s, "success").id, undefined);
  assert.equal(s.driver.saved(), undefined);
};

/** Inputs of the saved state; an undefined value: no such input. */
export const hasInputs =
  (expected: (s: Stage) => Properties): Step =>
  (s) => {
    const inputs = s.driver.saved()?.inputs ?? {};
    for (const [name, value] of Object.entries(expected(s))) assert.deepEqual(inputs[name], value, name);
  };

/** Outputs of the saved state. */
export const hasOutputs =
  (expected: Properties | ((s: Stage) => Properties)): Step =>
  (s) => {
    const outputs = s.driver.saved()?.outputs ?? {};
    const wanted = typeof expected === "function" ? expected(s) : expected;
    for (const [name, value] of Object.entries(wanted)) assert.deepEqual(outputs[name], value, name);
  };

/** What vCenter has seen in this step, of these kinds. */
export const sees =
  (expected: Partial<Traffic> & { readonly writes?: number }): Step =>
  ({ simulator, subject }) => {
    const { writes, ...others } = expected;
    const traffic: Readonly<Record<string, number>> = { ...takeTraffic(simulator) };
    const wanted: Readonly<Record<string, number>> = {
      ...others,
      ...(writes === undefined
        ? {}
        : { patches: 0, posts: 0, [subject.write === "patch" ? "patches" : "posts"]: writes }),
    };
    const seen = Object.fromEntries(Object.keys(wanted).map((kind) => [kind, traffic[kind]]));
    assert.deepEqual(seen, wanted);
  };

export const seesNothing: Step = sees(NOTHING);

/** One message that stays, and no other. */
export const says =
  (severity: "info" | "warning", text: RegExp): Step =>
  ({ driver }) => {
    const notices = driver.notices();
    assert.deepEqual(
      notices.map((notice) => notice.severity),
      [severity],
      JSON.stringify(notices),
    );
    assert.match(notices[0]?.text ?? "", text);
  };

/** Found drift may be another stack's doing. */
export const saysAnotherStack: Step = says(
  "warning",
  /the state names SHA-256.*\. `pulumi up --refresh` repairs that\..*another stack or TrustAuthorityProvider manages the same key provider/,
);

export const saysNothing: Step = ({ driver }) => {
  assert.deepEqual(driver.notices(), []);
};
