// SPDX-License-Identifier: Apache-2.0
// The steps of behaviours: what a program, a server or somebody else does.

import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { RequestAction, Simulator, TaskScript, TaskSummary } from "../simulator";
import type { Difference, Driver, Outcome, Properties } from "../support/driver";
import { takeTraffic } from "../support/traffic";
import type { Stage, Step, Subject, Which } from "./behaviour";

/** What a program declares; an undefined value leaves an input out. */
export type Want = (subject: Subject) => Properties;

/** Enough for every wait that is to end. */
const TIMEOUT_SECONDS = 20;

export function wants(which: Which, more: Properties | ((subject: Subject) => Properties) = {}): Want {
  return (subject) => {
    const others = typeof more === "function" ? more(subject) : more;
    const all: Properties = { ...subject.inputs(which), timeoutSeconds: TIMEOUT_SECONDS, ...others };
    return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  };
}

export const FIRST = wants("first");
export const SECOND = wants("second");
/** The wait is given up; enough for a login, a read and a write on a busy machine. */
export const BRIEFLY = { timeoutSeconds: 3 };

const run =
  (method: (driver: Driver, s: Stage) => Promise<Outcome>, expectations: readonly Step[]): Step =>
  async (s) => {
    takeTraffic(s.simulator);
    s.outcome = await method(s.driver, s);
    for (const expectation of expectations) await expectation(s);
  };

/** `up` of a new resource. */
export const create = (want: Want, ...expectations: readonly Step[]): Step =>
  run((driver, s) => driver.create(want(s.subject)), expectations);
/** `up` of one that is saved. */
export const update = (want: Want, ...expectations: readonly Step[]): Step =>
  run((driver, s) => driver.update(want(s.subject)), expectations);
export const refresh = (...expectations: readonly Step[]): Step => run((driver) => driver.read(), expectations);
export const remove = (...expectations: readonly Step[]): Step => run((driver) => driver.delete(), expectations);

/** A preview of one that is saved. */
export const diff =
  (want: Want, expected: Difference, ...expectations: readonly Step[]): Step =>
  async (s) => {
    takeTraffic(s.simulator);
    assert.equal(await s.driver.diff(want(s.subject)), expected);
    for (const expectation of expectations) await expectation(s);
  };

/** A preview that finds these mistakes and no others; without any, a preview that succeeds. */
export const check =
  (want: Want, mistakes: readonly RegExp[], ...expectations: readonly Step[]): Step =>
  async (s) => {
    takeTraffic(s.simulator);
    const failures = await s.driver.check(want(s.subject));
    const text = failures.map(({ property, reason }) => `${property}: ${reason}`).join("\n");
    for (const mistake of mistakes) assert.match(text, mistake);
    assert.equal(failures.length, mistakes.length, text);
    for (const expectation of expectations) await expectation(s);
  };

/** What follows is another run, by another process. */
export const nextRun: Step = (s) => s.driver.nextRun();

/** Done between the next `check` and the method after it; not for the engine. */
export const onceChecked =
  (...steps: readonly Step[]): Step =>
  (s) => {
    assert.ok(s.onceChecked !== undefined);
    s.onceChecked(async () => {
      for (const step of steps) await step(s);
    });
  };

/** Somebody, or another run, has put it on the server; undefined: removed it. */
export const somebodyPuts =
  (which: Which | undefined): Step =>
  ({ subject, simulator }) => {
    subject.put(simulator, which);
  };

/** What the hosts make for it next is another one. */
export const forget =
  (which: Which): Step =>
  ({ subject, simulator }) => {
    subject.forget?.(simulator, which);
  };

/** An earlier run has saved it; not for the engine. */
export const saved =
  (which: Which, more: Properties = {}): Step =>
  ({ subject, simulator, seed }) => {
    const timeoutSeconds = TIMEOUT_SECONDS;
    const outputs = { ...subject.outputs(which, `${simulator.host}:${simulator.port}`), timeoutSeconds, ...more };
    const id = `${simulator.cluster}/${simulator.keyProvider}`;
    assert.ok(seed !== undefined);
    seed({ id, inputs: subject.inputs(which), outputs, notFinished: false });
  };

/** An earlier run has put it there and saved it; not for the engine. */
export const settled =
  (which: Which): Step =>
  async (s) => {
    await somebodyPuts(which)(s);
    await saved(which)(s);
  };

/** The next requests of a kind are answered so. */
export const answers =
  (operation: "read" | "write" | "taskGet" | "readKeyProvider", action: RequestAction, times = 1): Step =>
  ({ simulator, subject }) => {
    const match = { operation: operation === "read" || operation === "write" ? subject[operation] : operation };
    simulator.faults.add({ match, times, action });
  };

/** A refusal in vSphere's words. */
export const refusal = (status: number, errorType: string): RequestAction => ({
  kind: "respond",
  status,
  body: { error_type: errorType, messages: [] },
});

/** The task of the next write goes so. */
export const nextTask = (script: TaskScript): Step => answers("write", { kind: "taskScript", script });

/** What vCenter says of the key server from now on, or after a while; undefined: what the certificate lets expect. */
export const keyServerIs =
  (health: Parameters<Simulator["setHealth"]>[0], afterMs = 0): Step =>
  ({ simulator }) => {
    if (afterMs === 0) simulator.setHealth(health);
    else
      setTimeout(() => {
        simulator.setHealth(health);
      }, afterMs);
  };

/** Waits until the last write is so old, and a moment more. */
export const later =
  (ms: number): Step =>
  async (s) => {
    await sleep(Math.max(0, writeTask(s).createdAtMs + ms + 150 - performance.now()));
  };

/** The last task that a write has begun. */
export function writeTask({ simulator, subject }: Stage): TaskSummary {
  const task = simulator.tasks().findLast(({ requestedBy }) => requestedBy === subject.write);
  assert.ok(task !== undefined, "nothing was written");
  return task;
}
