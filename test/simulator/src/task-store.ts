// SPDX-License-Identifier: Apache-2.0
// Tasks of the simulated vCenter: they advance on the monotonic clock (or by polls, when scripted) and carry out their
// effect when it is due. Evaluated lazily, in order of due time, so there are no timers and no races. No HTTP, no JSON.

import { randomUUID } from "node:crypto";
import type { Clock } from "./clock";
import type { TaskOperation } from "./operation";
import { TASK_OPERATIONS } from "./operation";
import type { CertificateEncoding, Cursor, TaskScript, TaskStep } from "./task-script";
import { isPolledOut, isTerminal, nextStepAtMs } from "./task-script";
import type { TaskTarget } from "./task-target";

/** What a write changes when its task takes effect. Plain data. */
export type Change =
  | { readonly kind: "certificate"; readonly pem: string }
  | { readonly kind: "csr"; readonly csr: { readonly pem: string; readonly publicKeyPem: string } };

/** One task. Times are monotonic milliseconds. Plain data, so that a state file can hold it. */
export interface Task {
  readonly id: string;
  readonly requestedBy: TaskOperation;
  readonly service: string;
  readonly operation: string;
  readonly cluster: string;
  readonly keyProvider: string | undefined;
  readonly user: string;
  readonly createdAtMs: number;
  readonly target: TaskTarget;
  /** Until then the task is not registered: nobody finds it. */
  readonly unknownUntilMs: number;
  steps: readonly TaskStep[];
  readonly cursor: Cursor;
  cancelable: boolean;
  startedAtMs: number | undefined;
  endedAtMs: number | undefined;
  polls: number;
  completed: number;
  change: Change | undefined;
  /** When the change is due: after success, at an instant, or never. */
  due: "onSuccess" | "never" | number;
  readonly lagMs: number;
  effectAtMs: number | undefined;
  readonly encoding: CertificateEncoding | undefined;
  readonly shownCertificatePem: string | undefined;
  result: unknown;
}

/** What the store needs of the rest of the vCenter. */
export interface TaskWorld {
  /** Makes a change visible. */
  apply(task: Task, change: Change): void;
  /** The result of a task that has just SUCCEEDED; undefined when the operation returns none. */
  resultOf(task: Task): unknown;
}

/** Keeps and advances tasks. */
export class TaskStore {
  readonly #clock: Clock;
  readonly #world: TaskWorld;
  readonly #tasks = new Map<string, Task>();
  readonly #active = new Set<Task>();

  constructor(clock: Clock, world: TaskWorld) {
    this.#clock = clock;
    this.#world = world;
  }

  /** Starts a task now. */
  start(
    what: {
      by: TaskOperation;
      cluster: string;
      keyProvider: string | undefined;
      user: string;
      target: TaskTarget;
      change?: Change | undefined;
    },
    steps: readonly TaskStep[],
    script: TaskScript = {},
  ): Task {
    this.settle();
    const nowMs = this.#clock.nowMs();
    const { service, operation } = TASK_OPERATIONS[what.by];
    const effect = script.effect ?? "onSuccess";
    const shown = script.certificatePem;
    const change =
      what.change?.kind === "certificate" && shown !== undefined ? { ...what.change, pem: shown } : what.change;
    const lagMs = script.lagMs ?? 0;
    const task: Task = {
      id: `${randomUUID()}:${service}`,
      requestedBy: what.by,
      service,
      operation,
      cluster: what.cluster,
      keyProvider: what.keyProvider,
      user: what.user,
      createdAtMs: nowMs,
      target: script.target ?? what.target,
      unknownUntilMs: nowMs + (script.unknownForMs ?? 0),
      steps,
      cursor: { index: 0, enteredAtMs: nowMs, pollsSeen: 0 },
      cancelable: script.cancelable ?? false,
      startedAtMs: undefined,
      endedAtMs: undefined,
      polls: 0,
      completed: 0,
      change,
      due: typeof effect === "object" ? nowMs + effect.afterMs + lagMs : effect === "atOnce" ? nowMs + lagMs : effect,
      lagMs,
      effectAtMs: undefined,
      encoding: script.encoding,
      shownCertificatePem: what.change === undefined ? shown : undefined,
      result: undefined,
    };
    this.#tasks.set(task.id, task);
    this.#active.add(task);
    this.#entered(task);
    this.settle();
    return task;
  }

