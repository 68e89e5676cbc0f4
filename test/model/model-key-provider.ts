// SPDX-License-Identifier: Apache-2.0
// The key providers of the vCenter in memory, with their slots: what each request does once it is let in, and the record of
// it that the invariants are judged by.

import type { Fault, Kind } from "./faults";
import { fail, gone, json, taskBody } from "./model-answers";
import type { Answer } from "./model-answers";
import { forever, WireFault } from "./model-request";
import { ModelTasks } from "./model-tasks";
import type { ModelClock, Slot, Task, TaskTarget, TaskWish } from "./model-tasks";

/** One thing that happened, in order; `slot` undefined: to all. */
export type Happening = { readonly slot?: Slot | undefined } & (
  | { readonly type: "request"; readonly kind: Kind | "logout"; readonly atMs: number }
  | { readonly type: "login-refused" }
  | { readonly type: "patch-fate"; readonly fate: "task" | "ambiguous" | "refused"; readonly taskId?: string }
  | { readonly type: "list-served"; readonly atMs: number }
  | { readonly type: "task-seen"; readonly taskId: string; readonly status: string; readonly write: boolean }
  | { readonly type: "read-sent"; readonly taskId: string }
  | { readonly type: "read-result"; readonly taskId: string; readonly pem: string }
  | { readonly type: "health-result"; readonly health: Health }
  | { readonly type: "gone" }
);

/** What vCenter can say of a key server. */
export type Health = "NONE" | "OK" | "WARNING" | "ERROR";

/** What a vCenter in memory is made from. */
export interface ModelOptions {
  readonly clock: ModelClock;
  /** What the hosts hold at the start. */
  readonly certificate: string;
  /** What the target of a task names. */
  readonly targets: TaskTarget;
  /** True: tasks are not listed, for good. */
  readonly listIsRefused: boolean;
  /** Reads show a write so long after the end of its task, unless a fault says otherwise. */
  readonly lagMs: number;
  /** What somebody else puts there. */
  readonly strangers: Readonly<Record<Slot, string>>;
  /** What the hosts make for a POST. */
  readonly make: (slot: Slot) => string;
  /** The name of the operation in the task of a write. */
  readonly writeOperation: Readonly<Record<Slot, string>>;
  /** Milliseconds since 1970 by its own clock at its start. */
  readonly bornMs: number;
  /** The client's clock jumps, milliseconds. */
  readonly jumpClock: (ms: number) => void;
  /** Counts what happened. */
  readonly count: (what: string) => void;
}

/** The key providers of one cluster, their hosts and tasks. */
export class ModelKeyProvider {
  readonly tasks: ModelTasks;
  /** Whether somebody has removed the key providers. */
  isGone = false;
  /** What it says of the key server. */
  health: Health = "OK";
  /** The tasks of reads of the key provider. */
  readonly #healthTasks = new Set<string>();
  /** Whether somebody else has written while a write of ours may have been under way: nobody can tell which is ours. */
  isMeddledWith = false;
  happenings: Happening[] = [];
  /** The operation of the engine that runs, counted from 1. */
  run = 0;
  protected readonly options: ModelOptions;

  constructor(options: ModelOptions) {
    this.options = options;
    this.tasks = new ModelTasks(options.clock, options.certificate);
  }

  protected noteFate(slot: Slot | undefined, fate: "ambiguous" | "refused", taskId?: string): void {
    this.happenings.push({ type: "patch-fate", slot, fate, ...(taskId === undefined ? {} : { taskId }) });
  }

