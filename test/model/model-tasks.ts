// SPDX-License-Identifier: Apache-2.0
// The tasks of the vCenter in memory, and what they do to the certificate and the signing request: each in its time, in
// order, whether somebody looks or not.

import type { TaskEnd } from "./faults";

/** The time a vCenter lives in. */
export interface ModelClock {
  /** Monotonic milliseconds. */
  nowMs(): number;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** What the target of a task names. */
export type TaskTarget = "cluster" | "key-provider" | "none";

/**
 * What can be written: of the first key provider what the hosts hold, and what they have last asked to be signed; of the second
 * one of the same cluster what they hold.
 */
export type Slot = "certificate" | "csr" | "second certificate";

/** Two of our writes that ran at once. */
export interface Overlap {
  readonly first: Task;
  readonly second: Task;
}

/** A task, as it was scripted when it began. */
export interface Task {
  readonly id: string;
  readonly write: boolean;
  readonly slot: Slot;
  /** Of another key provider of the cluster. */
  readonly sibling: boolean;
  /** The operation of the engine in which it was sent, counted from 1. */
  readonly run: number;
  /** When its request came; it may have waited in the server before it started. */
  readonly sentMs: number;
  readonly startedMs: number;
  readonly endsMs: number;
  readonly ends: TaskEnd;
  readonly blocked: boolean;
  readonly lagMs: number;
  /** What it puts there, as PEM; undefined for a read. */
  readonly puts: string | undefined;
  /** With FAILED: the `error_type` it fails with. */
  readonly errorType: string;
}

/** What a task of its kind is like unless a fault says otherwise. */
export type TaskWish = Pick<Task, "ends" | "puts" | "write"> &
  Partial<Pick<Task, "slot" | "blocked" | "lagMs" | "errorType" | "sibling" | "run">> & {
    readonly lastsMs: number;
    /** It begins so much later, and is not known before. */
    readonly startsInMs?: number;
  };

/** Name of the service in task ids and lists. */
const SERVICE = "com.vmware.vcenter.trusted_infrastructure.trust_authority_clusters.kms.providers.client_certificate";

/** Name of the service in task ids and lists. */
export function serviceOf(slot: Slot): string {
  return slot === "csr" ? `${SERVICE}.csr` : SERVICE;
}

/** The key provider that has the slot. */
export function keyProviderOf(slot: Slot): "kms-1" | "kms-2" {
  return slot === "second certificate" ? "kms-2" : "kms-1";
}

/** The tasks of one vCenter, and what they change. */
export class ModelTasks {
  readonly #clock: ModelClock;
  readonly #tasks = new Map<string, Task>();
  /** Of every task, also of those that a restart has forgotten. */
  readonly #slots = new Map<string, Slot>();
  /** Writes that have not taken effect yet. */
  readonly #due = new Set<Task>();
  readonly #held = new Map<Slot, string>();
  #made = 0;

  constructor(clock: ModelClock, certificate: string) {
    this.#clock = clock;
    this.#held.set("certificate", certificate);
    this.#held.set("second certificate", certificate);
  }

  begin(wish: TaskWish): Task {
    const sentMs = this.#clock.nowMs();
    const startedMs = sentMs + (wish.startsInMs ?? 0);
    const { ends, puts, write, slot = "certificate", blocked = false, lagMs = 0 } = wish;
    const { errorType = "ERROR", sibling = false, run = 0 } = wish;
    const id = `task-${(this.#made += 1)}:${serviceOf(slot)}`;
    const endsMs = startedMs + wish.lastsMs;
    const task: Task = {
      id,
      slot,
      sentMs,
      startedMs,
      endsMs,
      ends,
      puts,
      blocked,
      lagMs,
      write,
      errorType,
      sibling,
      run,
    };
    this.#tasks.set(id, task);
    this.#slots.set(id, slot);
    if (write && ends !== "FAILED" && ends !== "CANCELED") this.#due.add(task);
    return task;
  }

  /** What a task is or was about. */
  slotOf(id: string): Slot | undefined {
    return this.#slots.get(id);
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

  /** Our writes that ran at once on one key provider, of whatever slot, as the server saw them so far. */
  overlaps(): readonly Overlap[] {
    const nowMs = this.#clock.nowMs();
    const writes = [...this.#tasks.values()].filter((task) => task.write && !task.sibling && task.startedMs <= nowMs);
    writes.sort((a, b) => a.startedMs - b.startedMs);
    return writes.flatMap((first, index) =>
      writes
        .slice(index + 1)
        .filter((second) => keyProviderOf(second.slot) === keyProviderOf(first.slot) && second.startedMs < first.endsMs)
        .map((second) => ({ first, second })),
    );
  }

  /** Its status now. */
  statusOf(task: Task): "SUCCEEDED" | "FAILED" | "BLOCKED" | "RUNNING" | "vanished" {
    if (this.#clock.nowMs() < task.endsMs) return task.blocked ? "BLOCKED" : "RUNNING";
    if (task.ends === "vanishes") return "vanished";
    return task.ends === "SUCCEEDED" ? "SUCCEEDED" : "FAILED";
  }

  /** What the hosts have now; undefined: nothing, as no signing request was ever made. */
  held(slot: Slot): string | undefined {
    this.#takeEffect();
    return this.#held.get(slot);
  }

  #takeEffect(): void {
    const nowMs = this.#clock.nowMs();
    const due = [...this.#due].filter((task) => nowMs >= task.endsMs + task.lagMs);
    due.sort((a, b) => a.endsMs + a.lagMs - b.endsMs - b.lagMs);
    for (const task of due) {
      this.#due.delete(task);
      if (task.puts !== undefined) this.#held.set(task.slot, task.puts);
    }
  }

  /** Somebody puts something there, by another way; undefined: takes it away. */
  put(slot: Slot, pem: string | undefined): void {
    this.#takeEffect();
    if (pem === undefined) this.#held.delete(slot);
    else this.#held.set(slot, pem);
  }

  /** vCenter was started again. What had not taken effect is lost with the tasks, or goes on with them. */
  restart(keepTasks: boolean): void {
    this.#takeEffect();
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
