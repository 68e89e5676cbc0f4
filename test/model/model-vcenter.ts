// SPDX-License-Identifier: Apache-2.0
// A vCenter in memory, small enough to be believed: one key provider, sessions, tasks, faults that the next requests
// meet. It is a transport of the provider, and keeps the record that the invariants are judged by.

import { nameOfFault } from "./faults";
import type { Disturbance, Fault, Kind } from "./faults";
import { absent, fail, gone, json, taskBody } from "./model-answers";
import type { Answer } from "./model-answers";
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

interface Request {
  readonly method: string;
  readonly path: string;
  readonly query?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

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

/** Thrown for what goes wrong below HTTP; the harness turns it into the provider's own error. */
export class WireFault extends Error {
  readonly sent: boolean;

  constructor(sent: boolean) {
    super(sent ? "connection broke" : "connection refused");
    this.sent = sent;
  }
}

const HOUR_MS = 3_600_000;
/** So long something in front of vCenter answers instead of it. */
const FRONT_MS = 3_000;
const NO_COUNTS = { login: 0, patch: 0, read: 0, health: 0, taskGet: 0, taskList: 0, logout: 0 };

/** One vCenter with one key provider. */
export class ModelVcenter {
  readonly tasks: ModelTasks;
  readonly #options: ModelOptions;
  readonly #sessions = new Set<string>();
  #sessionsMade = 0;
  /** Faults that are still to come; the first that fits a request takes it. */
  faults: Fault[] = [];
  /** Disturbances that are still to come. */
  disturbances: Disturbance[] = [];
  /** Whether somebody has removed the key provider. */
  isGone = false;
  /** What it says of the key server. */
  health: Health = "OK";
  /** The tasks of reads of the key provider. */
  readonly #healthTasks = new Set<string>();
  /** Whether somebody else has written while a write of ours may have been under way: nobody can tell which is ours. */
  isMeddledWith = false;
  happenings: Happening[] = [];
  counts: Record<Kind | "logout", number> = { ...NO_COUNTS };
  refused401 = 0;
  #requestsOfEvent = 0;
  /** The operation of the engine that runs, counted from 1. */
  run = 0;
  /** When the operation began. */
  runBeganMs = 0;
  /** Whether a list of this operation was answered by anything but tasks. */
  listFailed = false;
  #front: { readonly untilMs: number; readonly status: number } | undefined;
  /** Called when the client's process dies. */
  onKill: () => void = () => undefined;

  constructor(options: ModelOptions) {
    this.#options = options;
    this.tasks = new ModelTasks(options.clock, options.certificate);
  }

  get listIsRefused(): boolean {
    return this.#options.listIsRefused;
  }

  openSessions(): number {
    return this.#sessions.size;
  }

  /** Milliseconds since 1970 by its own clock, which no jump of the client's moves. */
  wallMs(): number {
    return this.#options.bornMs + this.#options.clock.nowMs();
  }

  /** A new event of the history, with what will go wrong in it. */
  plan(faults: readonly Fault[], disturbances: readonly Disturbance[]): void {
    this.faults = [...faults];
    this.disturbances = [...disturbances];
    this.#requestsOfEvent = 0;
  }

  /** A new operation, judged by what happens from now on. */
  begin(): void {
    this.happenings = [];
    this.counts = { ...NO_COUNTS };
    this.refused401 = 0;
    this.run += 1;
    this.runBeganMs = this.#options.clock.nowMs();
    this.listFailed = false;
  }

  expireSessions(): void {
    this.#sessions.clear();
  }

  restart(keepTasks: boolean): void {
    this.#sessions.clear();
    this.tasks.restart(keepTasks);
  }