  protected patch(
    slot: Slot,
    { certificate: puts = this.options.make(slot) }: { certificate?: string },
    fault: Fault | undefined,
    signal: AbortSignal,
  ): Answer | Promise<never> {
    const { lagMs } = this.options;
    const wish = { slot, puts, ends: "SUCCEEDED", write: true, run: this.run, lagMs } as const;
    if (fault?.what === "taken-up-late") {
      const { afterMs, ends = "SUCCEEDED" } = fault;
      const task = this.tasks.begin({ ...wish, ends, lastsMs: 500, startsInMs: afterMs });
      this.noteFate(slot, "ambiguous", task.id);
      if (fault.hangs) return forever(signal);
      throw new WireFault(true);
    }
    if (fault?.what === "done") {
      this.tasks.put(slot, puts);
      this.noteFate(slot, "ambiguous");
      return { status: 204, headers: {}, text: "" };
    }
    const task = this.#beginWrite(wish, fault);
    if (fault === undefined || fault.what === "task")
      this.happenings.push({ type: "patch-fate", slot, fate: "task", taskId: task.id });
    return json(202, task.id);
  }

  #beginWrite(wish: Omit<TaskWish, "lastsMs"> & { slot: Slot; lagMs: number }, fault: Fault | undefined): Task {
    if (fault?.what !== "task") {
      const { lastsMs = 500, lagMs = wish.lagMs } = fault?.what === "status" ? fault : {};
      return this.tasks.begin({ ...wish, lastsMs, lagMs });
    }
    const { third = false, ...script } = fault;
    if (third) this.isMeddledWith = true;
    return this.tasks.begin({ ...wish, ...script, ...(third ? { puts: this.options.strangers[wish.slot] } : {}) });
  }

  protected read(slot: Slot, fault: Fault | undefined): Answer {
    if (this.tasks.held(slot) === undefined) {
      this.happenings.push({ type: "gone", slot });
      return gone();
    }
    const fails = fault?.what === "task-fails";
    const wish = { slot, lastsMs: 10, puts: undefined, write: false } as const;
    const task = this.tasks.begin(
      fails ? { ...wish, ends: "FAILED", errorType: fault.errorType } : { ...wish, ends: "SUCCEEDED" },
    );
    if (fails && fault.errorType === "NOT_FOUND") this.happenings.push({ type: "gone", slot });
    this.happenings.push({ type: "read-sent", slot, taskId: task.id });
    return json(202, task.id);
  }

  protected healthRead(): Answer {
    const { id } = this.tasks.begin({ lastsMs: 10, ends: "SUCCEEDED", puts: undefined, write: false });
    this.#healthTasks.add(id);
    return json(202, id);
  }

  protected taskGet(id: string): Answer {
    const task = this.tasks.get(id);
    if (task !== undefined) return json(200, this.#look(task));
    const write = !this.#healthTasks.has(id);
    this.happenings.push({ type: "task-seen", slot: this.tasks.slotOf(id), taskId: id, status: "vanished", write });
    return fail(404, "NOT_FOUND", "no such task", "com.vmware.vapi.cis.tasks.not_found");
  }

  protected taskList({ filter_spec }: { filter_spec: { tasks?: string[] } }): Answer {
    if (this.options.listIsRefused) return fail(403, "UNAUTHORIZED");
    this.happenings.push({ type: "list-served", atMs: this.options.clock.nowMs() });
    const found = this.tasks.list(filter_spec.tasks);
    return json(200, Object.fromEntries(found.map((task) => [task.id, this.#look(task)])));
  }

  #look(task: Task): Record<string, unknown> {
    const status = this.tasks.statusOf(task);
    const { id: taskId, write, slot } = task;
    this.happenings.push({ type: "task-seen", slot, taskId, status, write });
    const result = !write && status === "SUCCEEDED" ? this.#resultOf(task) : undefined;
    const startedAt = new Date(this.options.bornMs + task.startedMs).toISOString();
    return taskBody(task, status, startedAt, result, this.options.targets, this.options.writeOperation[slot]);
  }

  #resultOf({ id: taskId, slot }: Task): object {
    if (this.#healthTasks.has(taskId)) {
      this.happenings.push({ type: "health-result", health: this.health });
      return { status: { health: this.health, details: [], servers: [] } };
    }
    const pem = this.tasks.held(slot) ?? "";
    this.happenings.push({ type: "read-result", slot, taskId, pem });
    // This server writes it with CRLF and without a final newline.
    return { [slot === "csr" ? slot : "certificate"]: pem.trim().replace(/\r?\n/g, "\r\n") };
  }
}
