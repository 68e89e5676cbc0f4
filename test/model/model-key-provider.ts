// SPDX-License-Identifier: Apache-2.0
// The one key provider of the vCenter in memory: what each request does once it is let in, and the record of it that the
// invariants are judged by.

import type { Fault, Kind } from "./faults";
import { fail, json, taskBody } from "./model-answers";
import type { Answer } from "./model-answers";
import { forever, WireFault } from "./model-request";
import { ModelTasks } from "./model-tasks";
import type { ModelClock, Task, TaskTarget } from "./model-tasks";

/** One thing that happened, in order. */
export type Happening =
  | { readonly type: "request"; readonly kind: Kind | "logout"; readonly atMs: number }
  | { readonly type: "login-refused" }
  | { readonly type: "patch-fate"; readonly fate: "task" | "ambiguous" | "refused"; readonly taskId?: string }
  | { readonly type: "list-served"; readonly atMs: number }
  | { readonly type: "task-seen"; readonly taskId: string; readonly status: string; readonly write: boolean }
  | { readonly type: "read-sent"; readonly taskId: string }
  | { readonly type: "read-result"; readonly taskId: string; readonly certificate: string }
  | { readonly type: "health-result"; readonly health: Health }
  | { readonly type: "gone" };

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
  /** What somebody else puts there. */
  readonly strangers: string;
  /** What the hosts make for a POST. */
  readonly make: () => string;
  /** The name of the operation in the task of a write. */
  readonly writeOperation: string;
  /** Milliseconds since 1970 by its own clock at its start. */
  readonly bornMs: number;
  /** The client's clock jumps, milliseconds. */
  readonly jumpClock: (ms: number) => void;
  /** Counts what happened. */
  readonly count: (what: string) => void;
}

/** A key provider, its hosts and its tasks. */
export class ModelKeyProvider {
  readonly tasks: ModelTasks;
  /** Whether somebody has removed the key provider. */
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

  protected noteFate(kind: Kind | "logout", fate: "ambiguous" | "refused", taskId?: string): void {
    if (kind === "patch")
      this.happenings.push({ type: "patch-fate", fate, ...(taskId === undefined ? {} : { taskId }) });
  }

  protected patch(
    { certificate = this.options.make() }: { certificate?: string },
    fault: Fault | undefined,
    signal: AbortSignal,
  ): Answer | Promise<never> {
    if (fault?.what === "taken-up-late") {
      const wish = { lastsMs: 500, ends: "SUCCEEDED", puts: certificate, write: true, run: this.run } as const;
      const task = this.tasks.begin({ ...wish, startsInMs: fault.afterMs });
      this.noteFate("patch", "ambiguous", task.id);
      if (fault.hangs) return forever(signal);
      throw new WireFault(true);
    }
    if (fault?.what === "done") {
      this.tasks.put(certificate);
      this.noteFate("patch", "ambiguous");
      return { status: 204, headers: {}, text: "" };
    }
    const task = this.#beginWrite(certificate, fault);
    if (fault === undefined || fault.what === "task")
      this.happenings.push({ type: "patch-fate", fate: "task", taskId: task.id });
    return json(202, task.id);
  }

  #beginWrite(certificate: string, fault: Fault | undefined): Task {
    const lastsMs = (fault?.what === "status" ? fault.lastsMs : undefined) ?? 500;
    if (fault?.what !== "task")
      return this.tasks.begin({ lastsMs, ends: "SUCCEEDED", puts: certificate, write: true, run: this.run });
    const { third, ...script } = fault;
    if (third === true) this.isMeddledWith = true;
    return this.tasks.begin({
      ...script,
      puts: third === true ? this.options.strangers : certificate,
      write: true,
      run: this.run,
    });
  }

  protected read(fault: Fault | undefined): Answer {
    const fails = fault?.what === "task-fails";
    const task = this.tasks.begin({
      lastsMs: 10,
      ends: fails ? "FAILED" : "SUCCEEDED",
      ...(fails ? { errorType: fault.errorType } : {}),
      puts: undefined,
      write: false,
    });
    if (fails && fault.errorType === "NOT_FOUND") this.happenings.push({ type: "gone" });
    this.happenings.push({ type: "read-sent", taskId: task.id });
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
    this.happenings.push({ type: "task-seen", taskId: id, status: "vanished", write: !this.#healthTasks.has(id) });
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
    const { id: taskId, write } = task;
    this.happenings.push({ type: "task-seen", taskId, status, write });
    const result = !write && status === "SUCCEEDED" ? this.#resultOf(taskId) : undefined;
    const startedAt = new Date(this.options.bornMs + task.startedMs).toISOString();
    return taskBody(task, status, startedAt, result, this.options.targets, this.options.writeOperation);
  }

  #resultOf(taskId: string): object {
    if (this.#healthTasks.has(taskId)) {
      this.happenings.push({ type: "health-result", health: this.health });
      return { status: { health: this.health, details: [], servers: [] } };
    }
    const certificate = this.tasks.certificate();
    this.happenings.push({ type: "read-result", taskId, certificate });
    // This server writes it with CRLF and without a final newline.
    return { certificate: certificate.trim().replace(/\r?\n/g, "\r\n") };
  }
}