  async send(request: Request, signal: AbortSignal): Promise<Answer> {
    const answer = await this.#answer(request, signal).catch((error: unknown) => {
      if (kindOf(request) === "taskList") this.listFailed = true;
      throw error;
    });
    if (kindOf(request) === "taskList" && !answer.text.startsWith("{")) this.listFailed = true;
    if (kindOf(request) === "taskList" && answer.status !== 200) this.listFailed = true;
    return answer;
  }

  async #answer(request: Request, signal: AbortSignal): Promise<Answer> {
    const kind = kindOf(request);
    if (kind !== "logout") await this.#disturb(signal);
    this.counts[kind] += 1;
    this.happenings.push({ type: "request", kind, atMs: this.#options.clock.nowMs() });
    await this.#options.clock.sleep(1, signal);
    if (this.#front !== undefined && this.#options.clock.nowMs() < this.#front.untilMs && kind !== "logout") {
      // Nothing behind a front has seen it, but who sent it cannot know.
      this.#noteFate(kind, "ambiguous");
      return fail(this.#front.status);
    }
    const fault = kind === "logout" ? undefined : this.#takeFault(kind);
    const token = request.headers["vmware-api-session-id"];
    const early = fault === undefined ? undefined : await this.#beforeItIsServed(kind, fault, signal, token);
    if (early !== undefined) return early;
    const before = this.happenings.length;
    const answer = await this.#serve(kind, request, fault, signal);
    if (fault === undefined || !isLost(fault)) return answer;
    // What the client never gets to see proves nothing to it.
    const seesStatus = fault.what !== "reset-after" && answer.status !== 200;
    if ((kind === "taskGet" || kind === "taskList") && !seesStatus) this.happenings.length = before;
    return this.#lose(kind, fault, answer);
  }

  /** True where the process dies right before its next request, or before its result is saved. */
  diesNow(): boolean {
    return this.disturbances.some(({ what, atRequest }) => what === "kill" && atRequest === this.#requestsOfEvent + 1);
  }

  async #disturb(signal: AbortSignal): Promise<void> {
    this.#requestsOfEvent += 1;
    const now = this.disturbances.filter(({ atRequest }) => atRequest === this.#requestsOfEvent);
    for (const { what } of now) {
      this.#options.count(`during ${what}`);
      if (what === "kill") {
        this.onKill();
        await forever(signal);
      } else if (what === "front503" || what === "front404") {
        const status = what === "front503" ? 503 : 404;
        this.#front = { untilMs: this.#options.clock.nowMs() + FRONT_MS, status };
      } else if (what === "sibling") {
        // Newer than what was sent before it.
        this.tasks.begin({
          ...{ lastsMs: 4_000, startsInMs: 1, ends: "FAILED", puts: undefined },
          ...{ write: false, sibling: true },
        });
      } else if (what === "expireSessions") this.expireSessions();
      else if (what === "someoneElse") {
        this.tasks.put(this.#options.strangers);
        this.isMeddledWith = true;
      } else if (what === "clockAhead" || what === "clockBack")
        this.#options.jumpClock(what === "clockAhead" ? HOUR_MS : -HOUR_MS);
      else this.restart(what === "restartKeep");
    }
  }

  async #beforeItIsServed(
    kind: Kind | "logout",
    fault: Fault,
    signal: AbortSignal,
    token: string | undefined,
  ): Promise<Answer | undefined> {
    switch (fault.what) {
      case "refused":
        this.#noteFate(kind, "refused");
        throw new WireFault(false);
      case "hang":
        this.#noteFate(kind, "ambiguous");
        return forever(signal);
      case "reset-before":
        this.#noteFate(kind, "ambiguous");
        throw new WireFault(true);
      case "absent":
        this.#noteFate(kind, "refused");
        return absent();
      case "status": {
        if (fault.applied === true) return undefined;
        if (fault.status === 401) this.refused401 += 1;
        if (fault.status === 401 && kind === "login") this.happenings.push({ type: "login-refused" });
        const refused = fault.errorType === "RESOURCE_BUSY" || ![500, 502, 503, 504].includes(fault.status);
        this.#noteFate(kind, refused ? "refused" : "ambiguous");
        // A server that repeats what it was sent.
        return fail(fault.status, fault.errorType, token);
      }
      default:
        return undefined;
    }
  }

  /** It was carried out, but its answer does not come through. */
  #lose(kind: Kind | "logout", fault: Fault, answer: Answer): Answer {
    // A token that never arrived cannot be logged out by anybody: it does not count as left behind.
    if (kind === "login") this.#sessions.delete([...this.#sessions].at(-1) ?? "");
    // A write that was refused has its fate already.
    if (kind === "patch" && answer.status !== 202) return answer;
    this.#noteFate(kind, "ambiguous", kind === "patch" ? (JSON.parse(answer.text) as string) : undefined);
    if (fault.what === "reset-after") throw new WireFault(true);
    return fault.what === "status" ? fail(fault.status, fault.errorType) : { ...answer, text: '{"' };
  }

  #serve(
    kind: Kind | "logout",
    request: Request,
    fault: Fault | undefined,
    signal: AbortSignal,
  ): Answer | Promise<never> {
    if (kind === "login") {
      const token = `session-${(this.#sessionsMade += 1)}-of-the-model`;
      this.#sessions.add(token);
      return json(201, token);
    }
    const token = request.headers["vmware-api-session-id"] ?? "";
    if (!this.#sessions.has(token)) {
      if (kind !== "logout") this.refused401 += 1;
      this.#noteFate(kind, "refused");
      return fail(401, "UNAUTHENTICATED");
    }
    if (this.isGone && (kind === "patch" || kind === "read" || kind === "health")) {
      this.#noteFate(kind, "refused");
      if (kind !== "health") this.happenings.push({ type: "gone" });
      return gone();
    }
    switch (kind) {
      case "logout":
        this.#sessions.delete(token);
        return { status: 204, headers: {}, text: "" };
      case "patch":
        return this.#patch(JSON.parse(request.body ?? "{}") as { certificate?: string }, fault, signal);
      case "read":
        return this.#read(fault);
      case "health":
        return this.#healthRead();
      case "taskGet":
        return this.#taskGet(decodeURIComponent(request.path.split("/").pop() ?? ""));
      case "taskList":
        return this.#taskList(JSON.parse(request.body ?? "{}") as { filter_spec: { tasks?: string[] } });
    }
  }

  #patch(
    { certificate = this.#options.make() }: { certificate?: string },
    fault: Fault | undefined,
    signal: AbortSignal,
  ): Answer | Promise<never> {
    if (fault?.what === "taken-up-late") {
      const wish = { lastsMs: 500, ends: "SUCCEEDED", puts: certificate, write: true, run: this.run } as const;
      const task = this.tasks.begin({ ...wish, startsInMs: fault.afterMs });
      this.#noteFate("patch", "ambiguous", task.id);
      if (fault.hangs) return forever(signal);
      throw new WireFault(true);
    }
    if (fault?.what === "done") {
      this.tasks.put(certificate);
      this.#noteFate("patch", "ambiguous");
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
      puts: third === true ? this.#options.strangers : certificate,
      write: true,
      run: this.run,
    });
  }

  #read(fault: Fault | undefined): Answer {
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

  #healthRead(): Answer {
    const { id } = this.tasks.begin({ lastsMs: 10, ends: "SUCCEEDED", puts: undefined, write: false });
    this.#healthTasks.add(id);
    return json(202, id);
  }

  #taskGet(id: string): Answer {
    const task = this.tasks.get(id);
    if (task !== undefined) return json(200, this.#look(task));
    this.happenings.push({ type: "task-seen", taskId: id, status: "vanished", write: !this.#healthTasks.has(id) });
    return fail(404, "NOT_FOUND", "no such task", "com.vmware.vapi.cis.tasks.not_found");
  }

  #taskList({ filter_spec }: { filter_spec: { tasks?: string[] } }): Answer {
    if (this.#options.listIsRefused) return fail(403, "UNAUTHORIZED");
    this.happenings.push({ type: "list-served", atMs: this.#options.clock.nowMs() });
    const found = this.tasks.list(filter_spec.tasks);
    return json(200, Object.fromEntries(found.map((task) => [task.id, this.#look(task)])));
  }

  #look(task: Task): Record<string, unknown> {
    const status = this.tasks.statusOf(task);
    const { id: taskId, write } = task;
    this.happenings.push({ type: "task-seen", taskId, status, write });
    const result = !write && status === "SUCCEEDED" ? this.#resultOf(taskId) : undefined;
    const startedAt = new Date(this.#options.bornMs + task.startedMs).toISOString();
    return taskBody(task, status, startedAt, result, this.#options.targets, this.#options.writeOperation);
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

  #takeFault(kind: Kind): Fault | undefined {
    const index = this.faults.findIndex((fault) => fault.kind === kind);
    const fault = index < 0 ? undefined : this.faults.splice(index, 1)[0];
    if (kind === "taskList" && fault !== undefined) this.listFailed = true;
    if (fault !== undefined) this.#options.count(`fault ${nameOfFault(fault)}`);
    return fault;
  }

  #noteFate(kind: Kind | "logout", fate: "ambiguous" | "refused", taskId?: string): void {
    if (kind === "patch")
      this.happenings.push({ type: "patch-fate", fate, ...(taskId === undefined ? {} : { taskId }) });
  }
}

function kindOf({ method, path }: Request): Kind | "logout" {
  if (path === "/api/session") return method === "DELETE" ? "logout" : "login";
  if (path === "/api/cis/tasks") return "taskList";
  if (path.startsWith("/api/cis/tasks/")) return "taskGet";
  if (!path.endsWith("/client-certificate")) return "health";
  return method === "GET" ? "read" : "patch";
}

function isLost(fault: Fault): boolean {
  return ["reset-after", "status", "id-lost", "garbage"].includes(fault.what);
}

function forever(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const abort = (): void => {
      reject(new WireFault(true));
    };
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
  });
}