  /** A task as a poll sees it; undefined when unknown, not yet registered, forgotten or vanished. */
  poll(id: string): Task | undefined {
    this.settle();
    const task = this.#tasks.get(id);
    if (task === undefined || this.#clock.nowMs() < task.unknownUntilMs) return undefined;
    if (isPolledOut(task.steps, task.cursor)) {
      this.#advance(task, this.#clock.nowMs());
      this.settle();
    }
    task.cursor.pollsSeen += 1;
    task.polls += 1;
    return currentStep(task).vanish === true ? undefined : task;
  }

  /** Ends a task now, FAILED with an error; a change that is not yet visible never will be. */
  fail(task: Task, error: unknown): void {
    this.settle();
    task.steps = [{ status: "FAILED", fields: { error } }];
    task.change = undefined;
    Object.assign(task.cursor, { index: 0, enteredAtMs: this.#clock.nowMs(), pollsSeen: 0 });
    this.#entered(task);
  }

  /** Ends a task now as SUCCEEDED, its change visible. */
  succeed(task: Task): void {
    this.settle();
    if (task.due !== "never") task.due = this.#clock.nowMs();
    task.steps = [{ status: "SUCCEEDED" }];
    Object.assign(task.cursor, { index: 0, enteredAtMs: this.#clock.nowMs(), pollsSeen: 0 });
    this.#entered(task);
    this.settle();
  }

  /** Every task in order of creation, brought up to now. Not a poll. */
  all(): Task[] {
    this.settle();
    return [...this.#tasks.values()];
  }

  forget(): void {
    this.#tasks.clear();
    this.#active.clear();
  }

  /** Puts back what a state file held. */
  restore(tasks: readonly Task[]): void {
    for (const task of tasks) {
      this.#tasks.set(task.id, task);
      this.#active.add(task);
    }
  }

  /** Brings everything up to now: the earliest event of any task first, whoever started first. */
  settle(): void {
    const nowMs = this.#clock.nowMs();
    for (;;) {
      let first: { task: Task; atMs: number; effect: boolean } | undefined;
      for (const task of this.#active) {
        const stepAtMs = nextStepAtMs(task.steps, task.cursor);
        const effectAtMs = task.change !== undefined && typeof task.due === "number" ? task.due : undefined;
        if (stepAtMs === undefined && effectAtMs === undefined && !isWaiting(task)) this.#active.delete(task);
        const effect = (effectAtMs ?? Infinity) <= (stepAtMs ?? Infinity);
        const atMs = Math.min(stepAtMs ?? Infinity, effectAtMs ?? Infinity);
        if (atMs <= nowMs && (first === undefined || atMs < first.atMs)) first = { task, atMs, effect };
      }
      if (first === undefined) return;
      if (first.effect) this.#takeEffect(first.task, first.atMs);
      else this.#advance(first.task, first.atMs);
    }
  }

  #advance(task: Task, atMs: number): void {
    task.cursor.index += 1;
    task.cursor.enteredAtMs = atMs;
    task.cursor.pollsSeen = 0;
    this.#entered(task);
  }

  #entered(task: Task): void {
    const { status } = currentStep(task);
    const atMs = task.cursor.enteredAtMs;
    if (status !== "PENDING") task.startedAtMs ??= atMs;
    if (isTerminal(status)) task.endedAtMs ??= atMs;
    if (status !== "SUCCEEDED") return;
    if (task.change !== undefined && task.due === "onSuccess") {
      if (task.lagMs === 0) this.#takeEffect(task, atMs);
      else task.due = atMs + task.lagMs;
      this.#active.add(task);
    }
    task.result ??= this.#world.resultOf(task);
  }

  #takeEffect(task: Task, atMs: number): void {
    const change = task.change;
    task.change = undefined;
    task.effectAtMs = atMs;
    if (change !== undefined) this.#world.apply(task, change);
  }
}

/** The step that a task is in. */
export function currentStep(task: Task): TaskStep {
  const step = task.steps[task.cursor.index];
  if (step === undefined) throw new Error("a task script needs at least one step");
  return step;
}

/** Still able to change by being polled. */
function isWaiting(task: Task): boolean {
  return task.cursor.index < task.steps.length - 1;
}
