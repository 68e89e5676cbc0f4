// SPDX-License-Identifier: Apache-2.0
// The tasks of the vCenter in memory, and what they do to the certificate: each in its time, in order, whether somebody
// looks or not.

import type { TaskEnd } from "./faults";

/** The time a vCenter lives in. */
export interface ModelClock {
  /** Monotonic milliseconds. */
  nowMs(): number;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** What the target of a task names. */
export type TaskTarget = "cluster" | "key-provider" | "none";

/** Two of our writes that ran at once. */
export interface Overlap {
  readonly first: Task;
  readonly second: Task;
}

/** A task, as it was scripted when it began. */
export interface Task {
  readonly id: string;
  readonly write: boolean;
  /** Of another key provider of the cluster. */
  readonly sibling: boolean;
  /** The operation of the engine in which it was sent, counted from 1. */
  readonly run: number;
  readonly startedMs: number;
  readonly endsMs: number;
  readonly ends: TaskEnd;
  readonly blocked: boolean;
  readonly lagMs: number;
  /** The certificate that it puts there; undefined for a read. */
  readonly puts: string | undefined;
  /** With FAILED: the `error_type` it fails with. */
  readonly errorType: string;
}

/** What a task of its kind is like unless a fault says otherwise. */
export type TaskWish = Pick<Task, "ends" | "puts" | "write"> &
  Partial<Pick<Task, "blocked" | "lagMs" | "errorType" | "sibling" | "run">> & {
    readonly lastsMs: number;
    /** It begins so much later, and is not known before. */
    readonly startsInMs?: number;
  };

/** Name of the service in task ids and lists. */
export const SERVICE =
  "com.vmware.vcenter.trusted_infrastructure.trust_authority_clusters.kms.providers.client_certificate";

/** The tasks of one vCenter, and the certificate that they change. */
export class ModelTasks {
  readonly #clock: ModelClock;
  readonly #tasks = new Map<string, Task>();
  /** Writes that have not taken effect yet. */
  readonly #due = new Set<Task>();
  #certificate: string;
  #made = 0;

  constructor(clock: ModelClock, certificate: string) {
    this.#clock = clock;
    this.#certificate = certificate;
  }

  begin(wish: TaskWish): Task {
    const startedMs = this.#clock.nowMs() + (wish.startsInMs ?? 0);
    const { ends, puts, write, blocked = false, lagMs = 0, errorType = "ERROR", sibling = false, run = 0 } = wish;
    const id = `task-${(this.#made += 1)}:${SERVICE}`;
    const endsMs = startedMs + wish.lastsMs;
    const task: Task = { id, startedMs, endsMs, ends, puts, blocked, lagMs, write, errorType, sibling, run };
    this.#tasks.set(id, task);
    if (write && ends !== "FAILED" && ends !== "CANCELED") this.#due.add(task);
    return task;
  }

  /** The task; undefined where it is not known (any more). */
  get(id: string): Task | undefined {
    const task = this.#tasks.get(id);
    return task !== undefined && this.statusOf(task) !== "vanished" ? task : undefined;
  }

  list(ids: readonly string[] | undefined): readonly Task[] {
    return [...this.#tasks.values()].filter(
      (task) =>
        (ids?.includes(task.id) ?? true) && this.statusOf(task) !== "vanished" && task.startedMs <= this.#clock.nowMs(),
    );
  }

  /** Our writes that ran at once, as the server saw them so far. */
  overlaps(): readonly Overlap[] {
    const nowMs = this.#clock.nowMs();
    const writes = [...this.#tasks.values()].filter((task) => task.write && !task.sibling && task.startedMs <= nowMs);
    writes.sort((a, b) => a.startedMs - b.startedMs);
    return writes.flatMap((first, index) =>
      writes.slice(index + 1).flatMap((second) => (second.startedMs < first.endsMs ? [{ first, second }] : [])),
    );
  }

  /** Its status now. */
  statusOf(task: Task): "SUCCEEDED" | "FAILED" | "BLOCKED" | "RUNNING" | "vanished" {
    if (this.#clock.nowMs() < task.endsMs) return task.blocked ? "BLOCKED" : "RUNNING";
    if (task.ends === "vanishes") return "vanished";
    return task.ends === "SUCCEEDED" ? "SUCCEEDED" : "FAILED";
  }

  /** What the hosts hold now. */
  certificate(): string {
    const nowMs = this.#clock.nowMs();
    const due = [...this.#due].filter((task) => nowMs >= task.endsMs + task.lagMs);
    due.sort((a, b) => a.endsMs + a.lagMs - b.endsMs - b.lagMs);
    for (const task of due) {
      this.#due.delete(task);
      this.#certificate = task.puts ?? this.#certificate;
    }
    return this.#certificate;
  }

  /** Somebody puts a certificate there, by another way. */
  put(certificate: string): void {
    this.certificate();
    this.#certificate = certificate;
  }

  /** vCenter was started again. What had not taken effect is lost with the tasks, or goes on with them. */
  restart(keepTasks: boolean): void {
    this.certificate();
    if (keepTasks) return;
    this.#tasks.clear();
    this.#due.clear();
  }

  /** Milliseconds until every task has taken effect. */
  busyForMs(): number {
    const ends = [...this.#tasks.values(), ...this.#due].map((task) => task.endsMs + task.lagMs);
    return Math.max(0, ...ends.map((endMs) => endMs - this.#clock.nowMs()));
  }
}
